/** Decisions on a bulk edit: approved, scheduled, cancelled, retried, undone. */
import { z } from 'zod'
import { LEFT_STATES } from '#lib/pricing/bulk/contract.ts'
import { undoBulkEdit } from '#lib/pricing/bulk/apply/followUps.ts'
import { retryConflicts } from '#lib/pricing/bulk/apply/retryConflicts.ts'
import { approveBulkEdit, cancelBulkEdit } from '#lib/pricing/bulk/preview/approveBulkEdit.ts'
import { checkPlan } from '#lib/pricing/bulk/schedule/planCheck.ts'
import { scheduleTimes } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { scheduleBulkEdit } from '#lib/pricing/bulk/schedule/schedules.ts'
import { answer, api, byId, DRAFT_BYTES, endpoint, json, LOCATION, optionalJson, WRONG_STATE } from './endpoint.ts'
import { confirmations, previewedAt } from './approval.ts'
import { reply } from './reply.ts'
import { editView, planCheckView, scheduleView } from './views/bulkViews.ts'

const BLACK_FRIDAY: z.input<typeof scheduleTimes> = {
  startsAt: '2026-11-27T09:00',
  endsAt: '2026-11-30T23:59',
  timeZone: 'Europe/Berlin',
}

export const decisions = api()
  .openapi(
    endpoint({
      method: 'post',
      path: '/bulk-edits/{id}/approve',
      operationId: 'approveBulkEdit',
      tag: 'bulk edits',
      summary:
        'Approves a preview. Up to 500 prices are live with the answer; more are applied by a worker, and 202 says so.',
      permission: 'bulk:approve',
      request: {
        params: byId,
        body: json(z.strictObject({ confirmations, previewedAt }), {
          confirmations: ['change 1200 prices by more than 50 percent'],
          previewedAt: '2026-11-21T09:30:00.000Z',
        }),
      },
      responses: {
        200: answer(
          'Applied. live: no read that starts from now on returns an older version; propagating: saved, and on its way',
          z.object({ state: z.enum(['live', 'propagating']), edit: editView }),
        ),
        202: answer(
          'Saved, and applied by a worker from now on: watch its events',
          z.object({ state: z.literal('queued'), edit: editView }),
        ),
        ...WRONG_STATE,
      },
    }),
    async (c) => {
      const approval = await approveBulkEdit(c.var.principal, c.req.valid('param').id, c.req.valid('json'))
      return approval.state === 'queued' ? reply(c, approval, 202) : reply(c, approval, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/bulk-edits/{id}/cancel',
      operationId: 'cancelBulkEdit',
      tag: 'bulk edits',
      summary:
        'Gives up a preview, or stops an edit between two chunks of 1,000 rows. What is applied stays, and can be undone.',
      permission: 'bulk:approve',
      request: { params: byId },
      responses: { 200: answer('The edit, cancelled', editView), ...WRONG_STATE },
    }),
    async (c) => reply(c, await cancelBulkEdit(c.var.principal, c.req.valid('param').id), 200),
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/bulk-edits/{id}/retry',
      operationId: 'retryBulkEdit',
      tag: 'bulk edits',
      summary:
        'Previews once more what conflicted, or what the body names, from the prices as they are now. It waits for an approval.',
      permission: 'bulk:approve',
      maxBodyBytes: DRAFT_BYTES,
      request: {
        params: byId,
        body: optionalJson(
          z.strictObject({
            states: z.array(z.enum(LEFT_STATES)).min(1).optional(),
            productIds: z.array(z.int().positive()).min(1).max(100_000).optional(),
          }),
          { states: ['conflict', 'refused'] },
        ),
      },
      responses: { 201: answer('The new edit, previewed', editView, LOCATION), ...WRONG_STATE },
    }),
    async (c) => {
      const edit = await retryConflicts(c.var.principal, c.req.valid('param').id, c.req.valid('json'))
      return reply(c, edit, 201, { location: `/api/admin/bulk-edits/${edit.id}` })
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/bulk-edits/{id}/undo',
      operationId: 'undoBulkEdit',
      tag: 'bulk edits',
      summary:
        'Previews the exact reverse of an edit. It waits for an approval; a price that changed since is a conflict.',
      permission: 'bulk:approve',
      request: { params: byId },
      responses: { 201: answer('The new edit, previewed', editView, LOCATION), ...WRONG_STATE },
    }),
    async (c) => {
      const edit = await undoBulkEdit(c.var.principal, c.req.valid('param').id)
      return reply(c, edit, 201, { location: `/api/admin/bulk-edits/${edit.id}` })
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/bulk-edits/{id}/schedule',
      operationId: 'scheduleBulkEdit',
      tag: 'bulk edits',
      summary:
        'Approves a preview for a later time. With an end it is a sale: shown in place of the base prices until then.',
      permission: 'bulk:approve',
      request: { params: byId, body: json(scheduleTimes.extend({ confirmations, previewedAt }), BLACK_FRIDAY) },
      responses: { 201: answer('The schedule', scheduleView, LOCATION), ...WRONG_STATE },
    }),
    async (c) => {
      const planned = await scheduleBulkEdit(c.var.principal, c.req.valid('param').id, c.req.valid('json'))
      return reply(c, planned, 201, { location: `/api/admin/schedules/${planned.id}` })
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/bulk-edits/{id}/schedule/dry-run',
      operationId: 'checkSchedule',
      tag: 'bulk edits',
      summary:
        'What scheduling a preview for these times would bring: the sales that it would meet. Nothing is stored.',
      permission: 'bulk:write',
      request: { params: byId, body: json(scheduleTimes, BLACK_FRIDAY) },
      responses: { 200: answer('What a person must know before the approval', planCheckView) },
    }),
    async (c) => reply(c, await checkPlan(c.var.principal, c.req.valid('param').id, c.req.valid('json')), 200),
  )
