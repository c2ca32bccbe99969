import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { scheduleNotices } from '#lib/pricing/bulk/schedule/scheduleProblems.ts'
import { MOST_CHANGES, priceActivity, recentChanges } from '#lib/pricing/history.ts'
import { Notice } from '../../_ui/Notice.tsx'
import { RecentChanges } from '../_components/RecentChanges.tsx'
import { SearchForm } from '../_components/SearchForm.tsx'
import { Skeleton } from '../_components/States.tsx'
import { PageHead, Section, Stack, Tile, Tiles } from '../_components/Layout.tsx'
import { When } from '../_components/Values.tsx'
import { requireSession } from '../_lib/session.ts'

export const metadata: Metadata = { title: 'Overview' }

async function Activity() {
  await requireSession('/admin')
  const [{ changesInLastDay, undelivered }, changes, notices] = await Promise.all([
    priceActivity(),
    recentChanges(),
    scheduleNotices(),
  ])
  const newest = changes[0]
  return (
    <>
      {notices.map(({ id, bulkEditId, reason, problem, warning }) => (
        <Notice key={id} tone={problem ? 'danger' : 'warning'}>
          <strong>
            <Link href={`/admin/bulk/${bulkEditId}`}>{reason}</Link>
          </strong>{' '}
          {problem} {warning}
        </Notice>
      ))}
      {notices.length > 0 ? <Link href="/admin/schedules?show=attention">Schedules that need attention</Link> : null}
      <Tiles>
        <Tile
          label="Price changes, last 24 hours"
          value={
            changesInLastDay > MOST_CHANGES
              ? `More than ${MOST_CHANGES.toLocaleString('en')}`
              : changesInLastDay.toLocaleString('en')
          }
        />
        <Tile
          label="Delivery"
          value={undelivered === 0 ? 'All delivered' : `${undelivered.toLocaleString('en')} on the way`}
          tone={undelivered === 0 ? 'success' : 'warning'}
          hint={undelivered === 0 ? 'Every change was seen in every copy' : 'Saved, and not yet seen in every copy'}
        />
        <Tile label="Last change" value={newest ? <When at={newest.changedAt} /> : 'None yet'} hint={newest?.actor} />
      </Tiles>
      <Section id="recent" title="Recent changes">
        <RecentChanges changes={changes} />
      </Section>
    </>
  )
}

export default function OverviewPage() {
  return (
    <Stack gap={6}>
      <PageHead title="Overview">
        <SearchForm />
      </PageHead>
      <Suspense fallback={<Skeleton rows={8} />}>
        <Activity />
      </Suspense>
    </Stack>
  )
}
