import { z } from 'zod'
import { draft, LEFT_STATES, MAX_PAGE_ROWS, ROW_SORTS, ROW_STATES } from '#lib/pricing/bulk/contract.ts'
import { scheduleTimes } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { confirmations, previewedAt } from './approval.ts'
import { editView, planCheckView, rowView, rowWarning, scheduleView, summaryView } from './bulkViews.ts'
import { byId, LOCATION, operation, takesNothing, wholeNumber } from './operation.ts'

/** 100,000 cells edited by hand. */
const DRAFT_BYTES = 16 * 1024 * 1024
const base = { ...takesNothing, tag: 'bulk edits' } as const
const one = { ...base, params: byId } as const
const paging = {
  offset: wholeNumber('An offset', 0).default(0),
  limit: wholeNumber('A limit', 1, MAX_PAGE_ROWS).default(100),
}

const STATE = { 409: { description: 'The edit is not in the state for this; nothing was changed' } } as const

/** A body as a client would send it. */
const AUTUMN_SALE: z.input<typeof draft> = {
  selection: { categories: ['laptops'], status: 'active' },
  rules: {
    amount: { kind: 'percent', percent: '-10', of: 'price' },
    rounding: { to: '.99', mode: 'down' },
    floorCents: 19_900,
    compareAt: { kind: 'old-price' },
  },
  reason: 'Autumn sale',
}
const BLACK_FRIDAY: z.input<typeof scheduleTimes> = {
  startsAt: '2026-11-27T09:00',
  endsAt: '2026-11-30T23:59',
  timeZone: 'Europe/Berlin',
}

export const dryRunBulkEdit = operation({
  ...base,
  method: 'POST',
  path: '/api/admin/bulk-edits/dry-run',
  id: 'dryRunBulkEdit',
  summary: 'What a preview would say, with its first rows. Nothing is stored.',
  permission: 'bulk:write',
  body: draft,
  maxBodyBytes: DRAFT_BYTES,
  example: AUTUMN_SALE,
  answers: { 200: { description: 'The preview', schema: z.object({ summary: summaryView, rows: z.array(rowView) }) } },
})

export const previewBulkEdit = operation({
  ...base,
  method: 'POST',
  path: '/api/admin/bulk-edits',
  id: 'createBulkEdit',
  summary:
    'Previews an edit: freezes the rows that the selection finds with the prices that the rules make. No price changes before it is approved.',
  permission: 'bulk:write',
  body: draft,
  maxBodyBytes: DRAFT_BYTES,
  example: AUTUMN_SALE,
  answers: { 201: { description: 'The edit, previewed', schema: editView, headers: LOCATION } },
})

export const listBulkEdits = operation({
  ...base,
  method: 'GET',
  path: '/api/admin/bulk-edits',
  id: 'listBulkEdits',
  summary: 'The edits, the newest first.',
  permission: 'bulk:read',
  query: z.strictObject({ ...paging, limit: wholeNumber('A limit', 1, 100).default(25) }),
  answers: { 200: { description: 'A page', schema: z.object({ edits: z.array(editView), total: z.int() }) } },
})

export const readBulkEdit = operation({
  ...one,
  method: 'GET',
  path: '/api/admin/bulk-edits/{id}',
  id: 'getBulkEdit',
  summary: 'One edit, with its progress.',
  permission: 'bulk:read',
  answers: { 200: { description: 'The edit', schema: editView } },
})

export const rewriteBulkEdit = operation({
  ...one,
  method: 'PUT',
  path: '/api/admin/bulk-edits/{id}',
  id: 'replaceBulkEdit',
  summary: 'Puts another draft in the place of one that waits for its approval, and previews it anew.',
  permission: 'bulk:write',
  body: draft,
  maxBodyBytes: DRAFT_BYTES,
  example: AUTUMN_SALE,
  answers: { 200: { description: 'The edit, previewed anew', schema: editView }, ...STATE },
})

export const listBulkEditRows = operation({
  ...one,
  method: 'GET',
  path: '/api/admin/bulk-edits/{id}/rows',
  id: 'listBulkEditRows',
  summary: 'The rows of an edit: what was, what is to be, what became of it.',
  permission: 'bulk:read',
  query: z.strictObject({
    ...paging,
    state: z.enum(ROW_STATES).optional(),
    warning: rowWarning.optional(),
    text: z.string().max(200).optional(),
    sort: z.enum(ROW_SORTS).optional(),
    direction: z.enum(['asc', 'desc']).optional(),
  }),
  answers: { 200: { description: 'A page', schema: z.object({ rows: z.array(rowView), total: z.int() }) } },
})

