/** Repairs for the monitor: it delivers in place of a relay or a consumer that did not, and drops pages that are wrong. */
import { INTERNAL_SECRET_HEADER } from '#lib/platform/http/internalSecret.ts'
import type { Db } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import { tag } from '#lib/coherence/tags.ts'
import { deliver, wholeLayersBehind } from '#lib/delivery/invalidation.ts'
import type { LayerReport } from '#lib/delivery/ledger.ts'
import { idsOf, putOff, type OutboxRow } from '#lib/delivery/outbox.ts'
import type { MonitorContext } from './context.ts'
import { countRepairs } from './metrics.ts'

const WEB_TIMEOUT_MS = 5_000
/** A round repairs so many rows, of at most 1,000 entities each: the workers have the same job, and go on with theirs. */
const ROWS_A_ROUND = 20

export interface Overdue extends OutboxRow {
  readonly ageMs: number
  readonly enqueuedAt: Date | null
}

/**
 * Rows that wait only for the edge are not among them: an edge that refuses is tried again by its own delivery, and
 * reported by `purge-failing`. Nor are those that a page does not show, which are tried again alone.
 * @returns the rows that are not done and older than `olderThanMs`, the oldest first
 */
export async function overdueOutbox({ db, hasEdge }: MonitorContext, olderThanMs: number): Promise<Overdue[]> {
  return db.$queryRaw<Overdue[]>`
    SELECT id, topic, entity_ids AS "entityIds", versions, correlation_id AS "correlationId", enqueued_at AS "enqueuedAt",
      created_at AS "createdAt", attempts, failures, (extract(epoch FROM clock_timestamp() - created_at) * 1000)::float8 AS "ageMs"
    FROM outbox WHERE done_at IS NULL AND created_at < statement_timestamp() - make_interval(secs => ${olderThanMs / 1000})
      AND failures = 0
      AND NOT (${hasEdge} AND EXISTS (
        SELECT 1 FROM invalidations i WHERE i.outbox_ids @> ARRAY[outbox.id] AND i.layer = 'page' AND i.verified_at IS NOT NULL))
    ORDER BY id LIMIT ${ROWS_A_ROUND}`
}

/**
 * Opens the outbox rows of changes that were called done and are not; makes one where none is left.
 * @returns how many
 */
export async function reopenOutbox(db: Db, productIds: readonly number[]): Promise<number> {
  if (productIds.length === 0) return 0
  const reopened = await db.$executeRaw`
    WITH wanted AS (
      SELECT p.product_id, p.version, found.id FROM prices p LEFT JOIN LATERAL (
        SELECT o.id FROM outbox o
        WHERE o.topic = 'price' AND o.created_at BETWEEN p.version_updated_at - interval '15 minutes' AND p.version_updated_at + interval '1 second'
          AND o.entity_ids @> ARRAY[p.product_id] AND o.versions[array_position(o.entity_ids, p.product_id)] = p.version
        LIMIT 1) found ON true
      WHERE p.product_id = ANY(${[...productIds]}::int[])
    ), reopened AS (
      UPDATE outbox SET done_at = NULL, enqueued_at = NULL, retry_at = NULL
      WHERE id IN (SELECT o.id FROM outbox o JOIN wanted USING (id) WHERE o.done_at IS NOT NULL FOR UPDATE OF o SKIP LOCKED) RETURNING id
    )
    INSERT INTO outbox (topic, entity_ids, versions)
    SELECT 'price', array_agg(product_id ORDER BY product_id), array_agg(version ORDER BY product_id) FROM wanted WHERE id IS NULL HAVING count(*) > 0`
  countRepairs('reopened', productIds.length)
  return reopened
}

/** Delivers rows itself, all but the edge's part, and closes those that were seen everywhere. @returns what was done, by layer */
export async function redeliver(context: MonitorContext, rows: readonly OutboxRow[]): Promise<LayerReport[]> {
  if (rows.length === 0) return []
  const { reports, passed, superseded, failed } = await deliver(context, rows, {
    id: `monitor-${crypto.randomUUID()}`,
    attempt: 1,
  })
  countRepairs('redelivered', rows.length)
  await putOff(context.db, failed)
  if (wholeLayersBehind(reports).length === 0) {
    const done = idsOf(context.hasEdge ? superseded : [...superseded, ...passed])
    // A row that is held, by a relay that hangs for example, is closed by the process that takes it next.
    await context.db.$executeRaw`
      UPDATE outbox SET done_at = clock_timestamp(), last_error = NULL
      WHERE id IN (SELECT id FROM outbox WHERE id = ANY(${done}::bigint[]) AND done_at IS NULL FOR UPDATE SKIP LOCKED)`
  }
  return [...reports]
}

/**
 * Makes every instance, and the edge, forget the pages that show a product. Three ways, since what is wrong may be wrong in any part. The revalidation outdates what carries the product's tags,
 * by Redis' own clock; `forget` takes away the pages under their names, with any tags; and a higher version of
 * the product goes through the outbox to the edge.
 * @param paths pages that were seen to be wrong
 */
export async function dropPages(
  context: MonitorContext,
  productIds: readonly number[],
  paths: readonly string[] = [],
): Promise<void> {
  await context.publisher.revalidate(productIds.flatMap((id) => [tag('price', id), tag('product', id)]))
  if (paths.length > 0) await Promise.all(context.webUrls.map((webUrl) => forget(context, webUrl, paths)))
  await context.db.$executeRaw`UPDATE products SET version = version + 1 WHERE id = ANY(${[...productIds]}::int[])`
  countRepairs('page-dropped', productIds.length)
}

async function forget({ internalSecret }: MonitorContext, webUrl: string, paths: readonly string[]): Promise<void> {
  try {
    const response = await fetch(`${webUrl}/api/internal/forget`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [INTERNAL_SECRET_HEADER]: internalSecret },
      body: JSON.stringify({ paths }),
      signal: AbortSignal.timeout(WEB_TIMEOUT_MS),
    })
    if (!response.ok) throw new Error(`it answered ${response.status}`)
  } catch (error) {
    // An instance that is away comes back with an empty memory.
    logger('monitor').warn({ err: error, webUrl }, 'an instance was not reached to forget a page')
  }
}
