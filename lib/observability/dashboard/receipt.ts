/** One receipt: its shape, and how it is made of an edit and the entries of the ledger. */
import type { ResourceKind } from '#lib/catalog/resources.ts'
import { QUARANTINE_AFTER } from '#lib/delivery/outbox.ts'
import type { Db } from '#lib/platform/db.ts'
import { isTracing, traceIds } from '#lib/platform/tracing/changeTrace.ts'
import type { PriceEdit, ResourceEdit } from './receiptEdits.ts'

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

interface Delivery {
  readonly id: number
  readonly version: number
  readonly reason: string | null
  readonly correlationId: string | null
  /** Under which a collector finds it; null where traces are off. */
  readonly traceId: string | null
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

/** Of an edit of a price, as the history has it. */
export interface PriceReceipt
  extends
    Delivery,
    Pick<
      PriceEdit,
      'kind' | 'productName' | 'amountMinor' | 'currency' | 'actor' | 'source' | 'bulkEditId' | 'changedAt'
    > {
  /** As `id`. */
  readonly productId: number
}

/** Of an edit of any other kind. */
export interface ResourceReceipt extends Delivery {
  readonly kind: Exclude<ResourceKind, 'price'>
  /** Where it belongs to a product. */
  readonly productName: string | null
  readonly actor: string | null
  /** The entry of the audit log; null where there is none: an order, a repair of the monitor, a write past the application. */
  readonly audit: {
    readonly action: string
    readonly via: string
    readonly target: string | null
    readonly detail: unknown
  } | null
  /** The number of the order of a shopper that took the stock. */
  readonly orderNumber: string | null
  /** Null where it is forgotten. */
  readonly changedAt: Date | null
}

export type Receipt = PriceReceipt | ResourceReceipt

/** The receipts of edits, in their order. */
export async function receiptsOf(db: Db, edits: readonly (PriceEdit | ResourceEdit)[]): Promise<Receipt[]> {
  const seen = await seenBy(
    db,
    edits.flatMap(({ outboxId }) => outboxId ?? []),
  )
  return edits.map((edit) => receiptOf(edit, seen.get(edit.outboxId ?? -1n) ?? []))
}

interface SeenRow {
  readonly outboxId: bigint
  readonly layer: 'index' | 'redis' | 'instance' | 'page' | 'edge'
  readonly place: string | null
  readonly seenAt: Date | null
  readonly attempts: number
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

export const traceIdOf = (kind: ResourceKind, id: number, version: number) =>
  isTracing() ? traceIds({ kind, id, version }).traceId : null

function receiptOf(edit: PriceEdit | ResourceEdit, seen: readonly SeenRow[]): Receipt {
  const { id, reason, correlationId, deliveredAt, lastError, newerAtDelivery } = edit
  const version = Number(edit.version)
  const state = stateOf(edit, seen)
  const delivery = {
    id,
    version,
    reason,
    correlationId,
    traceId: traceIdOf(edit.kind, id, version),
    state,
    supersededBy: state === 'superseded' && newerAtDelivery !== null ? Number(newerAtDelivery) : null,
    deliveredAt,
    lastError,
    layers: layersOf(edit, state, seen),
  }
  if (edit.kind === 'price') {
    const { kind, productName, amountMinor, currency, actor, source, bulkEditId, changedAt } = edit
    return {
      kind,
      productId: id,
      productName,
      amountMinor,
      currency,
      actor,
      source,
      bulkEditId,
      changedAt,
      ...delivery,
    }
  }
  const { kind, productName, actor, action, via, target, detail, orderNumber, changedAt } = edit
  const audit = action === null || via === null ? null : { action, via, target, detail }
  return { kind, productName, actor, audit, orderNumber, changedAt, ...delivery }
}

function layersOf({ changedAt, indexedAt }: PriceEdit | ResourceEdit, state: ReceiptState, seen: readonly SeenRow[]) {
  return [
    { layer: 'postgres' as const, place: null, seenAt: changedAt, attempts: 1 },
    // Mostly the writer or the relay raised it, before the job looked.
    ...(indexedAt && state !== 'forgotten' && !seen.some(({ layer }) => layer === 'index')
      ? [{ layer: 'index' as const, place: null, seenAt: indexedAt, attempts: 1 }]
      : []),
    ...seen.map(({ outboxId: _outboxId, ...one }) =>
      one.layer === 'index' ? { ...one, seenAt: earlier(one.seenAt, indexedAt) } : one,
    ),
  ]
    .map((one) => ({ ...one, lagMs: one.seenAt ? Math.max(0, one.seenAt.getTime() - changedAt.getTime()) : null }))
    .toSorted(
      (a, b) =>
        RECEIPT_LAYERS.indexOf(a.layer) - RECEIPT_LAYERS.indexOf(b.layer) ||
        (a.place ?? '').localeCompare(b.place ?? '', 'en', { numeric: true }),
    )
}

function stateOf(
  { outboxId, deliveredAt, failures, newerAtDelivery }: PriceEdit | ResourceEdit,
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
