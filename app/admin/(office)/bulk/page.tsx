import type { Metadata } from 'next'
import { Suspense } from 'react'
import { bulkEdits } from '#lib/pricing/bulk/bulkEdits.ts'
import { schedules } from '#lib/pricing/bulk/schedule/schedules.ts'
import { ButtonLink } from '../../../_ui/Button.tsx'
import { PageHead, Row, Section, Stack } from '../../_components/Layout.tsx'
import { Empty, Skeleton } from '../../_components/States.tsx'
import { Pager } from '../../_components/Pager.tsx'
import { first, pageNumber } from '../../_lib/params.ts'
import { requireSession } from '../../_lib/session.ts'
import { EditTable } from './_edit/EditTable.tsx'
import { ScheduleTable } from './_schedule/ScheduleTable.tsx'

export const metadata: Metadata = { title: 'Bulk edits' }

type Props = PageProps<'/admin/bulk'>

const PER_PAGE = 20

function address(number: number): string {
  return number > 1 ? `/admin/bulk?page=${number}` : '/admin/bulk'
}

async function Actions() {
  const principal = await requireSession('/admin/bulk')
  if (!principal.permissions.includes('bulk:write'))
    return <p className="muted">You may look at edits. Making one needs the role editor.</p>
  return (
    <Row>
      <ButtonLink href="/admin/bulk/import" variant="secondary">
        Import a file
      </ButtonLink>
      <ButtonLink href="/admin/bulk/new">New bulk edit</ButtonLink>
    </Row>
  )
}

async function Planned() {
  const principal = await requireSession('/admin/bulk')
  const [pending, running] = await Promise.all([
    schedules(principal, { offset: 0, limit: 5, state: 'pending' }),
    schedules(principal, { offset: 0, limit: 5, state: 'running' }),
  ])
  const planned = [...running.schedules, ...pending.schedules]
  if (planned.length === 0) return null
  return (
    <Section id="planned" title="Planned">
      <ScheduleTable schedules={planned} />
    </Section>
  )
}

async function Edits({ searchParams }: Pick<Props, 'searchParams'>) {
  const number = pageNumber(first((await searchParams)['page']))
  const principal = await requireSession(address(number))
  const { edits, total } = await bulkEdits(principal, { offset: (number - 1) * PER_PAGE, limit: PER_PAGE })
  return (
    <>
      <EditTable
        edits={edits}
        empty={
          <Empty title="No bulk edit yet">
            Select products, set their prices, look at the preview, and approve it.
          </Empty>
        }
      />
      <Pager
        previous={number > 1 ? address(number - 1) : undefined}
        next={number * PER_PAGE < total ? address(number + 1) : undefined}
        page={number}
      />
    </>
  )
}

export default function BulkEditsPage({ searchParams }: Props) {
  return (
    <Stack gap={6}>
      <PageHead title="Bulk edits">
        <Suspense fallback={null}>
          <Actions />
        </Suspense>
      </PageHead>
      <Suspense fallback={null}>
        <Planned />
      </Suspense>
      <Suspense fallback={<Skeleton rows={8} />}>
        <Edits searchParams={searchParams} />
      </Suspense>
    </Stack>
  )
}
