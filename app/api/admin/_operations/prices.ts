import { z } from 'zod'
import { type apiOutcome, apiChangesSchema } from '#lib/pricing/apiChanges.ts'
import { operation, takesNothing, wholeNumber } from './operation.ts'

const outcome = z.object({
  state: z
    .enum(['live', 'propagating'])
    .meta({ description: 'live: no read that starts from now on returns an older version' }),
  correlationId: z.string(),
  results: z.array(
    z.object({
      productId: z.int(),
      status: z.enum(['changed', 'unchanged', 'conflict']),
      message: z.exactOptional(z.string()),
      amountCents: z.int().meta({ description: 'what the shop shows: the price of a sale, while one runs' }),
      compareAtCents: z.int().nullable(),
      baseAmountCents: z
        .exactOptional(z.int())
        .meta({ description: 'the base price, which this request sets; there while a sale is shown over it' }),
      baseCompareAtCents: z.exactOptional(z.int().nullable()),
      saleId: z.exactOptional(z.uuid()).meta({ description: 'the schedule whose sale is shown' }),
      version: z.int(),
      versionUpdatedAt: z.iso.datetime(),
    }),
  ),
}) satisfies z.ZodType<ReturnType<typeof apiOutcome>>

const historyEntry = z.object({
  productId: z.int(),
  version: z.int(),
  oldAmountCents: z.int().nullable(),
  newAmountCents: z.int(),
  oldCompareAtCents: z.int().nullable(),
  newCompareAtCents: z.int().nullable(),
  oldBaseAmountCents: z.int().nullable(),
  newBaseAmountCents: z.int().nullable().meta({
    description: 'the base price, where this version or the one before shows a sale; null: it is what is shown',
  }),
  oldBaseCompareAtCents: z.int().nullable(),
  newBaseCompareAtCents: z.int().nullable(),
  saleId: z.uuid().nullable().meta({ description: 'the schedule whose sale this version shows' }),
  currency: z.string(),
  source: z.string().meta({ description: 'editor, api, csv, schedule, seed, or sql for a write past the application' }),
  actor: z.string().meta({ description: 'an e-mail, a token, the shell, or the database role' }),
  reason: z.string().nullable(),
  bulkEditId: z.uuid().nullable(),
  changedAt: z.iso.datetime(),
})

export const changePricesNow = operation({
  ...takesNothing,
  method: 'POST',
  path: '/api/admin/prices',
  id: 'changePrices',
  tag: 'prices',
  summary:
    'Changes up to 500 prices, and answers when they are live. One row that is refused refuses all; a conflict concerns its row alone. Beyond the limits of the role the answer is 403, or 400 `confirmation_needed` with ' +
    '`error.confirmations`: the phrases to send as `confirmations` when it is meant.',
  permission: 'prices:write',
  body: apiChangesSchema,
  example: {
    changes: [
      { productId: 42, amountCents: 129_900, expectedVersion: 7 },
      { productId: 43, amount: '19.90' },
    ],
    reason: 'Price match',
  },
  answers: {
    200: { description: 'Each row, as it is now', schema: outcome },
    409: { description: 'No row was changed: each is at another version than the one expected', schema: outcome },
  },
})

export const readHistory = operation({
  ...takesNothing,
  method: 'GET',
  path: '/api/admin/prices/history',
  id: 'listPriceHistory',
  tag: 'prices',
  summary: 'Who changed a price, when, why, from what to what, and from where. The newest version first.',
  permission: 'prices:read',
  query: z.strictObject({
    productId: wholeNumber('A product id')
      .optional()
      .meta({ description: 'One of productId and bulkEditId must be there' }),
    bulkEditId: z
      .uuid('An id is a UUID.')
      .optional()
      .meta({ description: 'What this edit changed: of one product, or of all' }),
    before: wholeNumber('Before', 1, Number.MAX_SAFE_INTEGER)
      .optional()
      .meta({ description: 'nextBefore of the page before' }),
  }),
  answers: {
    200: {
      description: 'A page of the history',
      schema: z.object({ entries: z.array(historyEntry), nextBefore: z.int().optional() }),
    },
  },
})

export const readLowest = operation({
  ...takesNothing,
  method: 'GET',
  path: '/api/admin/prices/lowest',
  id: 'listLowestPrices',
  tag: 'prices',
  summary: 'The lowest price of the 30 days before a reduction, which EU law wants beside a sale price.',
  permission: 'prices:read',
  query: z.strictObject({
    productId: z
      .array(wholeNumber('A product id'))
      .min(1, 'Say which product.')
      .max(500, 'At most 500 products fit into one request.'),
  }),
  answers: {
    200: {
      description: 'In the order asked for',
      schema: z.object({
        prices: z.array(
          z.object({
            productId: z.int(),
            lowestCents: z.int().nullable().meta({ description: 'null when the product is not on sale' }),
          }),
        ),
      }),
    },
  },
})
