/**
 * Receipts: of each edit of a price, when each layer showed it, or what became of it. Put together when it is asked for, from
 * what delivery writes for each job: history, outbox and ledger. Nothing is written for a receipt.
 */
import type { Db } from '#lib/platform/db.ts'
import { QUARANTINE_AFTER } from '#lib/delivery/outbox.ts'
import { isTracing, traceIds } from '#lib/platform/tracing/changeTrace.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'

/** In the order in which a change reaches them. An `instance` is one web instance, `page` all of them together. */
export const RECEIPT_LAYERS = ['postgres', 'index', 'redis', 'instance', 'page', 'edge'] as const

export interface LayerSeen {
  readonly layer: (typeof RECEIPT_LAYERS)[number]
  /** The address of a web instance; null where a layer is in one place. */
  readonly place: string | null
  /** Milliseconds since the edit; null while the layer has not been seen to show it. */
  readonly lagMs: number | null
  readonly seenAt: Date | null
  /** The number of reads. */
  readonly attempts: number
}

/**
 * - `live`: every layer showed it, or a newer version, at the times of the receipt.
 * - `propagating`: it is on its way.
 * - `quarantined`: some page does not show it, and is tried again by itself.
 * - `superseded`: a newer version was delivered in its place.
 * - `forgotten`: it was delivered so long ago that the times are not kept.
 */
export const RECEIPT_STATES = ['live', 'propagating', 'quarantined', 'superseded', 'forgotten'] as const
type ReceiptState = (typeof RECEIPT_STATES)[number]

export interface Receipt {
  readonly productId: number
  readonly productName: string
  readonly version: number
  readonly amountMinor: number
  readonly currency: string
  readonly actor: string
  readonly source: string
  readonly reason: string | null
  readonly bulkEditId: string | null
  readonly correlationId: string | null
  /** Under which a collector finds it; null where traces are off. */
  readonly traceId: string | null
  readonly changedAt: Date
  readonly state: ReceiptState
  /** The version that was delivered in its place. */
  readonly supersededBy: number | null
  /** When delivery was done with it. */
  readonly deliveredAt: Date | null
  /** Why it is not done yet. */
  readonly lastError: string | null
  /** The observations, in the order of `RECEIPT_LAYERS`. */
  readonly layers: readonly LayerSeen[]
}

/** The edits to read. */
export interface ReceiptFilter {
  readonly productId?: number | undefined
  readonly version?: number | undefined
  readonly bulkEditId?: string | undefined
  /** `nextBefore` of the page before. */
  readonly before?: number | undefined
}

export interface ReceiptPage {
  readonly receipts: readonly Receipt[]
  readonly nextBefore: number | undefined
}

/** Receipts on a page. */
const PAGE_SIZE = 25
/** The longest transaction: an outbox row is stamped when it begins, a price when it is written. */
const TRANSACTION_MINUTES = 15
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The text of the search: a product's id or SKU, a bulk edit's id, a correlation id; an empty one finds the newest. */
function matches(text: string): Prisma.Sql {
  if (text === '') return Prisma.sql`c.source <> 'seed'`
  if (/^[1-9]\d{0,8}$/.test(text)) return Prisma.sql`c.product_id = ${Number(text)}`
  // Each side of an OR with an index of its own. That of correlations is without the seed, which has one for all products, and without
  // bulk edits, which have one each.
  const correlated = Prisma.sql`(c.correlation_id = ${text} AND c.source <> 'seed' AND c.bulk_edit_id IS NULL
    OR c.bulk_edit_id = ANY(ARRAY(SELECT id FROM bulk_edits WHERE correlation_id = ${text})))`
  if (UUID.test(text)) return Prisma.sql`(c.bulk_edit_id = ${text}::uuid OR ${correlated})`
  return Prisma.sql`(${correlated} OR c.product_id = ANY(ARRAY(SELECT id FROM products WHERE sku = ${text}
    UNION SELECT id FROM products WHERE sku = upper(${text}) AND NOT EXISTS (SELECT FROM products WHERE sku = ${text}))))`
}

/** @param text as people search; empty for the newest edits @returns at most 25, the newest first */
export async function searchReceipts(db: Db, text: string): Promise<readonly Receipt[]> {
  return (await receiptsWhere(db, matches(text))).receipts
}

/** A page of receipts, the newest first. */
export function listReceipts(db: Db, filter: ReceiptFilter): Promise<ReceiptPage> {
  const { productId, version, bulkEditId, before } = filter
  const conditions = [
    // The newest of all have an index that is without the seed.
    productId === undefined && bulkEditId === undefined ? Prisma.sql`c.source <> 'seed'` : Prisma.sql`true`,
    ...(productId === undefined ? [] : [Prisma.sql`c.product_id = ${productId}`]),
    ...(version === undefined ? [] : [Prisma.sql`c.version = ${version}`]),
    ...(bulkEditId === undefined ? [] : [Prisma.sql`c.bulk_edit_id = ${bulkEditId}::uuid`]),
    ...(before === undefined ? [] : [Prisma.sql`c.id < ${before}`]),
  ]
  return receiptsWhere(db, Prisma.join(conditions, ' AND '))
}

interface EditRow extends Omit<Receipt, 'version' | 'traceId' | 'state' | 'supersededBy' | 'layers'> {
  readonly id: bigint
  readonly version: bigint
  readonly newerAtDelivery: bigint | null
  readonly outboxId: bigint | null
  readonly failures: number | null
  readonly indexedAt: Date | null
}

interface SeenRow {
  readonly outboxId: bigint
  readonly layer: 'index' | 'redis' | 'instance' | 'page' | 'edge'
  readonly place: string | null
  readonly seenAt: Date | null
  readonly attempts: number
}

