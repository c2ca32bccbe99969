/** The ledger, asked by people: for this edit, which layers showed it, when, and how often was it tried. */
import type { Db } from '#lib/platform/db.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'

export interface LayerSeen {
  readonly layer: string
  /** Since the commit; absent while the layer has not been seen to show the change. */
  readonly lagMs: number | null
  readonly seenAt: Date | null
  readonly attempts: number
  readonly removed: number
}

export interface LedgerEdit {
  readonly productId: number
  readonly productName: string
  readonly version: number
  readonly amountMinor: number
  readonly actor: string
  readonly source: string
  readonly reason: string | null
  readonly bulkEditId: string | null
  readonly correlationId: string | null
  readonly changedAt: Date
  readonly outboxId: bigint | null
  readonly outboxAttempts: number | null
  readonly deliveredAt: Date | null
  readonly lastError: string | null
  readonly layers: readonly LayerSeen[]
}

const MAX_EDITS = 25
/** The longest transaction: an outbox row is stamped when it begins, a price when it is written. */
const TRANSACTION_MINUTES = 15
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The text of the search: a product's id or SKU, a bulk edit's id, a correlation id; an empty one finds the newest. */
function matches(text: string): Prisma.Sql {
  if (text === '') return Prisma.sql`c.source <> 'seed'`
  if (/^[1-9]\d{0,8}$/.test(text)) return Prisma.sql`c.product_id = ${Number(text)}`
  if (UUID.test(text)) return Prisma.sql`(c.bulk_edit_id = ${text}::uuid OR c.correlation_id = ${text})`
  return Prisma.sql`(c.correlation_id = ${text} OR c.product_id IN (SELECT id FROM products WHERE sku = ${text} OR (sku = upper(${text}) AND NOT EXISTS (SELECT FROM products WHERE sku = ${text}))))`
}

type EditRow = Omit<LedgerEdit, 'version' | 'layers'> & { version: bigint }
type LayerRow = LayerSeen & { outboxId: bigint }

export async function searchLedger(db: Db, text: string): Promise<LedgerEdit[]> {
  const edits = await db.$queryRaw<EditRow[]>`
    SELECT c.product_id AS "productId", p.name AS "productName", c.version, c.new_amount_cents AS "amountMinor", c.actor, c.source, c.reason,
      c.bulk_edit_id::text AS "bulkEditId", c.correlation_id AS "correlationId", c.changed_at AS "changedAt",
      o.id AS "outboxId", o.attempts AS "outboxAttempts", o.done_at AS "deliveredAt", o.last_error AS "lastError"
    FROM (SELECT * FROM price_changes c WHERE ${matches(text)} ORDER BY c.id DESC LIMIT ${MAX_EDITS}) c
    JOIN products p ON p.id = c.product_id
    LEFT JOIN LATERAL (
      SELECT id, attempts, done_at, last_error FROM outbox
      WHERE created_at BETWEEN c.changed_at - make_interval(mins => ${TRANSACTION_MINUTES}) AND c.changed_at + interval '1 second'
        AND topic = 'price' AND entity_ids @> ARRAY[c.product_id] AND versions[array_position(entity_ids, c.product_id)] = c.version
      LIMIT 1) o ON true
    ORDER BY c.id DESC`
  const outboxIds = edits.flatMap(({ outboxId }) => outboxId ?? [])
  const layers =
    outboxIds.length === 0
      ? []
      : await db.$queryRaw<LayerRow[]>`
    SELECT o.id AS "outboxId", i.layer, min(i.lag_ms) AS "lagMs", min(i.verified_at) AS "seenAt",
      count(*)::int AS attempts, sum(i.removed)::int AS removed
    FROM unnest(${outboxIds}::bigint[]) AS o(id) JOIN invalidations i ON i.outbox_ids @> ARRAY[o.id]
    GROUP BY o.id, i.layer`
  return edits.map((edit) => ({
    ...edit,
    version: Number(edit.version),
    layers: layers.filter(({ outboxId }) => outboxId === edit.outboxId).map(({ outboxId: _outboxId, ...seen }) => seen),
  }))
}
