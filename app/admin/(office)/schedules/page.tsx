import type { Metadata } from 'next'
import { Suspense } from 'react'
import { schedules } from '#lib/pricing/bulk/schedule/schedules.ts'
import { PageHead, Stack } from '../../_components/Layout.tsx'
import { Empty, Skeleton } from '../../_components/States.tsx'
import { Pager } from '../../_components/Pager.tsx'
import { first, pageNumber } from '../../_lib/params.ts'
import { requireSession } from '../../_lib/session.ts'
import { ScheduleTable } from '../bulk/_schedule/ScheduleTable.tsx'

export const metadata: Metadata = { title: 'Schedules' }

type Props = PageProps<'/admin/schedules'>

const PER_PAGE = 25

function address(number: number): string {
  return number > 1 ? `/admin/schedules?page=${number}` : '/admin/schedules'
}

async function Schedules({ searchParams }: Pick<Props, 'searchParams'>) {
  const number = pageNumber(first((await searchParams)['page']))
  const principal = await requireSession(address(number))
  const { schedules: planned, total } = await schedules(principal, { offset: (number - 1) * PER_PAGE, limit: PER_PAGE })
  if (planned.length === 0)
    return (
      <Empty title="Nothing is scheduled">
        Make a bulk edit, look at its preview, and choose Schedule in place of Approve.
      </Empty>
    )
  return (
    <>
      <ScheduleTable schedules={planned} />
      <Pager
        previous={number > 1 ? address(number - 1) : undefined}
        next={number * PER_PAGE < total ? address(number + 1) : undefined}
        page={number}
      />
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
