import type { ReactNode } from 'react'
import { FreshnessNavigation } from '../../_freshness/FreshnessNavigation.tsx'
import styles from './layout.module.css'

export default function FreshnessLayout({ children }: { children: ReactNode }) {
  return (
    <div className={styles.page}>
      <div className={styles.top}>
        <h1 className={styles.title}>Freshness</h1>
        <FreshnessNavigation />
      </div>
      {children}
    </div>
  )
}
