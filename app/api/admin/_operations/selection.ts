import { z } from 'zod'
import { GRID_SORTS, MAX_PAGE_ROWS, meaning, selection } from '#lib/pricing/bulk/contract.ts'
import { facetsView, gridRow } from './bulkViews.ts'
import { operation, takesNothing } from './operation.ts'

/** A pasted list of 100,000 SKUs. */
const SELECTION_BYTES = 4 * 1024 * 1024
const base = { ...takesNothing, tag: 'products', permission: 'bulk:read', maxBodyBytes: SELECTION_BYTES } as const

export const searchSelectionCount = operation({
  ...base,
  method: 'POST',
  path: '/api/admin/selection/count',
  id: 'searchSelectionCount',
  summary: 'How many products a selection finds, and which of its SKUs no product has.',
  body: z.strictObject({ selection }),
  example: { selection: { categories: ['laptops'], minCents: 50_000, status: 'active' } },
  answers: {
    200: { description: 'The count', schema: z.object({ count: z.int(), unknownSkus: z.array(z.string()) }) },
  },
})

export const searchSelectionRows = operation({
  ...base,
  method: 'POST',
  path: '/api/admin/selection/rows',
  id: 'searchSelectionRows',
  summary:
    'The products of a selection, a page at a time, as they are now. Sorted by `change`, at most 100,000 of them, by what the rules and cells in `meaning` would change.',
  // Cells for 100,000 products beside their SKUs.
  maxBodyBytes: 3 * SELECTION_BYTES,
  body: z.strictObject({
    selection,
    offset: z.int().min(0).default(0),
    limit: z.int().min(1).max(MAX_PAGE_ROWS).default(100),
    sort: z.enum(GRID_SORTS).default('id'),
    direction: z.enum(['asc', 'desc']).default('asc'),
    meaning: meaning.optional(),
  }),
  example: {
    selection: { text: 'ultrabook', onSale: false },
    offset: 0,
    limit: 100,
    sort: 'amount',
    direction: 'desc',
  },
  answers: { 200: { description: 'A page', schema: z.object({ rows: z.array(gridRow), total: z.int() }) } },
})

export const readFacets = operation({
  ...base,
  method: 'GET',
  path: '/api/admin/selection/facets',
  id: 'listSelectionFacets',
  summary: 'The categories and brands that a selection may name, with how many products each has.',
  answers: { 200: { description: 'The facets', schema: facetsView } },
})
