import type { ReactNode } from 'react'
import { Button } from '../../_ui/Button.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { Stack } from './Layout.tsx'
import styles from './States.module.css'

/** Replaces an empty list: says why it is empty, and what to do. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap={2} className={styles.empty}>
      <p className={styles.title}>{title}</p>
      <p className="muted">{children}</p>
    </Stack>
  )
}

/** Replaces a page that could not be loaded. The button asks the server again. */
export function LoadError({ retry }: { retry: () => void }) {
  return (
    <Notice tone="danger" role="alert">
      <Stack>
        <p>
          <strong>This page could not be loaded.</strong> The database may be out of reach. What was saved is not lost.
        </p>
        <div>
          <Button onClick={retry}>Try again</Button>
        </div>
      </Stack>
    </Notice>
  )
}

/** Keeps the place of a list that is loading, so that the page does not jump. */
export function Skeleton({ rows }: { rows: number }) {
  return (
    <Stack gap={2} aria-busy="true">
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className={styles.row} />
      ))}
    </Stack>
  )
}
