/** Bulk edits as previews: made, read, looked through. */
import { z } from 'zod'
import { wholeNumber } from '#lib/platform/http/queryParts.ts'
import { draft, MAX_PAGE_ROWS, ROW_SORTS, ROW_STATES } from '#lib/pricing/bulk/contract.ts'
import { bulkEdit, bulkEditRows, bulkEdits as listOfEdits } from '#lib/pricing/bulk/bulkEdits.ts'
import { exportEditRows } from '#lib/pricing/bulk/csv/csvExport.ts'
import { createBulkEdit, dryRun, rePreviewBulkEdit } from '#lib/pricing/bulk/preview/previewBulkEdit.ts'
import { answer, api, byId, DRAFT_BYTES, endpoint, file, json, LOCATION, WRONG_STATE } from './endpoint.ts'
import { csv } from './http/csv.ts'
import { reply } from './reply.ts'
import { editView, rowView, rowWarning, summaryView } from './views/bulkViews.ts'

const paging = {
  offset: wholeNumber('An offset', 0).default(0),
  limit: wholeNumber('A limit', 1, MAX_PAGE_ROWS).default(100),
}

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
export const bulkEdits = api()
  .openapi(
    endpoint({
      method: 'post',
      path: '/bulk-edits/dry-run',
      operationId: 'dryRunBulkEdit',
      tag: 'bulk edits',
      summary: 'What a preview would say, with its first rows. Nothing is stored.',
      permission: 'bulk:write',
      maxBodyBytes: DRAFT_BYTES,
      request: { body: json(draft, AUTUMN_SALE) },
      responses: { 200: answer('The preview', z.object({ summary: summaryView, rows: z.array(rowView) })) },
    }),
    async (c) => reply(c, await dryRun(c.var.principal, c.req.valid('json')), 200),
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/bulk-edits',
      operationId: 'createBulkEdit',
      tag: 'bulk edits',
      summary:
        'Previews an edit: freezes the rows that the selection finds with the prices that the rules make. No price changes before it is approved.',
      permission: 'bulk:write',
      maxBodyBytes: DRAFT_BYTES,
      request: { body: json(draft, AUTUMN_SALE) },
      responses: { 201: answer('The edit, previewed', editView, LOCATION) },
    }),
    async (c) => {
      const source = c.var.principal.kind === 'session' ? 'editor' : 'api'
      const edit = await createBulkEdit(c.var.principal, c.req.valid('json'), source)
      return reply(c, edit, 201, { location: `/api/admin/bulk-edits/${edit.id}` })
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/bulk-edits',
      operationId: 'listBulkEdits',
      tag: 'bulk edits',
      summary: 'The edits, the newest first.',
      permission: 'bulk:read',
      request: { query: z.strictObject({ ...paging, limit: wholeNumber('A limit', 1, 100).default(25) }) },
      responses: { 200: answer('A page', z.object({ edits: z.array(editView), total: z.int() })) },
    }),
    async (c) => reply(c, await listOfEdits(c.var.principal, c.req.valid('query')), 200),
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/bulk-edits/{id}',
      operationId: 'getBulkEdit',
      tag: 'bulk edits',
      summary: 'One edit, with its progress.',
      permission: 'bulk:read',
      request: { params: byId },
      responses: { 200: answer('The edit', editView) },
    }),
    async (c) => reply(c, await bulkEdit(c.var.principal, c.req.valid('param').id), 200),
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/bulk-edits/{id}',
      operationId: 'replaceBulkEdit',
      tag: 'bulk edits',
      summary: 'Puts another draft in the place of one that waits for its approval, and previews it anew.',
      permission: 'bulk:write',
      maxBodyBytes: DRAFT_BYTES,
      request: { params: byId, body: json(draft, AUTUMN_SALE) },
      responses: { 200: answer('The edit, previewed anew', editView), ...WRONG_STATE },
    }),
    async (c) => reply(c, await rePreviewBulkEdit(c.var.principal, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/bulk-edits/{id}/rows',
      operationId: 'listBulkEditRows',
      tag: 'bulk edits',
      summary: 'The rows of an edit: what was, what is to be, what became of it.',
      permission: 'bulk:read',
      request: {
        params: byId,
        query: z.strictObject({
          ...paging,
          state: z.enum(ROW_STATES).optional(),
          warning: rowWarning.optional(),
          text: z.string().max(200).optional(),
          sort: z.enum(ROW_SORTS).optional(),
          direction: z.enum(['asc', 'desc']).optional(),
        }),
      },
      responses: { 200: answer('A page', z.object({ rows: z.array(rowView), total: z.int() })), ...WRONG_STATE },
    }),
    async (c) => reply(c, await bulkEditRows(c.var.principal, c.req.valid('param').id, c.req.valid('query')), 200),
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/bulk-edits/{id}/rows.csv',
      operationId: 'exportBulkEditRows',
      tag: 'bulk edits',
      summary: 'The rows of an edit as a file.',
      permission: 'bulk:read',
      request: { params: byId },
      responses: { 200: file('The file'), ...WRONG_STATE },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      return csv(await exportEditRows(c.var.principal, id), `bulk-edit-${id}.csv`)
    },
  )
