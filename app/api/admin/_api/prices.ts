/** One price, or some: changed at once. What was, and what products cost. */
import type { HonoRequest } from 'hono'
import { z } from 'zod'
import { lowestPrices } from '#lib/catalog/prices/lowestPrice.ts'
import { toWire } from '#lib/money/wire.ts'
import { listOf, wholeNumber } from '#lib/platform/http/queryParts.ts'
import { apiChangesSchema, apiOutcome, changesOf } from '#lib/pricing/apiChanges.ts'
import { changePrices } from '#lib/pricing/changePrices.ts'
import { issuesOf } from '#lib/pricing/changeRequest.ts'
import { type CostsOutcome, costsSchema, setCosts } from '#lib/pricing/costs.ts'
import { PriceChangeRefusedError } from '#lib/pricing/errors.ts'
import { editHistory, type HistoryPage, priceHistory } from '#lib/pricing/history.ts'
import { answer, api, endpoint, json } from './endpoint.ts'
import { InvalidRequestError } from './http/errors.ts'
import { reply } from './reply.ts'

const changedPrices = z.object({
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

const costsOutcome = z.object({
  changed: z.int(),
  conflicts: z.array(z.int()).meta({ description: 'products whose cost is at another version than the one expected' }),
}) satisfies z.ZodType<CostsOutcome>

/** With a result for each row that is at fault. */
async function refuseChanges(error: z.ZodError, request: HonoRequest): Promise<never> {
  throw new PriceChangeRefusedError(issuesOf(error, await request.json()))
}

const pageOf = ({ entries, ...rest }: HistoryPage) => ({ entries: entries.map(toWire), ...rest })

export const prices = api()
  .openapi(
    endpoint({
      method: 'post',
      path: '/prices',
      operationId: 'changePrices',
      tag: 'prices',
      summary:
        'Changes up to 500 prices, and answers when they are live. One row that is refused refuses all; a conflict concerns its row alone. Beyond the limits of the role the answer is 403, or 400 `confirmation_needed` with ' +
        '`error.confirmations`: the phrases to send as `confirmations` when it is meant.',
      permission: 'prices:write',
      request: {
        body: json(apiChangesSchema, {
          changes: [
            { productId: 42, amountCents: 129_900, expectedVersion: 7 },
            { productId: 43, amount: '19.90' },
          ],
          reason: 'Price match',
        }),
      },
      responses: {
        200: answer('Each row, as it is now', changedPrices),
        409: answer('No row was changed: each is at another version than the one expected', changedPrices),
      },
    }),
    async (c) => {
      const outcome = await changePrices(c.var.principal, { ...changesOf(c.req.valid('json')), source: 'api' })
      const nothingDone = outcome.results.every(({ status }) => status === 'conflict')
      return reply(c, apiOutcome(outcome), nothingDone ? 409 : 200)
    },
    (result, c) => (result.success ? undefined : refuseChanges(result.error, c.req)),
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/prices/history',
      operationId: 'listPriceHistory',
      tag: 'prices',
      summary: 'Who changed a price, when, why, from what to what, and from where. The newest version first.',
      permission: 'prices:read',
      request: {
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
      },
      responses: {
        200: answer(
          'A page of the history',
          z.object({ entries: z.array(historyEntry), nextBefore: z.int().optional() }),
        ),
      },
    }),
    async (c) => {
      const { productId, bulkEditId, before } = c.req.valid('query')
      if (bulkEditId !== undefined) return reply(c, pageOf(await editHistory(bulkEditId, { productId, before })), 200)
      if (productId === undefined)
        throw new InvalidRequestError([{ field: 'productId', message: 'Say which product, or which bulk edit.' }])
      return reply(c, pageOf(await priceHistory(productId, { before })), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/prices/lowest',
      operationId: 'listLowestPrices',
      tag: 'prices',
      summary: 'The lowest price of the 30 days before a reduction, which EU law wants beside a sale price.',
      permission: 'prices:read',
      request: {
        query: z.strictObject({
          productId: listOf(
            z
              .array(wholeNumber('A product id'))
              .min(1, 'Say which product.')
              .max(500, 'At most 500 products fit into one request.'),
          ),
        }),
      },
      responses: {
        200: answer(
          'In the order asked for',
          z.object({
            prices: z.array(
              z.object({
                productId: z.int(),
                lowestCents: z.int().nullable().meta({ description: 'null when the product is not on sale' }),
              }),
            ),
          }),
        ),
      },
    }),
    async (c) => {
      const { productId } = c.req.valid('query')
      const lowest = await lowestPrices(productId)
      const prices = [...new Set(productId)].map((id) => ({ productId: id, lowestCents: lowest.get(id) ?? null }))
      return reply(c, { prices }, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/costs',
      operationId: 'replaceCosts',
      tag: 'prices',
      summary:
        'What products cost the shop, in minor units of the currency of their prices; null: not known. Never public, and no price changes.',
      permission: 'prices:write',
      maxBodyBytes: 8 * 1024 * 1024,
      request: { body: json(costsSchema, { costs: [{ productId: 42, costCents: 640 }] }) },
      responses: { 200: answer('How many of them are others now', costsOutcome) },
    }),
    async (c) => reply(c, await setCosts(c.var.principal, c.req.valid('json').costs), 200),
  )
