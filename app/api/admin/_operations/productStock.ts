import { z } from 'zod'
import { reasonSchema } from '#lib/pricing/changeRequest.ts'
import type { StockOutcome } from '#lib/pricing/stock/changeStock.ts'
import { STOCK_COLUMNS, type StockImport } from '#lib/pricing/stock/importStocks.ts'
import { MAX_STOCK } from '#lib/pricing/stock/stockRows.ts'
import { operation, takesNothing, wholeNumber } from './operation.ts'

const outcome = z.object({
  state: z
    .enum(['live', 'propagating'])
    .meta({ description: 'live: every page, list and feed that is read from now on shows it' }),
  correlationId: z.string(),
  productId: z.int(),
  status: z
    .enum(['changed', 'unchanged', 'conflict'])
    .meta({ description: 'conflict: the stock is at another version than the one expected' }),
  quantity: z.int().meta({ description: 'As it is now' }),
  version: z.int().meta({ description: 'Of the stock, neither of the product nor of its price' }),
}) satisfies z.ZodType<StockOutcome>

export const setProductStock = operation({
  ...takesNothing,
  method: 'PUT',
  path: '/api/admin/products/{id}/stock',
  id: 'setProductStock',
  tag: 'products',
  summary:
    'Says how many there are of a product. `GET /api/prices` shows it as `stock` and `stockVersion`; with `expectedVersion` nothing is written at any other version.',
  permission: 'products:write',
  params: z.strictObject({ id: wholeNumber('A product id') }),
  body: z.strictObject({
    quantity: z
      .number('A quantity is a whole number.')
      .int('A quantity is a whole number.')
      .min(0, 'A quantity is at least 0.')
      .max(MAX_STOCK, `A quantity is at most ${MAX_STOCK}.`),
    expectedVersion: z.number('A version is a whole number.').int().min(1).optional(),
    reason: z
      .string('Say why, in a few words.')
      .trim()
      .min(3, 'Say why, in a few words.')
      .max(500, 'At most 500 characters.'),
  }),
  example: { quantity: 12, expectedVersion: 7, reason: 'Delivery of May' },
  answers: {
    200: { description: 'The stock, as it is now', schema: outcome },
    409: { description: 'The stock is at another version than the one expected: nothing was written', schema: outcome },
  },
})

const imported = z.object({
  state: z.enum(['live', 'propagating']),
  rows: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  conflict: z.int().meta({ description: 'rows at another version than the file names: they stay as they are' }),
  errors: z
    .array(
      z.object({
        line: z.int(),
        sku: z.string().nullable(),
        column: z.enum(STOCK_COLUMNS).nullable(),
        message: z.string(),
      }),
    )
    .meta({ description: 'the rows that were left out, at most 1,000 of them' }),
  errorCount: z.int(),
}) satisfies z.ZodType<StockImport>

export const importProductStocks = operation({
  ...takesNothing,
  method: 'POST',
  path: '/api/admin/stock/import',
  id: 'importProductStocks',
  tag: 'csv',
  summary:
    'Sets stocks from a file of up to 100,000 rows and 32 MiB in UTF-8, matched by the exact SKU, at once: nothing waits for an approval. The first line names the columns: sku, stock, and ' +
    'stock_version where a row is about that version alone, as in an export. An empty cell leaves its stock; other columns are left alone.',
  permission: 'products:write',
  query: z.strictObject({ reason: reasonSchema }),
  upload: 'text/csv',
  example: 'sku,stock,stock_version\nEVG-00042,12,7\nEVG-00043,0,\n',
  answers: { 200: { description: 'How many stocks were set', schema: imported } },
})
