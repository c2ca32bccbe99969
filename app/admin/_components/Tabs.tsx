'use client'

import Link from 'next/link'
import { useSelectedLayoutSegment } from 'next/navigation'
import { Suspense } from 'react'
import { bringIntoRow } from '../../_ui/bringIntoRow.ts'
import styles from './Tabs.module.css'

export interface Tab {
  readonly href: string
  readonly label: string
  readonly current: boolean
}

interface Look {
  /** Names the navigation for a screen reader. */
  readonly label: string
  /** `line`: the row of a page's header; `pills`: inside a page; `group`: framed, for a choice of one view. */
  readonly look: 'line' | 'pills' | 'group'
}

/** Links, with the current one marked. */
export function Tabs({ label, look, tabs, scroll }: Look & { tabs: readonly Tab[]; scroll?: boolean }) {
  return (
    <nav aria-label={label} className={styles[look]}>
      {tabs.map(({ href, label: text, current }) => (
        <Link
          key={href}
          href={href}
          className={styles.tab}
          aria-current={current ? (scroll === false ? 'true' : 'page') : undefined}
          ref={current ? bringIntoRow : null}
          {...(scroll !== undefined && { scroll })}
        >
          {text}
        </Link>
      ))}
    </nav>
  )
}

export interface PageTab {
  readonly href: string
  /** Of the address, below the layout that shows the tabs. */
  readonly segment: string | null
  readonly label: string
}

interface PageTabsProps extends Look {
  readonly pages: readonly PageTab[]
}

function HereTabs({ pages, ...look }: PageTabsProps) {
  const here = useSelectedLayoutSegment()
  return <Tabs {...look} tabs={pages.map(({ segment, ...tab }) => ({ ...tab, current: segment === here }))} />
}

/** Tabs of the pages of a layout. The current one is known per request only; the links are rendered before. */
export function PageTabs({ pages, ...look }: PageTabsProps) {
  return (
    <Suspense fallback={<Tabs {...look} tabs={pages.map((tab) => ({ ...tab, current: false }))} />}>
      <HereTabs pages={pages} {...look} />
    </Suspense>
  )
}
