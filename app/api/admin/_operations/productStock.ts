import { z } from 'zod'
import { reasonSchema } from '#lib/pricing/changeRequest.ts'
import type { StockOutcome } from '#lib/pricing/stock/changeStock.ts'
import { stockAnswers } from '#lib/pricing/bulk/csv/questions.ts'
import type { StockImport } from '#lib/pricing/stock/importStocks.ts'
import { STOCK_COLUMNS } from '#lib/pricing/stock/stockColumns.ts'
import { MAX_STOCK } from '#lib/pricing/stock/stockRows.ts'
import { asked } from './csvViews.ts'
import { operation, takesNothing, wholeNumber, yesOrNo } from './operation.ts'

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

export const importedStocks = z.object({
  state: z.enum(['live', 'propagating', 'previewed']).meta({ description: 'previewed: nothing was written' }),
  rows: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  conflict: z.int().meta({ description: 'rows at another version than the file names: they stay as they are' }),
  changes: z
    .array(z.object({ productId: z.int(), sku: z.string(), name: z.string(), from: z.int(), to: z.int() }))
    .meta({ description: 'what was there when the file was read, and what it says; at most 200 of them' }),
  errors: z
    .array(
      z.object({
        line: z.int(),
        sku: z.string().nullable(),
        column: z.enum(STOCK_COLUMNS).nullable(),
        message: z.string(),
        suggestion: z.string().nullable().meta({ description: 'the SKU of a product that may be meant' }),
      }),
    )
    .meta({ description: 'the rows that were left out, at most 1,000 of them' }),
  errorCount: z.int(),
  ignoredColumns: z.array(z.string()),
  notes: z.array(z.string()),
}) satisfies z.ZodType<StockImport>

export const importProductStocks = operation({
  ...takesNothing,
  method: 'POST',
  path: '/api/admin/stock/import',
  id: 'importProductStocks',
  tag: 'csv',
  summary:
    'Sets stocks from a file of up to 100,000 rows and 32 MiB, matched by the exact SKU, at once: nothing waits for an approval. A header names the columns: sku, stock, and ' +
    'stock_version where a row is about that version alone, as in an export. An empty cell leaves its stock; other columns are left alone. With `preview=true` the answer says what would change now. What a file leaves open is asked: send it again with the answers.',
  permission: 'products:write',
  query: stockAnswers.extend({ reason: reasonSchema, preview: yesOrNo.optional() }),
  upload: 'text/csv',
  example: 'sku,stock,stock_version\nEVG-00042,12,7\nEVG-00043,0,\n',
  answers: {
    200: { description: 'How many stocks were set, or would be', schema: importedStocks },
    409: { description: 'The file can be read in more than one way: nothing was stored', schema: asked },
  },
})

export const listRejectedStocks = operation({
  ...takesNothing,
  method: 'POST',
  path: '/api/admin/stock/import/rejected',
  id: 'listRejectedStocks',
  tag: 'csv',
  summary:
    'The rows of a file that an import of stocks with the same answers leaves out, those at another version too, as a file: its own columns, then line, problem and suggested_sku. Corrected, it can be imported as it is. Nothing is stored.',
  permission: 'products:write',
  query: stockAnswers,
  upload: 'text/csv',
  example: 'sku,stock,stock_version\nEVG-00042,twelve,\n',
  answers: {
    200: { description: 'The file', contentType: 'text/csv' },
    409: { description: 'The file can be read in more than one way', schema: asked },
  },
})
