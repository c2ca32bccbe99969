/**
 * The edits that receipts are about, with what the outbox says of each. Those of prices are in the history. Edits of all other kinds are
 * in the outbox alone, and the audit log has who made them and why.
 */
import { RESOURCES, resources, type ResourceKind } from '#lib/catalog/resources.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { Db } from '#lib/platform/db.ts'

interface Edit {
  readonly id: number
  readonly version: bigint
  readonly reason: string | null
  readonly correlationId: string | null
  readonly changedAt: Date
  readonly outboxId: bigint | null
  readonly failures: number | null
  readonly indexedAt: Date | null
  readonly deliveredAt: Date | null
  readonly lastError: string | null
  /** The newest version when delivery was done with this one. */
  readonly newerAtDelivery: bigint | null
}

export interface PriceEdit extends Edit {
  readonly kind: 'price'
  /** Of the history: grows with each edit. */
  readonly historyId: bigint
  readonly productName: string
  readonly amountMinor: number
  readonly currency: string
  readonly actor: string
  readonly source: string
  readonly bulkEditId: string | null
}

export interface ResourceEdit extends Edit {
  readonly kind: Exclude<ResourceKind, 'price'>
  /** Where the row belongs to a product. */
  readonly productName: string | null
  /** Null where the audit log has no entry: an order of a shopper, a repair of the monitor, a write past the application. */
  readonly actor: string | null
  readonly via: string | null
  readonly action: string | null
  readonly target: string | null
  readonly detail: unknown
  /** The number of the order that took the stock. */
  readonly orderNumber: string | null
}

/** Receipts on a page. */
export const PAGE_SIZE = 25
/** The longest transaction of a bulk edit: an outbox row is stamped when it begins, a price when it is written. */
const TRANSACTION_MINUTES = 15
/** The longest of another edit, of which the audit log has an entry: a writer gives up after ten seconds. */
const AUDITED_WITHIN_S = 15

/** Kinds whose rows belong to a product of the same id. */
const OF_PRODUCT = resources().flatMap(([kind, { ofProduct }]) => (ofProduct ? [kind] : []))

/** The edits of prices that match, the newest first: one more than a page has. @param where of the history, named `c` */
export function priceEdits(db: Db, where: Prisma.Sql): Promise<PriceEdit[]> {
  return db.$queryRaw`
    SELECT 'price' AS kind, c.id AS "historyId", c.product_id AS id, p.name AS "productName", c.version, c.new_amount_cents AS "amountMinor",
      c.currency, c.actor, c.source, c.reason, c.bulk_edit_id::text AS "bulkEditId", c.correlation_id AS "correlationId",
      c.changed_at AS "changedAt", o.id AS "outboxId", o.failures, o.indexed_at AS "indexedAt", o.done_at AS "deliveredAt", o.last_error AS "lastError",
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
}

/** Which edits of other kinds: the rows of the outbox, named `o`, and those of their entities, named `entity (id, version)`. */
export interface ResourceEdits {
  readonly rows: Prisma.Sql
  readonly entities: Prisma.Sql
}

/** These versions of one resource: of a popular stock a day has thousands, and an index finds a few. */
export function editsOf(kind: ResourceKind, id: number, versions: readonly number[]): ResourceEdits {
  return {
    rows: Prisma.sql`o.topic = ${kind} AND o.entity_ids @> ARRAY[${id}]::int[] AND o.versions && ${[...versions]}::bigint[]`,
    entities: Prisma.sql`entity.id = ${id} AND entity.version = ANY(${[...versions]}::bigint[])`,
  }
}

export function editsCorrelated(correlationId: string): ResourceEdits {
  return { rows: Prisma.sql`o.correlation_id = ${correlationId}`, entities: Prisma.sql`true` }
}

/** The edits of other kinds than prices that match, the newest first, a page of them. */
export function resourceEdits(db: Db, { rows, entities }: ResourceEdits): Promise<ResourceEdit[]> {
  return db.$queryRaw`
    WITH edits AS (
      SELECT DISTINCT ON (o.topic, entity.id, entity.version) o.topic, entity.id, entity.version, o.id AS outbox_id, o.correlation_id,
        o.created_at, o.failures, o.indexed_at, o.done_at, o.last_error
      -- As the predicate of the indexes has it.
      FROM outbox o, unnest(o.entity_ids, o.versions) AS entity (id, version)
      WHERE o.topic <> 'price' AND o.topic = ANY(${Object.keys(RESOURCES)}) AND ${rows} AND ${entities}
      -- The first row of a version is that of its edit; a failure has a row of its own beside it, with the same time.
      ORDER BY o.topic, entity.id, entity.version, o.created_at, o.done_at DESC NULLS FIRST)
    SELECT e.topic AS kind, e.id, p.name AS "productName", e.version, a.actor, a.via, a.action, a.target, a.detail, a.reason, placed.number AS "orderNumber",
      e.correlation_id AS "correlationId", e.created_at AS "changedAt", e.outbox_id AS "outboxId", e.failures, e.indexed_at AS "indexedAt",
      e.done_at AS "deliveredAt", e.last_error AS "lastError",
      CASE WHEN e.done_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM invalidations i WHERE i.outbox_ids @> ARRAY[e.outbox_id] AND i.layer = 'page' AND i.verified_at IS NOT NULL)
      THEN (SELECT max(entity.version) FROM outbox n, unnest(n.entity_ids, n.versions) AS entity (id, version)
        WHERE n.topic <> 'price' AND n.topic = e.topic AND n.entity_ids @> ARRAY[e.id] AND n.created_at BETWEEN e.created_at AND e.done_at
          AND entity.id = e.id AND entity.version > e.version) END AS "newerAtDelivery"
    FROM (SELECT * FROM edits ORDER BY created_at DESC, version DESC LIMIT ${PAGE_SIZE}) e
    LEFT JOIN products p ON e.topic = ANY(${OF_PRODUCT}) AND p.id = e.id
    -- By time: the log has no index of correlation ids. A file of stocks has an entry for each product.
    LEFT JOIN LATERAL (SELECT actor, via, action, target, detail, reason FROM audit_log
      WHERE correlation_id = e.correlation_id AND at BETWEEN e.created_at - make_interval(secs => ${AUDITED_WITHIN_S})
        AND e.created_at + make_interval(secs => ${AUDITED_WITHIN_S})
      ORDER BY (e.topic = ANY(${OF_PRODUCT}) AND target = 'product:' || e.id) DESC NULLS LAST, abs(extract(epoch FROM at - e.created_at))
      LIMIT 1) a ON true
    -- A script may use its correlation id again.
    LEFT JOIN LATERAL (SELECT number FROM orders
      WHERE correlation_id = e.correlation_id AND e.topic = 'stock' AND a.action IS NULL
        AND EXISTS (SELECT FROM order_lines l WHERE l.order_id = orders.id AND l.product_id = e.id)
      ORDER BY abs(extract(epoch FROM placed_at - e.created_at)) LIMIT 1) placed ON true
    ORDER BY e.created_at DESC, e.version DESC`
}

/** @returns undefined when there is no such row */
export async function currentVersion(db: Db, kind: ResourceKind, id: number): Promise<number | undefined> {
  const { table, idColumn, versionColumn } = RESOURCES[kind]
  const [row] = await db.$queryRaw<{ version: bigint }[]>`
    SELECT ${Prisma.raw(versionColumn)} AS version FROM ${Prisma.raw(table)} WHERE ${Prisma.raw(idColumn)} = ${id}`
  return row && Number(row.version)
}
