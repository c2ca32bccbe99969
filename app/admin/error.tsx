'use client'

import { LoadError } from './_components/LoadError.tsx'
import styles from './sign-in/page.module.css'

/** Outside the office, so without its header: the sign-in page. */
export default function AdminError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <LoadError retry={retry} />
      </div>
    </main>
  )
}
