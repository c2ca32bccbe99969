'use client'

import { Button } from '../../_ui/Button.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import styles from './LoadError.module.css'

/** In place of a page whose data did not come. Trying again asks the server again. */
export function LoadError({ retry }: { retry: () => void }) {
  return (
    <Notice tone="danger" role="alert" className={styles.notice}>
      <p>
        <strong>This page could not be loaded.</strong> The database may be out of reach. Nothing that was saved is
        lost.
      </p>
      <Button onClick={retry}>Try again</Button>
    </Notice>
  )
}
