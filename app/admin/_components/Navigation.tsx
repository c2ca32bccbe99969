'use client'

import Link from 'next/link'
import { useSelectedLayoutSegment } from 'next/navigation'
import styles from './Navigation.module.css'

const ROOMS = [
  { href: '/admin', segment: null, label: 'Overview' },
  { href: '/admin/products', segment: 'products', label: 'Prices' },
] as const

export function Navigation() {
  const current = useSelectedLayoutSegment()
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
