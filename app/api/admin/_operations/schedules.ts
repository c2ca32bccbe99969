import { z } from 'zod'
import { SCHEDULE_STATES, scheduleTimes } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { confirmations, previewedAt } from './approval.ts'
import { editView, planCheckView, scheduleView } from './bulkViews.ts'
import { byId, LOCATION, operation, takesNothing, wholeNumber } from './operation.ts'

const base = { ...takesNothing, tag: 'schedules' } as const
const BEGUN = { 409: { description: 'The schedule has begun or ended; nothing was changed' } } as const
const ENDED = { 409: { description: 'The schedule has ended; nothing was changed' } } as const

export const listSchedules = operation({
  ...base,
  method: 'GET',
  path: '/api/admin/schedules',
  id: 'listSchedules',
  summary: 'What is planned, the next first; then what is over.',
  permission: 'bulk:read',
  query: z.strictObject({
    offset: wholeNumber('An offset', 0).default(0),
    limit: wholeNumber('A limit', 1, 100).default(25),
    state: z.enum(SCHEDULE_STATES).optional(),
  }),
  answers: { 200: { description: 'A page', schema: z.object({ schedules: z.array(scheduleView), total: z.int() }) } },
})

export const readSchedule = operation({
  ...base,
  method: 'GET',
  path: '/api/admin/schedules/{id}',
  id: 'getSchedule',
  summary: 'One schedule.',
  permission: 'bulk:read',
  params: byId,
  answers: { 200: { description: 'The schedule', schema: scheduleView } },
})

export const changeSchedule = operation({
  ...base,
  method: 'PUT',
  path: '/api/admin/schedules/{id}',
  id: 'replaceSchedule',
  summary: 'Other times for a schedule; of one that has begun only the end.',
  permission: 'bulk:approve',
  params: byId,
  body: scheduleTimes,
  example: { startsAt: '2026-11-27T09:00', endsAt: '2026-11-30T23:59', timeZone: 'Europe/Berlin' },
  answers: { 200: { description: 'The schedule', schema: scheduleView }, ...ENDED },
})

export const checkChangeOfSchedule = operation({
  ...base,
  method: 'POST',
  path: '/api/admin/schedules/{id}/dry-run',
  id: 'checkReplaceSchedule',
  summary: 'What other times for a schedule would bring: the sales that it would meet. Nothing is stored.',
  permission: 'bulk:write',
  params: byId,
  body: scheduleTimes,
  example: { startsAt: '2026-11-27T09:00', endsAt: '2026-11-30T23:59', timeZone: 'Europe/Berlin' },
  answers: { 200: { description: 'What a person must know before the change', schema: planCheckView } },
})

export const previewScheduleAnew = operation({
  ...base,
  method: 'POST',
  path: '/api/admin/schedules/{id}/preview',
  id: 'previewSchedule',
  summary: 'Previews the edit of a schedule that has not begun once more, with the prices of now. The schedule stays.',
  permission: 'bulk:write',
  params: byId,
  answers: { 201: { description: 'The new preview', schema: editView, headers: LOCATION }, ...BEGUN },
})

export const replaceEditOfSchedule = operation({
  ...base,
  method: 'PUT',
  path: '/api/admin/schedules/{id}/edit',
  id: 'replaceScheduledEdit',
  summary: 'Approves a preview for the times of a schedule that has not begun, in the place of the edit that it has.',
  permission: 'bulk:approve',
  params: byId,
  body: z.strictObject({ bulkEditId: z.uuid('An id is a UUID.'), confirmations, previewedAt }),
  example: { bulkEditId: '0b8f2f4e-6f0e-4d55-9a43-0d5b8f6f2a11', confirmations: [] },
  answers: { 200: { description: 'The schedule', schema: scheduleView }, ...BEGUN },
})

export const removeSchedule = operation({
  ...base,
  method: 'DELETE',
  path: '/api/admin/schedules/{id}',
  id: 'cancelSchedule',
  summary: 'Takes back a schedule that has not begun; ends one that has begun, now.',
  permission: 'bulk:approve',
  params: byId,
  answers: { 200: { description: 'The schedule', schema: scheduleView }, ...ENDED },
})
