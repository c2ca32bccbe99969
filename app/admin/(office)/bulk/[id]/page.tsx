import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { Suspense } from 'react'
import { bulkEdit } from '#lib/pricing/bulk/bulkEdits.ts'
import { draftOf } from '#lib/pricing/bulk/preview/draftOf.ts'
import { BulkEditNotFoundError } from '#lib/pricing/bulk/errors.ts'
import { scheduleOf } from '#lib/pricing/bulk/schedule/schedules.ts'
import { Stack } from '../../../_components/Layout.tsx'
import { Skeleton } from '../../../_components/States.tsx'
import { requireSession } from '../../../_lib/session.ts'
import { BulkEditPage } from '../_edit/BulkEditPage.tsx'
import { describeRules, describeSelection } from '../_lib/describeRules.ts'

export const metadata: Metadata = { title: 'Bulk edit' }

type Props = PageProps<'/admin/bulk/[id]'>

async function Edit({ params }: Pick<Props, 'params'>) {
  const { id } = await params
  const principal = await requireSession(`/admin/bulk/${id}`)
  const [edit, draft, schedule] = await Promise.all([
    bulkEdit(principal, id),
    draftOf(principal, id),
    scheduleOf(principal, id),
  ]).catch((error: unknown) => {
    if (error instanceof BulkEditNotFoundError) notFound()
    throw error
  })
  const made = edit.kind === 'edit'
  return (
    <BulkEditPage
      initial={edit}
      schedule={schedule}
      selection={made ? describeSelection(draft.selection) : []}
      rules={describeRules(draft.rules)}
      cells={draft.cells}
      permissions={principal.permissions}
    />
  )
}

export default function Page({ params }: Props) {
  return (
    <Stack gap={6}>
      <Suspense fallback={<Skeleton rows={10} />}>
        <Edit params={params} />
      </Suspense>
    </Stack>
  )
}
