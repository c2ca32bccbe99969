import { checkPlan } from '#lib/pricing/bulk/schedule/planCheck.ts'
import { handle } from '../../../../_http/handle.ts'
import { json } from '../../../../_http/respond.ts'
import { checkSchedule } from '../../../../_operations/bulkEdits.ts'

export const POST = handle(checkSchedule, async ({ principal, params, body }) =>
  json(await checkPlan(principal, params.id, body)),
)
