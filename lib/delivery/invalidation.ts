/**
 * The invalidation job: from changed rows to every layer. Each step is idempotent and reads the versions from
 * Postgres when it runs, so the job can stop anywhere and run again from its start.
 */
import { PRODUCTS_PER_PAGE } from '#lib/catalog/pagination.ts'
import { resourceOf } from '#lib/catalog/resources.ts'
import { INTERNAL_SECRET_HEADER } from '#lib/platform/http/internalSecret.ts'
import { correlationHeaders, withCorrelation } from '#lib/platform/correlation.ts'
import type { Db } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import { writeLedger, type LayerReport } from './ledger.ts'
import { entitiesOf, pendingOutbox, type OutboxRow } from './outbox.ts'
import {
  FreshnessError,
  type Publisher,
  type RedisClient,
  type VersionIndex,
  type VersionSource,
} from '#lib/coherence/index.ts'
import { parseTag, tag, versionedTag, type VersionedTag } from '#lib/coherence/tags.ts'
import { behindInIndex, instancesUp, readPagesBack } from './readBack.ts'

export interface InvalidationContext {
  readonly db: Db
  readonly source: VersionSource
  readonly index: VersionIndex
  readonly publisher: Publisher
  readonly cacheRedis: RedisClient
  readonly webUrls: readonly string[]
  readonly internalSecret: string
  /** What brings the edge up to date, and says when the rows are done; without it there is none. */
  readonly edge?: { take(rows: readonly OutboxRow[], job: { id: string; attempt: number }): void }
}

/** Superseded payloads are looked for so many versions back; older ones are gone by their TTL. */
const SUPERSEDED_VERSIONS = 20
const WEB_TIMEOUT_MS = 10_000
const TAGS_A_REQUEST = 1_000
/** A burst of more would run into the time-out of its last command. */
const KEYS_AT_ONCE = 1_000

/**
 * Brings every layer to what Postgres has for the outbox rows of a job, then marks them done.
 * @param job its id, and which attempt this is, for the ledger
 * @throws {FreshnessError} NOT_VERIFIED when a layer did not show the versions; the job is to be run again
 */
export async function invalidate(
  context: InvalidationContext,
  outboxIds: readonly string[],
  job: { id: string; attempt: number },
): Promise<void> {
  const rows = await pendingOutbox(context.db, outboxIds)
  if (rows.length === 0) return
  const ids = correlationIdsOf(rows)
  const only = ids.length === 1 ? ids[0] : undefined
  const behind = (await withCorrelation(only, () => deliver(context, rows, job))).filter((report) => !report.verified)
  const done = rows.map((row) => row.id)
  if (behind.length > 0) {
    const message = `not fresh yet: ${behind.map(({ layer, detail }) => `${layer} ${JSON.stringify(detail)}`).join('; ')}`
    await context.db.outbox.updateMany({ where: { id: { in: done } }, data: { lastError: message } })
    throw new FreshnessError('NOT_VERIFIED', message, { retryable: true })
  }
  // An edge that refuses keeps no place in the queue: its layer goes on by itself.
  if (context.edge) context.edge.take(rows, job)
  else
    await context.db.outbox.updateMany({ where: { id: { in: done } }, data: { doneAt: new Date(), lastError: null } })
}

/**
 * Brings every layer to what Postgres has for `rows`, reads each back and writes the ledger. Whether the rows are done
 * is the caller's to say.
 * @returns what was done, and whether it was seen, by layer
 */
export async function deliver(
  context: InvalidationContext,
  rows: readonly OutboxRow[],
  job: { id: string; attempt: number },
): Promise<LayerReport[]> {
  const entities = entitiesOf(rows)
  const versions = await context.source.versions([...entities].flatMap(([kind, ids]) => ids.map((id) => tag(kind, id))))
  const expected: VersionedTag[] = [...versions].flatMap(([name, version]) => {
    const ref = parseTag(name)
    return ref ? [{ ...ref, version }] : []
  })

  const reports: LayerReport[] = [
    await advanceIndex(context, expected),
    await clearSuperseded(context, expected),
    await refreshPages(context, expected),
  ]
  await applyPriceIndex(context.db, expected)
  const ref = {
    jobId: job.id,
    attempt: job.attempt,
    outboxIds: rows.map((row) => row.id),
    changedAt: await oldestChange(context.db, rows),
  }
  await writeLedger(context.db, ref, reports)
  const seen = reports.map(({ layer, verified, durationMs }) => ({ layer, verified, ms: Math.round(durationMs) }))
  for (const correlationId of correlationIdsOf(rows))
    logger('invalidation').info({ correlationId, job: job.id, attempt: job.attempt, layers: seen }, 'layers read back')
  return reports
}

function correlationIdsOf(rows: readonly OutboxRow[]): string[] {
  return [...new Set(rows.flatMap(({ correlationId }) => correlationId ?? []))]
}

/** Of the very versions that the job brings: a price that was changed again meanwhile must not make it look quicker. */
export async function oldestChange(db: Db, rows: readonly { id: bigint }[]): Promise<Date | undefined> {
  const [oldest] = await db.$queryRaw<{ at: Date | null }[]>`
    SELECT min(c.changed_at) AS at FROM outbox o, unnest(o.entity_ids, o.versions) AS entity(id, version)
    JOIN price_changes c ON c.product_id = entity.id AND c.version = entity.version
    WHERE o.topic = 'price' AND o.id = ANY(${rows.map(({ id }) => id)}::bigint[])`
  return oldest?.at ?? undefined
}

