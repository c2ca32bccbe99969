/** Products whose change some layer has not been seen to show yet, and where each of them is stuck. */
import type { Db } from '#lib/platform/db.ts'
import type { Delivery, DriftRow } from './shapes.ts'

const MAX_ROWS = 25
/** Hours, and changes. This list is made again every two seconds, in the same time for any number of edits: the monitor looks through the older ones. */
const LOOKS_BACK_HOURS = 24
const NEWEST = 2_000

interface Evidence {
  /** The outbox row of the version, where there is one that is not done. */
  readonly outboxId: bigint | null
  readonly enqueuedAt: Date | null
  readonly attempts: number | null
  readonly lastError: string | null
}

/** @returns in words, the first station on the way that the change has not passed */
export function whyBehind({ outboxId, enqueuedAt, attempts, lastError }: Evidence): string {
  if (outboxId === null)
    return 'The outbox says delivered, but the consumer never applied it: a consumer that runs and writes nothing.'
  if (enqueuedAt === null) return 'Waits in the outbox: the relay has not taken it yet.'
  if (lastError) return `The job ran and did not see it everywhere: ${lastError}`
  return (attempts ?? 0) > 1
    ? `In the queue, handed over ${attempts} times: no worker has finished the job.`
    : 'In the queue: the job has not finished yet.'
}

interface Row extends Evidence {
  productId: number
  name: string
  version: bigint
  appliedVersion: bigint | null
  behindMs: number
}

/** Among what waits in the outbox, the newest changes, and what the monitor has found. */
export async function driftingProducts(db: Db, newest = NEWEST): Promise<DriftRow[]> {
  const rows = await db.$queryRaw<Row[]>`
    WITH pending AS (
      SELECT DISTINCT ON (entity.id) entity.id AS product_id, outbox.id, enqueued_at, attempts, last_error
      FROM outbox, unnest(entity_ids) AS entity(id) WHERE done_at IS NULL AND topic = 'price' ORDER BY entity.id, outbox.id DESC
    ), looked_at AS (
      (SELECT product_id FROM prices WHERE version_updated_at > statement_timestamp() - make_interval(hours => ${LOOKS_BACK_HOURS})
       ORDER BY version_updated_at DESC, product_id DESC LIMIT ${newest})
      UNION SELECT found.product::int FROM alerts, jsonb_array_elements_text(
        COALESCE(NULLIF(detail->'productIds', 'null'), jsonb_build_array(detail->'productId'))) AS found(product)
      WHERE kind = 'product-behind' AND resolved_at IS NULL
    ), behind AS (
      SELECT product_id FROM pending
      UNION SELECT p.product_id FROM looked_at JOIN prices p USING (product_id) LEFT JOIN price_index i USING (product_id)
      WHERE i.version IS NULL OR i.version < p.version
    )
    SELECT p.product_id AS "productId", product.name, p.version, i.version AS "appliedVersion",
      (extract(epoch FROM clock_timestamp() - p.version_updated_at) * 1000)::float8 AS "behindMs",
      o.id AS "outboxId", o.enqueued_at AS "enqueuedAt", o.attempts, o.last_error AS "lastError"
    FROM behind
    JOIN prices p USING (product_id)
    JOIN products product ON product.id = p.product_id
    LEFT JOIN price_index i USING (product_id)
    LEFT JOIN pending o USING (product_id)
    ORDER BY p.version_updated_at LIMIT ${MAX_ROWS}`
  return rows.map(({ productId, name, version, appliedVersion, behindMs, ...evidence }) => ({
    productId,
    name,
    version: Number(version),
    appliedVersion: appliedVersion === null ? null : Number(appliedVersion),
    behindMs: Math.max(0, behindMs),
    why: whyBehind(evidence),
  }))
}

export async function pendingOutboxSize(db: Db): Promise<Delivery['outbox']> {
  const [row] = await db.$queryRaw<{ rows: number; changes: number; oldestMs: number }[]>`
    SELECT count(*)::int AS rows, COALESCE(sum(cardinality(entity_ids)), 0)::int AS changes,
      COALESCE(extract(epoch FROM clock_timestamp() - min(created_at)) * 1000, 0)::float8 AS "oldestMs"
    FROM outbox WHERE done_at IS NULL`
  return row ?? { rows: 0, changes: 0, oldestMs: 0 }
}