async function receiptsWhere(db: Db, where: Prisma.Sql): Promise<ReceiptPage> {
  const found = await db.$queryRaw<EditRow[]>`
    SELECT c.id, c.product_id AS "productId", p.name AS "productName", c.version, c.new_amount_cents AS "amountMinor", c.currency,
      c.actor, c.source, c.reason, c.bulk_edit_id::text AS "bulkEditId", c.correlation_id AS "correlationId", c.changed_at AS "changedAt",
      o.id AS "outboxId", o.failures, o.indexed_at AS "indexedAt", o.done_at AS "deliveredAt", o.last_error AS "lastError",
      (SELECT max(version) FROM price_changes n
        WHERE n.product_id = c.product_id AND n.version > c.version AND n.changed_at <= o.done_at) AS "newerAtDelivery"
    FROM (SELECT * FROM price_changes c WHERE ${where} ORDER BY c.id DESC LIMIT ${PAGE_SIZE + 1}) c
    JOIN products p ON p.id = c.product_id
    -- Few rows are read for a transaction of less than two seconds, as most are.
    LEFT JOIN LATERAL (SELECT found.* FROM (VALUES (interval '2 seconds'), (make_interval(mins => ${TRANSACTION_MINUTES}))) AS longest(transaction), LATERAL (
      -- By time first, with a fence: by product, Postgres would unpack the ids of each row of the outbox.
      SELECT id, failures, indexed_at, done_at, last_error FROM (SELECT * FROM outbox
        WHERE created_at BETWEEN c.changed_at - longest.transaction AND c.changed_at + interval '1 second' AND topic = 'price' OFFSET 0) at_that_time
      WHERE entity_ids @> ARRAY[c.product_id] AND versions[array_position(entity_ids, c.product_id)] = c.version
      -- A failure has a row of its own, beside the one of all.
      ORDER BY done_at DESC NULLS FIRST LIMIT 1) found LIMIT 1) o ON true
    ORDER BY c.id DESC`
  const edits = found.slice(0, PAGE_SIZE)
  const seen = await seenBy(
    db,
    edits.flatMap(({ outboxId }) => outboxId ?? []),
  )
  return {
    receipts: edits.map((edit) => receiptOf(edit, seen.get(edit.outboxId ?? -1n) ?? [])),
    nextBefore: found.length > PAGE_SIZE ? Number(edits.at(-1)?.id) : undefined,
  }
}

/** The entries of the ledger, by outbox row. */
async function seenBy(db: Db, outboxIds: readonly bigint[]): Promise<Map<bigint, SeenRow[]>> {
  if (outboxIds.length === 0) return new Map()
  const rows = await db.$queryRaw<SeenRow[]>`
    WITH seen AS (
      SELECT o.id, i.layer, i.verified_at, i.detail
      FROM unnest(${[...outboxIds]}::bigint[]) AS o(id) JOIN invalidations i ON i.outbox_ids @> ARRAY[o.id])
    SELECT id AS "outboxId", layer, NULL AS place, min(verified_at) AS "seenAt", count(*)::int AS attempts FROM seen GROUP BY id, layer
    UNION ALL
    SELECT id, 'instance', one->>'url', min((one->>'at')::timestamptz), count(*)::int
    FROM seen, jsonb_array_elements(detail->'applied') AS one WHERE layer = 'page' AND detail ? 'applied' GROUP BY id, one->>'url'`
  return Map.groupBy(rows, ({ outboxId }) => outboxId)
}

function receiptOf(edit: EditRow, seen: readonly SeenRow[]): Receipt {
  const { id: _id, outboxId: _outbox, failures: _failures, indexedAt, newerAtDelivery, version, ...facts } = edit
  const state = stateOf(edit, seen)
  const since = (at: Date | null) => (at ? Math.max(0, at.getTime() - edit.changedAt.getTime()) : null)
  const layers = [
    { layer: 'postgres' as const, place: null, seenAt: edit.changedAt, attempts: 1 },
    // Mostly the writer or the relay raised it, before the job looked.
    ...(indexedAt && state !== 'forgotten' && !seen.some(({ layer }) => layer === 'index')
      ? [{ layer: 'index' as const, place: null, seenAt: indexedAt, attempts: 1 }]
      : []),
    ...seen.map(({ outboxId: _outboxId, ...one }) =>
      one.layer === 'index' ? { ...one, seenAt: earlier(one.seenAt, indexedAt) } : one,
    ),
  ].map((one) => ({ ...one, lagMs: since(one.seenAt) }))
  return {
    ...facts,
    version: Number(version),
    traceId: isTracing() ? traceIds({ kind: 'price', id: edit.productId, version: Number(version) }).traceId : null,
    state,
    supersededBy: state === 'superseded' && newerAtDelivery !== null ? Number(newerAtDelivery) : null,
    layers: layers.toSorted(
      (a, b) =>
        RECEIPT_LAYERS.indexOf(a.layer) - RECEIPT_LAYERS.indexOf(b.layer) ||
        (a.place ?? '').localeCompare(b.place ?? '', 'en', { numeric: true }),
    ),
  }
}

function stateOf(
  { outboxId, deliveredAt, failures, newerAtDelivery }: EditRow,
  seen: readonly SeenRow[],
): ReceiptState {
  if (outboxId === null) return 'forgotten'
  if (deliveredAt === null) return (failures ?? 0) >= QUARANTINE_AFTER ? 'quarantined' : 'propagating'
  // No layer is read for a superseded row; an earlier try may have read some.
  if (seen.some(({ layer, seenAt }) => layer === 'page' && seenAt !== null)) return 'live'
  return newerAtDelivery === null ? 'forgotten' : 'superseded'
}

function earlier(a: Date | null, b: Date | null): Date | null {
  return a === null || (b !== null && b < a) ? b : a
}
