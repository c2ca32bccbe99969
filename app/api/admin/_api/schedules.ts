/** Schedules. */
import { z } from 'zod'
import { wholeNumber, yesOrNo } from '#lib/platform/http/queryParts.ts'
import { previewSchedule, replaceScheduledEdit } from '#lib/pricing/bulk/schedule/newPreview.ts'
import { checkNewTimes } from '#lib/pricing/bulk/schedule/planCheck.ts'
import { SCHEDULE_STATES, scheduleTimes } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import {
  cancelSchedule,
  schedule,
  schedules as listOfSchedules,
  updateSchedule,
} from '#lib/pricing/bulk/schedule/schedules.ts'
import { answer, api, byId, endpoint, json, LOCATION, refusal } from './endpoint.ts'
import { confirmations, previewedAt } from './approval.ts'
import { reply } from './reply.ts'
import { editView, planCheckView, scheduleView } from './views/bulkViews.ts'

const BEGUN = { 409: refusal('The schedule has begun or ended; nothing was changed') } as const
const ENDED = { 409: refusal('The schedule has ended; nothing was changed') } as const

export const schedules = api()
  .openapi(
    endpoint({
      method: 'get',
      path: '/schedules',
      operationId: 'listSchedules',
      tag: 'schedules',
      summary: 'What is planned, the next first; then what is over.',
      permission: 'bulk:read',
      request: {
        query: z.strictObject({
          offset: wholeNumber('An offset', 0).default(0),
          limit: wholeNumber('A limit', 1, 100).default(25),
          state: z.enum(SCHEDULE_STATES).optional(),
          attention: yesOrNo
            .default(false)
            .meta({ description: 'Only those with a problem or a warning, such as prices that did not follow.' }),
        }),
      },
      responses: { 200: answer('A page', z.object({ schedules: z.array(scheduleView), total: z.int() })) },
    }),
    async (c) => reply(c, await listOfSchedules(c.var.principal, c.req.valid('query')), 200),
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/schedules/{id}',
      operationId: 'getSchedule',
      tag: 'schedules',
      summary: 'One schedule.',
      permission: 'bulk:read',
      request: { params: byId },
      responses: { 200: answer('The schedule', scheduleView) },
    }),
    async (c) => reply(c, await schedule(c.var.principal, c.req.valid('param').id), 200),
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/schedules/{id}',
      operationId: 'replaceSchedule',
      tag: 'schedules',
      summary: 'Other times for a schedule; of one that has begun only the end.',
      permission: 'bulk:approve',
      request: {
        params: byId,
        body: json(scheduleTimes, {
          startsAt: '2026-11-27T09:00',
          endsAt: '2026-11-30T23:59',
          timeZone: 'Europe/Berlin',
        }),
      },
      responses: { 200: answer('The schedule', scheduleView), ...ENDED },
    }),
    async (c) => reply(c, await updateSchedule(c.var.principal, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/schedules/{id}/dry-run',
      operationId: 'checkReplaceSchedule',
      tag: 'schedules',
      summary: 'What other times for a schedule would bring: the sales that it would meet. Nothing is stored.',
      permission: 'bulk:write',
      request: {
        params: byId,
        body: json(scheduleTimes, {
          startsAt: '2026-11-27T09:00',
          endsAt: '2026-11-30T23:59',
          timeZone: 'Europe/Berlin',
        }),
      },
      responses: { 200: answer('What a person must know before the change', planCheckView) },
    }),
    async (c) => reply(c, await checkNewTimes(c.var.principal, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/schedules/{id}/preview',
      operationId: 'previewSchedule',
      tag: 'schedules',
      summary:
        'Previews the edit of a schedule that has not begun once more, with the prices of now. The schedule stays.',
      permission: 'bulk:write',
      request: { params: byId },
      responses: { 201: answer('The new preview', editView, LOCATION), ...BEGUN },
    }),
    async (c) => {
      const edit = await previewSchedule(c.var.principal, c.req.valid('param').id)
      return reply(c, edit, 201, { location: `/api/admin/bulk-edits/${edit.id}` })
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/schedules/{id}/edit',
      operationId: 'replaceScheduledEdit',
      tag: 'schedules',
      summary:
        'Approves a preview for the times of a schedule that has not begun, in the place of the edit that it has.',
      permission: 'bulk:approve',
      request: {
        params: byId,
        body: json(z.strictObject({ bulkEditId: z.uuid('An id is a UUID.'), confirmations, previewedAt }), {
          bulkEditId: '0b8f2f4e-6f0e-4d55-9a43-0d5b8f6f2a11',
          confirmations: [],
        }),
      },
      responses: { 200: answer('The schedule', scheduleView), ...BEGUN },
    }),
    async (c) =>
      reply(c, await replaceScheduledEdit(c.var.principal, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/schedules/{id}',
      operationId: 'cancelSchedule',
      tag: 'schedules',
      summary: 'Takes back a schedule that has not begun; ends one that has begun, now.',
      permission: 'bulk:approve',
      request: { params: byId },
      responses: { 200: answer('The schedule', scheduleView), ...ENDED },
    }),
    async (c) => reply(c, await cancelSchedule(c.var.principal, c.req.valid('param').id), 200),
  )
