import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { scheduleProblems } from '#lib/pricing/bulk/schedule/scheduleFacts.ts'
import { priceActivity, recentChanges } from '#lib/pricing/history.ts'
import { Notice } from '../../_ui/Notice.tsx'
import { RecentChanges } from '../_components/RecentChanges.tsx'
import { SearchForm } from '../_components/SearchForm.tsx'
import { Skeleton } from '../_components/Skeleton.tsx'
import { Tile } from '../_components/Tile.tsx'
import { When } from '../_components/When.tsx'
import { requireSession } from '../_lib/session.ts'
import styles from './page.module.css'

export const metadata: Metadata = { title: 'Overview' }

async function Activity() {
  await requireSession('/admin')
  const [{ changesInLastDay, undelivered }, changes, problems] = await Promise.all([
    priceActivity(),
    recentChanges(),
    scheduleProblems(),
  ])
  const newest = changes[0]
  return (
    <>
      {problems.map(({ id, bulkEditId, reason, problem }) => (
        <Notice key={id} tone="danger">
          <strong>
            <Link href={`/admin/bulk/${bulkEditId}`}>{reason}</Link>
          </strong>{' '}
          {problem}
        </Notice>
      ))}
      <dl className={styles.tiles}>
        <Tile label="Price changes in the last 24 hours" value={changesInLastDay.toLocaleString('en')} />
        <Tile
          label="Delivery"
          value={undelivered === 0 ? 'All delivered' : `${undelivered.toLocaleString('en')} on the way`}
          tone={undelivered === 0 ? 'success' : 'warning'}
          hint={undelivered === 0 ? 'Every change was seen in every copy' : 'Saved, and not yet seen in every copy'}
        />
        <Tile label="Last change" value={newest ? <When at={newest.changedAt} /> : 'None yet'} hint={newest?.actor} />
      </dl>
      <section aria-labelledby="recent">
        <h2 id="recent" className={styles.heading}>
          Recent changes
        </h2>
        <RecentChanges changes={changes} />
      </section>
    </>
  )
}

export default function OverviewPage() {
  return (
    <div className={styles.page}>
      <div className={styles.top}>
        <h1 className={styles.title}>Overview</h1>
        <SearchForm />
      </div>
      <Suspense fallback={<Skeleton rows={8} />}>
        <Activity />
      </Suspense>
    </div>
  )
}
