/** When edits were seen, and throwing copies away. */
import { z } from 'zod'
import { toWire, type Wire } from '#lib/money/wire.ts'
import { type PurgeProgress, purgeProgress } from '#lib/delivery/purge/progress.ts'
import { purge, type PurgeOutcome } from '#lib/delivery/purge/purge.ts'
import { purgeReason, purgeScope } from '#lib/delivery/purge/scope.ts'
import { readReceipts } from '#lib/observability/dashboard/reads.ts'
import { RECEIPT_LAYERS, RECEIPT_STATES, type Receipt } from '#lib/observability/dashboard/receipts.ts'
import { wholeNumber } from '#lib/platform/http/queryParts.ts'
import { answer, api, endpoint, json } from './endpoint.ts'
import { InvalidRequestError, NotFoundError } from './http/errors.ts'
import { type JsonOf, reply } from './reply.ts'

const instant = z.iso.datetime()

const receipt = z.object({
  productId: z.int(),
  productName: z.string(),
  version: z.int(),
  amountCents: z.int(),
  currency: z.string(),
  actor: z.string(),
  source: z.string().meta({ description: 'editor, api, csv, schedule, seed, or sql for a write past the application' }),
  reason: z.string().nullable(),
  bulkEditId: z.uuid().nullable(),
  correlationId: z.string().nullable(),
  traceId: z.string().nullable().meta({ description: 'under which a collector finds it; null where traces are off' }),
  changedAt: instant,
  state: z.enum(RECEIPT_STATES).meta({
    description:
      'live: every layer showed it, or a newer version. propagating: on its way. quarantined: a page does not show it, and is tried again. ' +
      'superseded: a newer version was delivered in its place. forgotten: its times are no longer kept',
  }),
  supersededBy: z.int().nullable().meta({ description: 'the version that was delivered in its place' }),
  deliveredAt: instant.nullable(),
  lastError: z.string().nullable().meta({ description: 'why it is not delivered yet' }),
  layers: z.array(
    z.object({
      layer: z.enum(RECEIPT_LAYERS).meta({ description: 'instance: one web instance; page: all of them' }),
      place: z.string().nullable().meta({ description: 'the address of a web instance' }),
      seenAt: instant.nullable().meta({ description: 'when it was first seen to show the version, or a newer one' }),
      lagMs: z.int().nullable().meta({ description: 'since changedAt' }),
      attempts: z.int().meta({ description: 'how often it was read' }),
    }),
  ),
}) satisfies z.ZodType<JsonOf<Wire<Receipt>>>

const outcome = z.object({
  correlationId: z.string(),
  target: z.string(),
  state: z
    .enum(['live', 'propagating'])
    .meta({ description: 'live: no read that starts now is answered from a copy made before' }),
  removed: z.int(),
}) satisfies z.ZodType<PurgeOutcome>

const count = z.int().nullable()

export const freshness = api()
  .openapi(
    endpoint({
      method: 'get',
      path: '/receipts',
      operationId: 'listReceipts',
      tag: 'freshness',
      summary:
        'Receipts of edits: when each layer showed them, the newest first, 25 a page. Kept for 35 days after delivery.',
      permission: 'freshness:read',
      request: {
        query: z.strictObject({
          productId: wholeNumber('A product id')
            .optional()
            .meta({ description: 'One of productId and bulkEditId must be there' }),
          version: wholeNumber('A version').optional().meta({ description: 'Only this version of the price' }),
          bulkEditId: z.uuid('An id is a UUID.').optional().meta({ description: 'What this edit changed' }),
          before: wholeNumber('Before', 1, Number.MAX_SAFE_INTEGER)
            .optional()
            .meta({ description: 'nextBefore of the page before' }),
        }),
      },
      responses: {
        200: answer('A page of receipts', z.object({ receipts: z.array(receipt), nextBefore: z.int().optional() })),
      },
    }),
    async (c) => {
      const query = c.req.valid('query')
      if (query.productId === undefined && query.bulkEditId === undefined)
        throw new InvalidRequestError([{ field: 'productId', message: 'Say which product, or which bulk edit.' }])
      const { receipts, nextBefore } = await readReceipts(query)
      return reply(c, { receipts: receipts.map(toWire), nextBefore }, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/freshness/purge',
      operationId: 'watchPurge',
      tag: 'freshness',
      summary:
        'How far a purge has come: whether every layer was read back, and how many popular pages wait to be rendered again.',
      permission: 'freshness:read',
      request: { query: z.strictObject({ correlationId: z.string().min(1).max(100) }) },
      responses: {
        200: answer(
          'The progress',
          z.object({
            delivered: z.boolean(),
            lastError: z.string().nullable(),
            warming: z.array(z.object({ instance: z.string(), waiting: count, warmed: count })),
          }) satisfies z.ZodType<PurgeProgress>,
        ),
      },
    }),
    async (c) => reply(c, await purgeProgress(c.req.valid('query').correlationId), 200),
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/freshness/purge',
      operationId: 'purgeCopies',
      tag: 'freshness',
      summary: 'Break glass: throws away every copy of a product, a category, a language or everything.',
      permission: 'freshness:purge',
      request: { body: json(z.strictObject({ scope: purgeScope, reason: purgeReason })) },
      responses: { 200: answer('What was purged; `correlationId` asks for the progress', outcome) },
    }),
    async (c) => {
      const { scope, reason } = c.req.valid('json')
      const outcome = await purge(scope, reason, c.var.principal)
      if (!outcome) throw new NotFoundError(scope.kind)
      return reply(c, outcome, 200)
    },
  )
