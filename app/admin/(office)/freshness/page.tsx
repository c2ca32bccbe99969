import type { Metadata } from 'next'
import { Suspense } from 'react'
import { isWindow } from '#lib/observability/dashboard/shapes.ts'
import { readSnapshot } from '#lib/observability/dashboard/snapshot.ts'
import { Skeleton } from '../../_components/States.tsx'
import { Dashboard } from '../../_freshness/Dashboard.tsx'
import { first } from '../../_lib/params.ts'
import { requireSession } from '../../_lib/session.ts'

export const metadata: Metadata = { title: 'Freshness' }

type Props = PageProps<'/admin/freshness'>

async function LiveDashboard({ searchParams }: Pick<Props, 'searchParams'>) {
  await requireSession('/admin/freshness')
  const asked = first((await searchParams)['window'])
  return <Dashboard initial={await readSnapshot(isWindow(asked) ? asked : '15m')} />
}

export default function FreshnessPage({ searchParams }: Props) {
  return (
    <Suspense fallback={<Skeleton rows={10} />}>
      <LiveDashboard searchParams={searchParams} />
    </Suspense>
  )
}
