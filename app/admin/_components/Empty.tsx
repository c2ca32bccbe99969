import type { ReactNode } from 'react'
import styles from './Empty.module.css'

/** What is said in place of an empty list: why it is empty, and what to do. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={styles.empty}>
      <p className={styles.title}>{title}</p>
      <p className="muted">{children}</p>
    </div>
  )
}
