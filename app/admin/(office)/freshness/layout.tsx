import type { ReactNode } from 'react'
import { PageHead, Stack } from '../../_components/Layout.tsx'
import { PageTabs, type PageTab } from '../../_components/Tabs.tsx'

const PAGES: readonly PageTab[] = [
  { href: '/admin/freshness', segment: null, label: 'Dashboard' },
  { href: '/admin/freshness/alerts', segment: 'alerts', label: 'Alerts' },
  { href: '/admin/freshness/ledger', segment: 'ledger', label: 'Ledger' },
  { href: '/admin/freshness/purge', segment: 'purge', label: 'Purge' },
]

export default function FreshnessLayout({ children }: { children: ReactNode }) {
  return (
    <Stack gap={5}>
      <PageHead title="Freshness">
        <PageTabs label="Freshness" look="pills" pages={PAGES} />
      </PageHead>
      {children}
    </Stack>
  )
}
