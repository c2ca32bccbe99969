'use client'

import Link from 'next/link'
import { useSelectedLayoutSegment } from 'next/navigation'
import { Suspense } from 'react'
import styles from './FreshnessNavigation.module.css'

const PAGES = [
  { href: '/admin/freshness', segment: null, label: 'Dashboard' },
  { href: '/admin/freshness/alerts', segment: 'alerts', label: 'Alerts' },
  { href: '/admin/freshness/ledger', segment: 'ledger', label: 'Ledger' },
  { href: '/admin/freshness/purge', segment: 'purge', label: 'Purge' },
] as const

function Links({ current }: { current?: string | null }) {
  return (
    <nav aria-label="Freshness" className={styles.nav}>
      {PAGES.map(({ href, segment, label }) => (
        <Link key={href} href={href} className={styles.link} aria-current={segment === current ? 'page' : undefined}>
          {label}
        </Link>
      ))}
    </nav>
  )
}

function LinksOfHere() {
  return <Links current={useSelectedLayoutSegment()} />
}

export function FreshnessNavigation() {
  return (
    <Suspense fallback={<Links />}>
      <LinksOfHere />
    </Suspense>
  )
}
