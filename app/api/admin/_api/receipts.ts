/** Receipts of edits of every kind. */
import { z } from 'zod'
import { RESOURCES, resources } from '#lib/catalog/resources.ts'
import { toWire, type Wire } from '#lib/money/wire.ts'
import { readCurrentVersion, readReceipts } from '#lib/observability/dashboard/reads.ts'
import {
  type PriceReceipt,
  RECEIPT_LAYERS,
  RECEIPT_STATES,
  type ResourceReceipt,
} from '#lib/observability/dashboard/receipt.ts'
import type { ReceiptFilter } from '#lib/observability/dashboard/receipts.ts'
import { wholeNumber } from '#lib/platform/http/queryParts.ts'
import { answer, api, endpoint } from './endpoint.ts'
import { InvalidRequestError } from './http/errors.ts'
import { type JsonOf, reply } from './reply.ts'

const instant = z.iso.datetime()

const KINDS = resources().map(([kind]) => kind)
const OTHER_KINDS = KINDS.filter((kind) => kind !== 'price')

/** Of a receipt of any kind. */
const delivery = {
  id: z.int().meta({ description: 'of the kind: for a price and a stock, that of the product' }),
  version: z.int(),
  reason: z.string().nullable(),
  correlationId: z.string().nullable(),
  traceId: z.string().nullable().meta({ description: 'under which a collector finds it; null where traces are off' }),
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
}

const priceReceipt = z.object({
  kind: z.literal('price'),
  productId: z.int(),
  productName: z.string(),
  amountCents: z.int(),
  currency: z.string(),
  actor: z.string(),
  source: z.string().meta({ description: 'editor, api, csv, schedule, seed, or sql for a write past the application' }),
  bulkEditId: z.uuid().nullable(),
  changedAt: instant,
  ...delivery,
}) satisfies z.ZodType<JsonOf<Wire<PriceReceipt>>>

const resourceReceipt = z.object({
  kind: z.enum(OTHER_KINDS),
  productName: z.string().nullable().meta({ description: 'where it belongs to a product' }),
  actor: z.string().nullable(),
  audit: z
    .object({ action: z.string(), via: z.string(), target: z.string().nullable(), detail: z.unknown() })
    .nullable()
    .meta({
      description:
        'the entry of the audit log; null where there is none: an order, a repair of the monitor, a write past the application',
    }),
  orderNumber: z.string().nullable().meta({ description: 'of the order that took the stock' }),
  changedAt: instant.nullable().meta({ description: 'null where it is forgotten' }),
  ...delivery,
}) satisfies z.ZodType<JsonOf<ResourceReceipt>>

const receiptQuery = z.strictObject({
  kind: z
    .enum(KINDS, `There is no such kind. Write ${KINDS.slice(0, -1).join(', ')} or ${KINDS.at(-1)}.`)
    .optional()
    .meta({ description: 'What was edited; price if it is left out' }),
  id: wholeNumber('An id')
    .optional()
    .meta({ description: 'Of the kind: for a price and a stock, that of the product' }),
  productId: wholeNumber('A product id')
    .optional()
    .meta({ description: 'A price: the same as kind=price with this id' }),
  version: wholeNumber('A version').optional().meta({ description: 'Only this version' }),
  bulkEditId: z.uuid('An id is a UUID.').optional().meta({ description: 'The prices that this edit changed' }),
  before: wholeNumber('Before', 1, Number.MAX_SAFE_INTEGER)
    .optional()
    .meta({ description: 'nextBefore of the page before' }),
})

const refused = (field: string, message: string) => new InvalidRequestError([{ field, message }])

function filterOf(query: z.output<typeof receiptQuery>): ReceiptFilter {
  const {
    kind = 'price',
    productId,
    bulkEditId,
    id = kind === 'price' ? productId : undefined,
    version,
    before,
  } = query
  if (kind === 'price') {
    if (id === undefined && bulkEditId === undefined)
      throw refused('id', 'Say which product with id or productId, or which bulk edit with bulkEditId.')
    if (productId !== undefined && productId !== id)
      throw refused('productId', 'Leave it out: the id names the product.')
    return { kind, id, version, bulkEditId, before }
  }
  if (productId !== undefined) throw refused('productId', `It names a price. Write kind=${kind} with id.`)
  if (bulkEditId !== undefined) throw refused('bulkEditId', 'A bulk edit changes prices: leave out the kind.')
  if (id === undefined) throw refused('id', `Say which one: kind=${kind}&id=42.`)
  return { kind, id, version, before }
}

/** There is no receipt: says what is wrong with the request, if anything is. @param idField the name of the id in the request */
async function refuseUnknown({ kind, id, version, ...more }: ReceiptFilter, idField: string): Promise<void> {
  if (id === undefined || Object.values(more).some((value) => value !== undefined)) return
  const what = RESOURCES[kind].describe(id)
  const current = await readCurrentVersion(kind, id)
  if (current === undefined) throw refused(idField, `There is no ${what}. Correct the id.`)
  if (version === undefined) return
  if (version > current)
    throw refused('version', `The newest version of the ${what} is ${current}. Ask for one from 1 to ${current}.`)
  throw refused('version', `The history of the ${what} no longer has version ${version}. Ask for a newer one.`)
}

export const receipts = api().openapi(
  endpoint({
    method: 'get',
    path: '/receipts',
    operationId: 'listReceipts',
    tag: 'freshness',
    summary:
      'Receipts of edits of a price, a stock, a product, a category or any other kind: when each layer showed them, the newest first, 25 a page. ' +
      'Kept for 35 days after delivery.',
    permission: 'freshness:read',
    request: { query: receiptQuery },
    responses: {
      200: answer(
        'A page of receipts',
        z.object({
          receipts: z.array(z.discriminatedUnion('kind', [priceReceipt, resourceReceipt])),
          nextBefore: z.int().optional(),
        }),
      ),
    },
  }),
  async (c) => {
    const query = c.req.valid('query')
    const filter = filterOf(query)
    const page = await readReceipts(filter)
    if (page.receipts.length === 0) await refuseUnknown(filter, query.productId === undefined ? 'id' : 'productId')
    return reply(c, { ...page, receipts: page.receipts.map(toWire) }, 200)
  },
)
