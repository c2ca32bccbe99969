import { replaceScheduledEdit } from '#lib/pricing/bulk/schedule/newPreview.ts'
import { handle } from '../../../_http/handle.ts'
import { json } from '../../../_http/respond.ts'
import { replaceEditOfSchedule } from '../../../_operations/schedules.ts'

export const PUT = handle(replaceEditOfSchedule, async ({ principal, params, body }) =>
  json(await replaceScheduledEdit(principal, params.id, body)),
)
