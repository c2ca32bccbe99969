import { scheduleBulkEdit } from '#lib/pricing/bulk/schedule/schedules.ts'
import { handle } from '../../../_http/handle.ts'
import { created } from '../../../_http/respond.ts'
import { schedule } from '../../../_operations/bulkEdits.ts'

export const POST = handle(schedule, async ({ principal, params, body }) => {
  const planned = await scheduleBulkEdit(principal, params.id, body)
  return created(planned, `/api/admin/schedules/${planned.id}`)
})
