import { checkNewTimes } from '#lib/pricing/bulk/schedule/planCheck.ts'
import { handle } from '../../../_http/handle.ts'
import { json } from '../../../_http/respond.ts'
import { checkChangeOfSchedule } from '../../../_operations/schedules.ts'

export const POST = handle(checkChangeOfSchedule, async ({ principal, params, body }) =>
  json(await checkNewTimes(principal, params.id, body)),
)
