import type { ReactNode } from 'react'
import styles from './table.module.css'

/** Around a table that may be wider than its place: then it scrolls, with the keyboard as well. */
export function TableFrame({ children }: { children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus
    <div className={styles.frame} tabIndex={0}>
      {children}
    </div>
  )
}
