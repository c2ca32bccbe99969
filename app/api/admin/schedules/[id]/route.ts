import { cancelSchedule, updateSchedule } from '#lib/pricing/bulk/schedules.ts'
import { handle } from '../../_http/handle.ts'
import { json } from '../../_http/respond.ts'
import { changeSchedule, removeSchedule } from '../../_operations/schedules.ts'

export const PUT = handle(changeSchedule, async ({ principal, params, body }) => json(await updateSchedule(principal, params.id, body)))

export const DELETE = handle(removeSchedule, async ({ principal, params }) => json(await cancelSchedule(principal, params.id)))
