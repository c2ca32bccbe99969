/**
 * The steps of the invalidation job, one for each layer: what the step does there, and how it knows that the layer has
 * the changes.
 */
import type { Db } from '#lib/platform/db.ts'
import { clearSuperseded } from '#lib/coherence/index.ts'
import { tag, type VersionedTag } from '#lib/coherence/tags.ts'
import { hasApplied } from './appliedPosition.ts'
import type { InvalidationContext } from './invalidation.ts'
import type { LayerReport } from './ledger.ts'
import { behindInIndex } from './readBack.ts'
import { revalidate, warm, type InstanceAnswer } from './webTier.ts'

/** Raises what the relay has not raised before. */
export async function advanceIndex(
  { index, publisher }: InvalidationContext,
  expected: readonly VersionedTag[],
): Promise<LayerReport> {
  const start = performance.now()
  const news = await behindInIndex(index, expected)
  // With no changes, it still says which term the process believes.
  const { written } = await publisher.advance(news)
  const behind = news.length > 0 ? await behindInIndex(index, news) : []
  // No reader sees what was advanced in an index of a term that is over.
  const isCurrent = expected.length === 0 || (await index.isCurrent(written.lease))
  return {
    layer: 'index',
    entities: expected.length,
    durationMs: performance.now() - start,
    verified: behind.length === 0 && isCurrent,
    readAt: new Date(),
    detail: {
      read: expected.length,
      advanced: news.length,
      lease: written.lease,
      isCurrent,
      behind: behind.map(({ kind, id }) => tag(kind, id)),
    },
  }
}

/** Takes out of Redis what was made from older versions: pages and values. Templates hold no price, so one of those stays. */
export async function clearRedis(
  { cacheRedis, source }: InvalidationContext,
  current: readonly VersionedTag[],
): Promise<LayerReport> {
  const start = performance.now()
  const looked = current.filter(({ kind }) => source.payloadKinds.has(kind))
  const removed = await clearSuperseded(cacheRedis, looked)
  return {
    layer: 'redis',
    entities: looked.length,
    removed,
    durationMs: performance.now() - start,
    verified: true, // by its answers
    readAt: new Date(),
    detail: { looked: looked.length },
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
      // For the receipts: an instance has passed the changes of this job from then on.
      applied: answers
        .filter((answer) => !behind.includes(answer))
        .map(({ url, answeredAt }) => ({ url, at: answeredAt.toISOString() })),
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
