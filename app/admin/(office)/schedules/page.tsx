import type { Metadata } from 'next'
import { Suspense } from 'react'
import { schedules } from '#lib/pricing/bulk/schedule/schedules.ts'
import { PageHead, Stack } from '../../_components/Layout.tsx'
import { Empty, Skeleton } from '../../_components/States.tsx'
import { Tabs } from '../../_components/Tabs.tsx'
import { Pager } from '../../_components/Pager.tsx'
import { first, pageNumber } from '../../_lib/params.ts'
import { requireSession } from '../../_lib/session.ts'
import { ScheduleTable } from '../bulk/_schedule/ScheduleTable.tsx'

export const metadata: Metadata = { title: 'Schedules' }

type Props = PageProps<'/admin/schedules'>

const PER_PAGE = 25

function address(attention: boolean, number = 1): string {
  const query = [attention ? 'show=attention' : '', number > 1 ? `page=${number}` : ''].filter((part) => part !== '')
  return `/admin/schedules${query.length > 0 ? `?${query.join('&')}` : ''}`
}

function Nothing({ attention }: { attention: boolean }) {
  if (attention) return <Empty title="No schedule needs attention">Every price followed its schedule.</Empty>
  return (
    <Empty title="Nothing is scheduled">
      Make a bulk edit, look at its preview, and choose Schedule in place of Approve.
    </Empty>
  )
}

async function Schedules({ searchParams }: Pick<Props, 'searchParams'>) {
  const params = await searchParams
  const number = pageNumber(first(params['page']))
  const attention = first(params['show']) === 'attention'
  const principal = await requireSession(address(attention, number))
  const { schedules: planned, total } = await schedules(principal, {
    offset: (number - 1) * PER_PAGE,
    limit: PER_PAGE,
    attention,
  })
  return (
    <>
      <Tabs
        label="Show"
        look="group"
        tabs={[
          { href: address(false), label: 'All', current: !attention },
          { href: address(true), label: 'Needs attention', current: attention },
        ]}
      />
      {planned.length === 0 ? (
        <Nothing attention={attention} />
      ) : (
        <>
          <ScheduleTable schedules={planned} />
          <Pager
            previous={number > 1 ? address(attention, number - 1) : undefined}
            next={number * PER_PAGE < total ? address(attention, number + 1) : undefined}
            page={number}
          />
        </>
      )}
    </>
  )
}

export default function SchedulesPage({ searchParams }: Props) {
  return (
    <Stack gap={6}>
      <PageHead title="Schedules" />
      <Suspense fallback={<Skeleton rows={6} />}>
        <Schedules searchParams={searchParams} />
      </Suspense>
    </Stack>
  )
}
