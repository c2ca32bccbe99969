import type { ReactNode } from 'react'
import styles from './Empty.module.css'

/** In place of an empty list: the reason, and the way out. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={styles.empty}>
      <p className={styles.title}>{title}</p>
      <p className="muted">{children}</p>
    </div>
  )
}
