import { schedules } from '#lib/pricing/bulk/schedule/schedules.ts'
import { handle } from '../_http/handle.ts'
import { json } from '../_http/respond.ts'
import { listSchedules } from '../_operations/schedules.ts'

export const GET = handle(listSchedules, async ({ principal, query }) => json(await schedules(principal, query)))
