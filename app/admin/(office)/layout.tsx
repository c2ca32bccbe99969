import Link from 'next/link'
import { type ReactNode, Suspense } from 'react'
import styles from '../_components/Frame.module.css'
import { Brand } from '../_components/Frame.tsx'
import { PageTabs, type PageTab } from '../_components/Tabs.tsx'
import { UserMenu } from '../_components/UserMenu.tsx'

const PAGES: readonly PageTab[] = [
  { href: '/admin', segment: null, label: 'Overview' },
  { href: '/admin/products', segment: 'products', label: 'Prices' },
  { href: '/admin/bulk', segment: 'bulk', label: 'Bulk edits' },
  { href: '/admin/schedules', segment: 'schedules', label: 'Schedules' },
  { href: '/admin/orders', segment: 'orders', label: 'Orders' },
  { href: '/admin/freshness', segment: 'freshness', label: 'Freshness' },
  { href: '/admin/audit', segment: 'audit', label: 'Audit' },
]

export default function OfficeLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <a href="#content" className={`visually-hidden ${styles.skip}`}>
        Skip to the content
      </a>
      <header className={styles.header}>
        <div className={styles.bar}>
          <Link href="/admin" className={styles.home}>
            <Brand />
          </Link>
          <PageTabs label="Back office" look="line" pages={PAGES} />
          <Suspense fallback={null}>
            <UserMenu />
          </Suspense>
        </div>
      </header>
      <main id="content" tabIndex={-1} className={styles.main}>
        {children}
      </main>
    </>
  )
}
