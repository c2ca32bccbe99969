/** Products of a selection. */
import { z } from 'zod'
import { GRID_SORTS, MAX_PAGE_ROWS, meaning, selection } from '#lib/pricing/bulk/contract.ts'
import { countSelection, selectionRows, unknownSkus } from '#lib/pricing/bulk/selection/selection.ts'
import { selectionFacets } from '#lib/pricing/bulk/selection/selectionFacets.ts'
import { nearSkus } from '#lib/pricing/skus/nearSkus.ts'
import { answer, api, endpoint, json } from './endpoint.ts'
import { reply } from './reply.ts'
import { facetsView, gridRow } from './views/bulkViews.ts'

/** A pasted list of 100,000 SKUs. */
const SELECTION_BYTES = 4 * 1024 * 1024
/** Unknown SKUs for which one is suggested. */
const SUGGESTED = 500

const countView = z.object({
  count: z.int(),
  unknownSkus: z.array(z.string()),
  nearSkus: z
    .array(z.object({ sku: z.string(), near: z.string() }))
    .meta({ description: `of the first ${SUGGESTED} unknown ones, those that nearly are the SKU of a product` }),
})

export const selections = api()
  .openapi(
    endpoint({
      method: 'post',
      path: '/selection/count',
      operationId: 'searchSelectionCount',
      tag: 'products',
      summary: 'How many products a selection finds, which of its SKUs no product has, and what those may have meant.',
      permission: 'bulk:read',
      maxBodyBytes: SELECTION_BYTES,
      request: {
        body: json(z.strictObject({ selection }), {
          selection: { categories: ['laptops'], minCents: 50_000, status: 'active' },
        }),
      },
      responses: { 200: answer('The count', countView) },
    }),
    async (c) => {
      const { selection: asked } = c.req.valid('json')
      const [count, unknown] = await Promise.all([
        countSelection(c.var.principal, asked),
        unknownSkus(c.var.principal, asked.skus ?? []),
      ])
      const near = await nearSkus(unknown.slice(0, SUGGESTED))
      const suggested = [...near].map(([sku, meant]) => ({ sku, near: meant }))
      return reply(c, { count, unknownSkus: unknown, nearSkus: suggested }, 200)
    },
  )
  .openapi(
    endpoint({
      // Cells for 100,000 products beside their SKUs.
      method: 'post',
      path: '/selection/rows',
      operationId: 'searchSelectionRows',
      tag: 'products',
      summary:
        'The products of a selection, a page at a time, as they are now. Sorted by `change`, at most 100,000 of them, by what the rules and cells in `meaning` would change.',
      permission: 'bulk:read',
      maxBodyBytes: 3 * SELECTION_BYTES,
      request: {
        body: json(
          z.strictObject({
            selection,
            offset: z.int().min(0).default(0),
            limit: z.int().min(1).max(MAX_PAGE_ROWS).default(100),
            sort: z.enum(GRID_SORTS).default('id'),
            direction: z.enum(['asc', 'desc']).default('asc'),
            meaning: meaning.optional(),
          }),
          {
            selection: { text: 'ultrabook', onSale: false },
            offset: 0,
            limit: 100,
            sort: 'amount',
            direction: 'desc',
          },
        ),
      },
      responses: { 200: answer('A page', z.object({ rows: z.array(gridRow), total: z.int() })) },
    }),
    async (c) => reply(c, await selectionRows(c.var.principal, c.req.valid('json')), 200),
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/selection/facets',
      operationId: 'listSelectionFacets',
      tag: 'products',
      summary: 'The categories and brands that a selection may name, with how many products each has.',
      permission: 'bulk:read',
      maxBodyBytes: SELECTION_BYTES,
      responses: { 200: answer('The facets', facetsView) },
    }),
    async (c) => reply(c, await selectionFacets(c.var.principal), 200),
  )