export const approve = operation({
  ...one,
  method: 'POST',
  path: '/api/admin/bulk-edits/{id}/approve',
  id: 'approveBulkEdit',
  summary:
    'Approves a preview. Up to 500 prices are live with the answer; more are applied by a worker, and 202 says so.',
  permission: 'bulk:approve',
  body: z.strictObject({ confirmations, previewedAt }),
  example: { confirmations: ['change 1200 prices by more than 50 percent'], previewedAt: '2026-11-21T09:30:00.000Z' },
  answers: {
    200: {
      description:
        'Applied. live: no read that starts from now on returns an older version; propagating: saved, and on its way',
      schema: z.object({ state: z.enum(['live', 'propagating']), edit: editView }),
    },
    202: {
      description: 'Saved, and applied by a worker from now on: watch its events',
      schema: z.object({ state: z.literal('queued'), edit: editView }),
    },
    ...STATE,
  },
})

export const cancel = operation({
  ...one,
  method: 'POST',
  path: '/api/admin/bulk-edits/{id}/cancel',
  id: 'cancelBulkEdit',
  summary:
    'Gives up a preview, or stops an edit between two chunks of 1,000 rows. What is applied stays, and can be undone.',
  permission: 'bulk:approve',
  answers: { 200: { description: 'The edit, cancelled', schema: editView }, ...STATE },
})

export const retry = operation({
  ...one,
  method: 'POST',
  path: '/api/admin/bulk-edits/{id}/retry',
  id: 'retryBulkEdit',
  summary:
    'Previews once more what conflicted, or what the body names, from the prices as they are now. It waits for an approval.',
  permission: 'bulk:approve',
  body: z.strictObject({
    states: z.array(z.enum(LEFT_STATES)).min(1).optional(),
    productIds: z.array(z.int().positive()).min(1).max(100_000).optional(),
  }),
  bodyOptional: true,
  maxBodyBytes: DRAFT_BYTES,
  example: { states: ['conflict', 'refused'] },
  answers: { 201: { description: 'The new edit, previewed', schema: editView, headers: LOCATION }, ...STATE },
})

export const undo = operation({
  ...one,
  method: 'POST',
  path: '/api/admin/bulk-edits/{id}/undo',
  id: 'undoBulkEdit',
  summary: 'Previews the exact reverse of an edit. It waits for an approval; a price that changed since is a conflict.',
  permission: 'bulk:approve',
  answers: { 201: { description: 'The new edit, previewed', schema: editView, headers: LOCATION }, ...STATE },
})

export const schedule = operation({
  ...one,
  method: 'POST',
  path: '/api/admin/bulk-edits/{id}/schedule',
  id: 'scheduleBulkEdit',
  summary: 'Approves a preview for a later time; with an end, the prices before it come back then.',
  permission: 'bulk:approve',
  body: scheduleTimes.extend({ confirmations, previewedAt }),
  example: BLACK_FRIDAY,
  answers: { 201: { description: 'The schedule', schema: scheduleView, headers: LOCATION }, ...STATE },
})

export const checkSchedule = operation({
  ...one,
  method: 'POST',
  path: '/api/admin/bulk-edits/{id}/schedule/dry-run',
  id: 'checkSchedule',
  summary: 'What scheduling a preview for these times would bring: the sales that it would meet. Nothing is stored.',
  permission: 'bulk:write',
  body: scheduleTimes,
  example: BLACK_FRIDAY,
  answers: { 200: { description: 'What a person must know before the approval', schema: planCheckView } },
})

export const watch = operation({
  ...one,
  method: 'GET',
  path: '/api/admin/bulk-edits/{id}/events',
  id: 'watchBulkEdit',
  summary: 'The edit as it moves on. Ends with the edit, or after five minutes; connect again.',
  permission: 'bulk:read',
  answers: {
    200: {
      description: 'An event stream: each `edit` event is the edit as JSON; an `end` event follows the last one',
      contentType: 'text/event-stream',
    },
  },
})

export const exportBulkEditRows = operation({
  ...one,
  method: 'GET',
  path: '/api/admin/bulk-edits/{id}/rows.csv',
  id: 'exportBulkEditRows',
  summary: 'The rows of an edit as a file.',
  permission: 'bulk:read',
  answers: { 200: { description: 'The file', contentType: 'text/csv' } },
})
