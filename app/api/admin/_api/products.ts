/** One product: on the shelves or not, its address, how many there are of it. */
import { z } from 'zod'
import { isSlug } from '#lib/catalog/resources.ts'
import { wholeNumber } from '#lib/platform/http/queryParts.ts'
import { changeStatus, type StatusOutcome } from '#lib/pricing/changeStatus.ts'
import { renameProduct, type RenameOutcome } from '#lib/pricing/renameProduct.ts'
import { changeStock, type StockOutcome } from '#lib/pricing/stock/changeStock.ts'
import { MAX_STOCK } from '#lib/pricing/stock/stockRows.ts'
import { answer, api, endpoint, json, refusal } from './endpoint.ts'
import { NotFoundError } from './http/errors.ts'
import { reply } from './reply.ts'

/** Why a product changes. */
const reason = z
  .string('Say why, in a few words.')
  .trim()
  .min(3, 'Say why, in a few words.')
  .max(500, 'At most 500 characters.')
const aProduct = z.strictObject({ id: wholeNumber('A product id') })

const status = z.enum(['active', 'discontinued'], 'A status is active or discontinued.')

const statusOutcome = z.object({
  state: z
    .enum(['live', 'propagating'])
    .meta({ description: 'live: every page, list and feed that is read from now on shows it' }),
  correlationId: z.string(),
  productId: z.int(),
  status,
  changed: z.boolean().meta({ description: 'false: it had this status already' }),
  version: z.int().meta({ description: 'Of the product, not of its price' }),
}) satisfies z.ZodType<StatusOutcome>

const slugOutcome = z.object({
  state: z
    .enum(['live', 'propagating'])
    .meta({ description: 'live: every address answers what is true now to each request from here on' }),
  correlationId: z.string(),
  productId: z.int(),
  slug: z.string(),
  changed: z.boolean().meta({ description: 'false: it had this slug already' }),
  version: z.int().meta({ description: 'Of the product, not of its price' }),
}) satisfies z.ZodType<RenameOutcome>

const stockOutcome = z.object({
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

export const products = api()
  .openapi(
    endpoint({
      method: 'put',
      path: '/products/{id}/status',
      operationId: 'setProductStatus',
      tag: 'products',
      summary:
        'Takes a product off the shelves, or puts it back. Discontinued, its page answers 410 with alternatives, and it leaves lists, search, recommendations, product feeds and sitemaps.',
      permission: 'products:write',
      request: {
        params: aProduct,
        body: json(
          z.strictObject({
            status,
            reason,
          }),
        ),
      },
      responses: { 200: answer('The product, as it is now', statusOutcome) },
    }),
    async (c) => {
      const outcome = await changeStatus(
        { productId: c.req.valid('param').id, ...c.req.valid('json') },
        c.var.principal,
      )
      if (!outcome) throw new NotFoundError('product')
      return reply(c, outcome, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/products/{id}/slug',
      operationId: 'setProductSlug',
      tag: 'products',
      summary:
        'Gives the page of a product another address. Its former ones answer 301, in one step, until another product takes one of them.',
      permission: 'products:write',
      request: {
        params: aProduct,
        body: json(
          z.strictObject({
            slug: z
              .string('Say the new slug, such as "oak-chair".')
              .refine(
                isSlug,
                'A slug is lower-case letters and digits with single hyphens between them, such as "oak-chair".',
              ),
            reason,
          }),
        ),
      },
      responses: {
        200: answer('The product, as it is now', slugOutcome),
        409: refusal('Another product has this slug; nothing was changed'),
      },
    }),
    async (c) => {
      const outcome = await renameProduct(
        { productId: c.req.valid('param').id, ...c.req.valid('json') },
        c.var.principal,
      )
      if (!outcome) throw new NotFoundError('product')
      return reply(c, outcome, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/products/{id}/stock',
      operationId: 'setProductStock',
      tag: 'products',
      summary:
        'Says how many there are of a product. `GET /api/prices` shows it as `stock` and `stockVersion`; with `expectedVersion` nothing is written at any other version.',
      permission: 'products:write',
      request: {
        params: aProduct,
        body: json(
          z.strictObject({
            quantity: z
              .number('A quantity is a whole number.')
              .int('A quantity is a whole number.')
              .min(0, 'A quantity is at least 0.')
              .max(MAX_STOCK, `A quantity is at most ${MAX_STOCK}.`),
            expectedVersion: z.number('A version is a whole number.').int().min(1).optional(),
            reason,
          }),
          { quantity: 12, expectedVersion: 7, reason: 'Delivery of May' },
        ),
      },
      responses: {
        200: answer('The stock, as it is now', stockOutcome),
        409: answer('The stock is at another version than the one expected: nothing was written', stockOutcome),
      },
    }),
    async (c) => {
      const outcome = await changeStock({ productId: c.req.valid('param').id, ...c.req.valid('json') }, c.var.principal)
      if (!outcome) throw new NotFoundError('product')
      return reply(c, outcome, outcome.status === 'conflict' ? 409 : 200)
    },
  )
