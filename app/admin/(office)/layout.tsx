import Link from 'next/link'
import { type ReactNode, Suspense } from 'react'
import { Brand } from '../_components/Brand.tsx'
import { Navigation } from '../_components/Navigation.tsx'
import { UserMenu } from '../_components/UserMenu.tsx'
import styles from './layout.module.css'

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
          <Navigation />
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
