import { z } from 'zod'
import type { Wire } from '#lib/money/wire.ts'
import { RECEIPT_LAYERS, RECEIPT_STATES, type Receipt } from '#lib/observability/dashboard/receipts.ts'
import { operation, takesNothing, wholeNumber } from './operation.ts'

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

/** As JSON spells it. */
type JsonOf<T> = T extends Date
  ? string
  : T extends readonly (infer One)[]
    ? JsonOf<One>[]
    : T extends object
      ? { [K in keyof T]: JsonOf<T[K]> }
      : T

export const listReceiptsOf = operation({
  ...takesNothing,
  method: 'GET',
  path: '/api/admin/receipts',
  id: 'listReceipts',
  tag: 'freshness',
  summary:
    'Receipts of edits: when each layer showed them, the newest first, 25 a page. Kept for 35 days after delivery.',
  permission: 'freshness:read',
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
  answers: {
    200: {
      description: 'A page of receipts',
      schema: z.object({ receipts: z.array(receipt), nextBefore: z.int().optional() }),
    },
  },
})
