import { previewSchedule } from '#lib/pricing/bulk/schedule/newPreview.ts'
import { handle } from '../../../_http/handle.ts'
import { created } from '../../../_http/respond.ts'
import { previewScheduleAnew } from '../../../_operations/schedules.ts'

export const POST = handle(previewScheduleAnew, async ({ principal, params }) => {
  const edit = await previewSchedule(principal, params.id)
  return created(edit, `/api/admin/bulk-edits/${edit.id}`)
})
