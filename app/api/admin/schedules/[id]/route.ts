import { cancelSchedule, schedule, updateSchedule } from '#lib/pricing/bulk/schedule/schedules.ts'
import { handle } from '../../_http/handle.ts'
import { json } from '../../_http/respond.ts'
import { changeSchedule, readSchedule, removeSchedule } from '../../_operations/schedules.ts'

export const GET = handle(readSchedule, async ({ principal, params }) => json(await schedule(principal, params.id)))

export const PUT = handle(changeSchedule, async ({ principal, params, body }) =>
  json(await updateSchedule(principal, params.id, body)),
)

export const DELETE = handle(removeSchedule, async ({ principal, params }) =>
  json(await cancelSchedule(principal, params.id)),
)
