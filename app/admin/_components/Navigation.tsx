'use client'

import Link from 'next/link'
import { useSelectedLayoutSegment } from 'next/navigation'
import { Suspense } from 'react'
import styles from './Navigation.module.css'

const ROOMS = [
  { href: '/admin', segment: null, label: 'Overview' },
  { href: '/admin/products', segment: 'products', label: 'Prices' },
  { href: '/admin/bulk', segment: 'bulk', label: 'Bulk edits' },
  { href: '/admin/schedules', segment: 'schedules', label: 'Schedules' },
  { href: '/admin/orders', segment: 'orders', label: 'Orders' },
  { href: '/admin/freshness', segment: 'freshness', label: 'Freshness' },
  { href: '/admin/audit', segment: 'audit', label: 'Audit' },
] as const

function Links({ current }: { current?: string | null }) {
  return (
    <nav aria-label="Back office" className={styles.nav}>
      {ROOMS.map(({ href, segment, label }) => (
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

/** The rooms of the back office. Which one this is, is known per request only; the links are there before. */
export function Navigation() {
  return (
    <Suspense fallback={<Links />}>
      <LinksOfHere />
    </Suspense>
  )
}
