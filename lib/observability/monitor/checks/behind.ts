/** Products whose newest price the consumer has not applied: `prices` joined with `price_index`. */
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { Db } from '#lib/platform/db.ts'

export interface BehindRow {
  readonly productId: number
  readonly version: number
  readonly appliedVersion: number | null
  /** Milliseconds since the oldest change that is not applied. */
  readonly behindMs: number
  /** An outbox row of the product that is not done; absent when the outbox believes that all was delivered. */
  readonly pendingOutboxId: bigint | null
}

export interface Behind {
  readonly total: number
  /** The ones behind for longest, at most `limit`. */
  readonly rows: readonly BehindRow[]
}

type Row = Omit<BehindRow, 'version' | 'appliedVersion'> & {
  version: bigint
  appliedVersion: bigint | null
  total: number
}

/** The rows to look at: an index leads to each of the three, so that it costs the same with any number of products. */
export interface Look {
  /** Prices that changed within so many milliseconds. */
  readonly lookBackMs: number
  /** Prices of these ids, however old; both ends count. */
  readonly from: number
  readonly to: number
  /** And of these. */
  readonly known: readonly number[]
}

/** The columns of a row of `p` and `i` that is behind. Times are compared with that of the statement: no index helps with `clock_timestamp()`. */
const FOUND = Prisma.sql`SELECT p.product_id, p.version, i.version AS applied_version, p.version_updated_at FROM prices p`
const IS_BEHIND = Prisma.sql`(i.version IS NULL OR i.version < p.version)`

/** @param limit how many are listed; all are counted */
export async function findBehind(db: Db, { lookBackMs, from, to, known }: Look, limit: number): Promise<Behind> {
  const rows = await db.$queryRaw<Row[]>`
    WITH behind AS (
      SELECT *, (count(*) OVER ())::int AS total FROM (
        ${FOUND} LEFT JOIN price_index i USING (product_id)
        WHERE p.version_updated_at > statement_timestamp() - make_interval(secs => ${lookBackMs / 1000}) AND ${IS_BEHIND}
        UNION ${FOUND} LEFT JOIN price_index i ON i.product_id = p.product_id AND i.product_id BETWEEN ${from} AND ${to}
        WHERE p.product_id BETWEEN ${from} AND ${to} AND ${IS_BEHIND}
        UNION ${FOUND} LEFT JOIN price_index i USING (product_id) WHERE p.product_id = ANY(${[...known]}::int[]) AND ${IS_BEHIND}) found
      ORDER BY version_updated_at LIMIT ${limit}
    ), pending AS (
      SELECT entity.id AS product_id, max(outbox.id) AS outbox_id
      FROM outbox, unnest(entity_ids) AS entity(id) WHERE done_at IS NULL AND topic = 'price' GROUP BY 1
    )
    SELECT b.product_id AS "productId", b.version, b.applied_version AS "appliedVersion", b.total, pending.outbox_id AS "pendingOutboxId",
      greatest(0, extract(epoch FROM clock_timestamp() - COALESCE(since.at, b.version_updated_at)) * 1000)::float8 AS "behindMs"
    FROM behind b
    LEFT JOIN pending USING (product_id)
    -- The oldest change that is missing, not the newest: a price that changes every second may be behind for an hour.
    LEFT JOIN LATERAL (
      SELECT min(c.changed_at) AS at FROM price_changes c WHERE c.product_id = b.product_id AND c.version > COALESCE(b.applied_version, 0)) since ON true
    ORDER BY "behindMs" DESC`
  return {
    total: rows[0]?.total ?? 0,
    rows: rows.map(({ total: _total, version, appliedVersion, ...row }) => ({
      ...row,
      version: Number(version),
      appliedVersion: appliedVersion === null ? null : Number(appliedVersion),
    })),
  }
}
