/** The steps of the invalidation job, a layer each: what is done there, and how it is known that the layer has passed the changes. */
import { Cluster } from 'ioredis'
import { resourceOf } from '#lib/catalog/resources.ts'
import type { Db } from '#lib/platform/db.ts'
import { tag, type VersionedTag } from '#lib/coherence/tags.ts'
import { hasApplied } from './applied.ts'
import type { InvalidationContext } from './invalidation.ts'
import type { LayerReport } from './ledger.ts'
import { behindInIndex } from './readBack.ts'
import { revalidate, warm, type InstanceAnswer } from './webTier.ts'

/** Superseded payloads are looked for so many versions back; older ones are gone by their TTL. */
const SUPERSEDED_VERSIONS = 20
/** A burst or a command of more would run into the time-out of its last command. */
const KEYS_AT_ONCE = 1_000

/** Raises what the relay has not raised before. */
export async function advanceIndex(
  { index, publisher }: InvalidationContext,
  expected: readonly VersionedTag[],
): Promise<LayerReport> {
  const start = performance.now()
  const news = await behindInIndex(index, expected)
  // Of nothing, it still says which term the process believes.
  const { written } = await publisher.advance(news)
  const behind = news.length > 0 ? await behindInIndex(index, news) : []
  // An index that is no longer the one that is believed may show what was advanced there to nobody.
  const isCurrent = expected.length === 0 || (await index.isCurrent(written.term))
  return {
    layer: 'index',
    entities: expected.length,
    durationMs: performance.now() - start,
    verified: behind.length === 0 && isCurrent,
    readAt: new Date(),
    detail: {
      read: expected.length,
      advanced: news.length,
      term: written.term,
      isCurrent,
      behind: behind.map(({ kind, id }) => tag(kind, id)),
    },
  }
}

/** @returns the keys of what is kept of versions before `current`, of kinds that keep something */
async function supersededKeys(db: Db, current: readonly VersionedTag[]): Promise<string[]> {
  const prices = current.filter(({ kind }) => kind === 'price').map(({ id }) => id)
  const rows = await db.$queryRaw<{ id: number; version: bigint }[]>`
    SELECT product_id AS id, version FROM price_index WHERE product_id = ANY(${prices}::int[])`
  const applied = new Map(rows.map(({ id, version }) => [tag('price', id), Number(version)]))
  return current.flatMap(({ kind, id, version }) => {
    const payloadKey = resourceOf(kind)?.payloadKey
    if (!payloadKey) return []
    const from = Math.max(1, applied.get(tag(kind, id)) ?? version - 1, version - SUPERSEDED_VERSIONS)
    return Array.from({ length: Math.max(0, version - from) }, (_, i) => payloadKey(id, from + i))
  })
}

/** Removes the payloads of older versions. */
export async function clearSuperseded(
  { db, cacheRedis }: InvalidationContext,
  current: readonly VersionedTag[],
): Promise<LayerReport> {
  const start = performance.now()
  const superseded = await supersededKeys(db, current)
  let removed = 0
  let left = 0
  for (let at = 0; at < superseded.length; at += KEYS_AT_ONCE) {
    const some = superseded.slice(at, at + KEYS_AT_ONCE)
    // Two payloads may live in two slots of a cluster. A connection answers in the order in which it was asked.
    const commands = cacheRedis instanceof Cluster ? some.map((key) => [key]) : [some]
    const gone = commands.map((keys) => cacheRedis.unlink(keys))
    const there = commands.map((keys) => cacheRedis.exists(keys))
    for (const count of await Promise.all(gone)) removed += count
    for (const count of await Promise.all(there)) left += count
  }
  return {
    layer: 'redis',
    entities: current.filter(({ kind }) => resourceOf(kind)?.payloadKey).length,
    removed,
    durationMs: performance.now() - start,
    verified: left === 0,
    readAt: new Date(),
    detail: { looked: superseded.length },
  }
}

/**
 * Next's own invalidation, and what each instance has applied since: a page is served only after a check against the index that
 * its instance follows.
 * @returns the report, and the instances that answer
 * @throws {FreshnessError} NOT_VERIFIED when none does
 */
export async function refreshPages(
  context: InvalidationContext,
  expected: VersionedTag[],
): Promise<{ report: LayerReport; instances: readonly InstanceAnswer[] }> {
  const start = performance.now()
  await revalidate(context, expected)
  const now = await context.index.read([])
  const head = now.from === 'index' ? now.head : 0
  const answers = await warm(context, expected)
  const behind = answers.filter(({ applied }) => !hasApplied(applied, head))
  const heard = answers.map(({ url }) => url)
  const report: LayerReport = {
    layer: 'page',
    entities: expected.length,
    durationMs: performance.now() - start,
    verified: behind.length === 0,
    readAt: new Date(),
    detail: {
      instances: heard.length,
      down: context.webUrls.filter((url) => !heard.includes(url)),
      head,
      notApplied: behind.map(({ url, applied }) => ({ url, head: applied.head })),
    },
  }
  return { report, instances: answers }
}

/** The consumer's own record of what it applied; it never moves backwards. */
export async function applyPriceIndex(db: Db, expected: readonly VersionedTag[]): Promise<void> {
  const prices = expected.filter(({ kind }) => kind === 'price')
  if (prices.length === 0) return
  await db.$executeRaw`
    INSERT INTO price_index AS applied (product_id, version, version_updated_at, applied_at)
    SELECT product_id, delivered.version, version_updated_at, clock_timestamp()
    FROM unnest(${prices.map(({ id }) => id)}::int[], ${prices.map(({ version }) => BigInt(version))}::bigint[]) AS delivered(product_id, version)
    JOIN prices USING (product_id) ORDER BY product_id
    ON CONFLICT (product_id) DO UPDATE SET
      version = excluded.version, version_updated_at = excluded.version_updated_at, applied_at = excluded.applied_at
    WHERE applied.version < excluded.version`
}
