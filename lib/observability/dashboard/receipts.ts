/**
 * Receipts: of each edit, when each layer showed it, or what became of it. Put together when it is asked for, from what is written anyway:
 * the history of prices or the audit log, the outbox, and the ledger that delivery writes for each job.
 */
import type { Db } from '#lib/platform/db.ts'
import { parseTag } from '#lib/coherence/tags.ts'
import { isResourceKind, resources } from '#lib/catalog/resources.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { type Receipt, receiptsOf, type ResourceReceipt, traceIdOf } from './receipt.ts'
import {
  currentVersion,
  editsCorrelated,
  editsOf,
  PAGE_SIZE,
  priceEdits,
  type ResourceEdit,
  resourceEdits,
} from './receiptEdits.ts'

interface Page {
  readonly version?: number | undefined
  /** `nextBefore` of the page before. */
  readonly before?: number | undefined
}

/** The edits to read. */
export type ReceiptFilter =
  | (Page & { readonly kind: 'price'; readonly id?: number | undefined; readonly bulkEditId?: string | undefined })
  | (Page & { readonly kind: OtherKind; readonly id: number })

export interface ReceiptPage {
  readonly receipts: readonly Receipt[]
  readonly nextBefore?: number | undefined
}

type OtherKind = ResourceReceipt['kind']

/** What belongs to a product beside its price. */
const BESIDE_PRICE = resources().flatMap(([kind, { ofProduct }]) => (ofProduct && kind !== 'price' ? [kind] : []))
/** As Postgres stores one. */
const LARGEST_ID = 2_147_483_647
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The ids of the products that a text names by an id or a SKU. */
async function productsNamed(db: Db, text: string): Promise<readonly number[]> {
  if (/^[1-9]\d{0,8}$/.test(text)) return [Number(text)]
  const rows = await db.$queryRaw<{ id: number }[]>`SELECT id FROM products WHERE sku = ${text}
    UNION SELECT id FROM products WHERE sku = upper(${text}) AND NOT EXISTS (SELECT FROM products WHERE sku = ${text})`
  return rows.map(({ id }) => id)
}

/** The prices of the history that have this correlation id. */
function pricesCorrelated(correlationId: string): Prisma.Sql {
  // Each side of an OR with an index of its own. That of correlations is without the seed, which has one for all products, and without
  // bulk edits, which have one each.
  return Prisma.sql`(c.correlation_id = ${correlationId} AND c.source <> 'seed' AND c.bulk_edit_id IS NULL
    OR c.bulk_edit_id = ANY(ARRAY(SELECT id FROM bulk_edits WHERE correlation_id = ${correlationId})))`
}

/**
 * @param text as people search: a product's id or SKU, a tag such as `stock:42`, a bulk edit's id, a correlation id; empty for the newest
 *   edits of prices
 * @returns at most 25, the newest first
 */
export async function searchReceipts(db: Db, text: string): Promise<readonly Receipt[]> {
  const tag = parseTag(text)
  if (tag && isResourceKind(tag.kind) && tag.id <= LARGEST_ID)
    return (await listReceipts(db, { kind: tag.kind, id: tag.id })).receipts
  if (text === '') return (await listReceipts(db, { kind: 'price' })).receipts
  const products = await productsNamed(db, text)
  const bulkEdit = UUID.test(text) ? Prisma.sql`c.bulk_edit_id = ${text}::uuid OR` : Prisma.empty
  const found = await Promise.all(
    products.length > 0
      ? [
          priceEdits(db, Prisma.sql`c.product_id = ANY(${[...products]}::int[])`),
          ...products.flatMap((id) => BESIDE_PRICE.map((kind) => newestEdits(db, kind, id))),
        ]
      : [priceEdits(db, Prisma.sql`(${bulkEdit} ${pricesCorrelated(text)})`), resourceEdits(db, editsCorrelated(text))],
  )
  const newest = found.flat().toSorted((a, b) => b.changedAt.getTime() - a.changedAt.getTime())
  return receiptsOf(db, newest.slice(0, PAGE_SIZE))
}

/** A page of receipts, the newest first. */
export async function listReceipts(db: Db, filter: ReceiptFilter): Promise<ReceiptPage> {
  const { kind, id, version, before } = filter
  if (kind !== 'price')
    return version === undefined ? newestReceipts(db, kind, id, before) : receiptOfVersion(db, kind, id, version)
  const { bulkEditId } = filter
  const conditions = [
    // The newest of all have an index that is without the seed.
    id === undefined && bulkEditId === undefined ? Prisma.sql`c.source <> 'seed'` : Prisma.sql`true`,
    ...(id === undefined ? [] : [Prisma.sql`c.product_id = ${id}`]),
    ...(version === undefined ? [] : [Prisma.sql`c.version = ${version}`]),
    ...(bulkEditId === undefined ? [] : [Prisma.sql`c.bulk_edit_id = ${bulkEditId}::uuid`]),
    ...(before === undefined ? [] : [Prisma.sql`c.id < ${before}`]),
  ]
  const found = await priceEdits(db, Prisma.join(conditions, ' AND '))
  const edits = found.slice(0, PAGE_SIZE)
  const last = found.length > PAGE_SIZE ? edits.at(-1) : undefined
  return { receipts: await receiptsOf(db, edits), nextBefore: last && Number(last.historyId) }
}

/** The edits that made the newest versions below `before`, a page of them. */
async function newestEdits(db: Db, kind: OtherKind, id: number, before?: number): Promise<ResourceEdit[]> {
  const end = before ?? ((await currentVersion(db, kind, id)) ?? 0) + 1
  return resourceEdits(
    db,
    editsOf(
      kind,
      id,
      Array.from({ length: PAGE_SIZE }, (_, i) => end - 1 - i),
    ),
  )
}

async function newestReceipts(db: Db, kind: OtherKind, id: number, before?: number): Promise<ReceiptPage> {
  const edits = await newestEdits(db, kind, id, before)
  const oldest = Number(edits.at(-1)?.version ?? 1)
  // Version 1 is no edit. An older page may be empty: the outbox does not have it any more.
  return { receipts: await receiptsOf(db, edits), nextBefore: oldest > 2 ? oldest : undefined }
}

/** Forgotten, where it was there and the outbox has it no more; none of a version that was never there. */
async function receiptOfVersion(db: Db, kind: OtherKind, id: number, version: number): Promise<ReceiptPage> {
  const edits = await resourceEdits(db, editsOf(kind, id, [version]))
  if (edits.length > 0) return { receipts: await receiptsOf(db, edits) }
  const current = await currentVersion(db, kind, id)
  if (current === undefined || version > current) return { receipts: [] }
  const unknown = {
    productName: null,
    actor: null,
    reason: null,
    audit: null,
    orderNumber: null,
    correlationId: null,
    changedAt: null,
  }
  const delivery = { state: 'forgotten', supersededBy: null, deliveredAt: null, lastError: null, layers: [] } as const
  const receipt = { kind, id, version, traceId: traceIdOf(kind, id, version), ...unknown, ...delivery }
  return { receipts: [receipt] }
}
