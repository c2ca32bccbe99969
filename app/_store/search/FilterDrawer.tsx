import type { ReactNode } from 'react'
import styles from './Search.module.css'

interface FilterDrawerProps {
  label: string
  /** Where there is something to read in it. */
  isOpen: boolean
  children: ReactNode
}

/** Closed on a narrow screen, where the list comes first; always open beside a list. */
export function FilterDrawer({ label, isOpen, children }: FilterDrawerProps) {
  return (
    <details className={styles.drawer} open={isOpen}>
      <summary>{label}</summary>
      <div>{children}</div>
    </details>
  )
}