async function advanceIndex(context: InvalidationContext, expected: VersionedTag[]): Promise<LayerReport> {
  const start = performance.now()
  const { written } = await context.publisher.advance(expected)
  const behind = await behindInIndex(context.index, expected)
  // An index that is no longer the one that is believed may show what was advanced there to nobody.
  const isCurrent = expected.length === 0 || (await context.index.isCurrent(written.term))
  return {
    layer: 'index',
    entities: expected.length,
    durationMs: performance.now() - start,
    verified: behind.length === 0 && isCurrent,
    readAt: new Date(),
    detail: {
      read: expected.length,
      term: written.term,
      isCurrent,
      behind: behind.map(({ kind, id }) => tag(kind, id)),
    },
  }
}

/** @returns the keys of what is kept of versions before `current`, of kinds that keep something */
async function supersededKeys(db: Db, current: readonly VersionedTag[]): Promise<string[]> {
  const prices = current.filter(({ kind }) => kind === 'price').map(({ id }) => id)
  const applied = new Map(
    (await db.priceIndex.findMany({ where: { productId: { in: prices } } })).map((row) => [
      tag('price', row.productId),
      Number(row.version),
    ]),
  )
  return current.flatMap(({ kind, id, version }) => {
    const payloadKey = resourceOf(kind)?.payloadKey
    if (!payloadKey) return []
    const from = Math.max(1, applied.get(tag(kind, id)) ?? version - 1, version - SUPERSEDED_VERSIONS)
    return Array.from({ length: Math.max(0, version - from) }, (_, i) => payloadKey(id, from + i))
  })
}

async function clearSuperseded(
  { db, cacheRedis }: InvalidationContext,
  current: readonly VersionedTag[],
): Promise<LayerReport> {
  const start = performance.now()
  const superseded = await supersededKeys(db, current)
  // One key a command: two payloads may live in two slots of a cluster.
  const removed: number[] = []
  const left: number[] = []
  for (let at = 0; at < superseded.length; at += KEYS_AT_ONCE) {
    const some = superseded.slice(at, at + KEYS_AT_ONCE)
    removed.push(...(await Promise.all(some.map((key) => cacheRedis.unlink(key)))))
    left.push(...(await Promise.all(some.map((key) => cacheRedis.exists(key)))))
  }
  return {
    layer: 'redis',
    entities: current.filter(({ kind }) => resourceOf(kind)?.payloadKey).length,
    removed: removed.reduce((sum, count) => sum + count, 0),
    durationMs: performance.now() - start,
    verified: left.every((count) => count === 0),
    readAt: new Date(),
    detail: { looked: superseded.length },
  }
}

/** Next's own invalidation, then each instance's pages as a shopper gets them. */
async function refreshPages(context: InvalidationContext, expected: VersionedTag[]): Promise<LayerReport> {
  const start = performance.now()
  for (let at = 0; at < expected.length; at += TAGS_A_REQUEST)
    await refresh(context, expected.slice(at, at + TAGS_A_REQUEST))
  // An instance that cannot be connected to serves nobody, and comes back with an empty memory.
  const up = await instancesUp(context.webUrls)
  if (up.length === 0) throw new FreshnessError('NOT_VERIFIED', 'no web instance answers', { retryable: true })
  const readings = await readPagesBack(context.db, up, expected)
  const behind = readings.filter(({ verdict }) => verdict !== 'fresh')
  return {
    layer: 'page',
    entities: expected.length,
    durationMs: performance.now() - start,
    verified: behind.length === 0,
    readAt: new Date(),
    detail: {
      instances: up.length,
      down: context.webUrls.filter((webUrl) => !up.includes(webUrl)),
      read: readings.length,
      behind: behind.slice(0, PRODUCTS_PER_PAGE).map(({ reading: { url, status }, version, verdict, why }) => ({
        url,
        status: status ?? null,
        version: version ?? null,
        verdict,
        why,
      })),
    },
  }
}

async function tellWeb(url: string, internalSecret: string, tags: string[]): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [INTERNAL_SECRET_HEADER]: internalSecret, ...correlationHeaders() },
    body: JSON.stringify({ tags }),
    signal: AbortSignal.timeout(WEB_TIMEOUT_MS),
  })
  if (!response.ok) throw new FreshnessError('NOT_VERIFIED', `${url} answered ${response.status}`, { retryable: true })
}

async function refresh(
  { webUrls, internalSecret }: InvalidationContext,
  versions: readonly VersionedTag[],
): Promise<void> {
  // The cache handlers write to Redis, which all instances read: one that answers is enough to revalidate. The version
  // goes with the tag, so that a page which was rendered since the change stays.
  const outdated = versions.map(({ kind, id, version }) => versionedTag(kind, id, version))
  await Promise.any(webUrls.map((webUrl) => tellWeb(`${webUrl}/api/internal/revalidate`, internalSecret, outdated)))
  // Each instance warms what its own shoppers ask for; one that is away has nothing to warm.
  const tags = versions.map(({ kind, id }) => tag(kind, id))
  await Promise.allSettled(webUrls.map((webUrl) => tellWeb(`${webUrl}/api/internal/warm`, internalSecret, tags)))
}

/** The consumer's own record of what it applied; it never moves backwards. */
async function applyPriceIndex(db: Db, expected: VersionedTag[]): Promise<void> {
  const ids = expected.filter(({ kind }) => kind === 'price').map(({ id }) => id)
  if (ids.length === 0) return
  await db.$executeRaw`
    INSERT INTO price_index (product_id, version, version_updated_at, applied_at)
    SELECT product_id, version, version_updated_at, clock_timestamp() FROM prices WHERE product_id = ANY(${ids}) ORDER BY product_id
    ON CONFLICT (product_id) DO UPDATE SET
      version = GREATEST(price_index.version, excluded.version),
      version_updated_at = GREATEST(price_index.version_updated_at, excluded.version_updated_at),
      applied_at = excluded.applied_at`
}
