import type { ReactNode } from 'react'
import styles from './Frame.module.css'

/** The mark and the name of the tool. */
export function Brand() {
  return (
    <span className={styles.brand}>
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" className={styles.mark}>
        <path d="M12 2 5.5 11H9l-4.5 6.5h6V22h3v-4.500h6L15 11h3.500z" fill="currentColor" />
      </svg>
      <span className={styles.name}>Evergreen</span>
      <span className={styles.tool}>Back office</span>
    </span>
  )
}

/** Around what is shown before anyone is signed in. */
export function Gate({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <main className={styles.gate}>
      <div className={styles.card}>
        <Brand />
        {title === undefined ? null : <h1>{title}</h1>}
        {children}
      </div>
    </main>
  )
}
