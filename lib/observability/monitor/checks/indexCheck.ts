/** Compares the version index with Postgres: what changed lately, and a sample of the rest. Lowered and missing are raised again. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Finding } from '#lib/alerts/finding.ts'
import { parseTag, tag, type VersionedTag } from '#lib/coherence/tags.ts'
import { resourceOf } from '#lib/catalog/resources.ts'
import { type Check, MOST_NAMED, type MonitorContext, sampleTags } from '../context.ts'
import { countRepairs } from '../metrics.ts'

/** The writer, or for a write past the application the relay, is on its way. */
const GRACE_MS = 1_000
const RECENT = 300
const RANDOM = 100

/** The tags that the index has too low, with its versions. */
interface Low extends VersionedTag {
  readonly found: number
}

async function lowerIn({ index }: MonitorContext, expected: readonly VersionedTag[]): Promise<Low[]> {
  const held = await index.held(expected)
  return expected.flatMap((one, i) => {
    const found = held[i] ?? 0
    return found < one.version ? [{ ...one, found }] : []
  })
}

/** @returns those that the consumer has applied: the index had them once */
async function onceThere({ db }: MonitorContext, low: readonly Low[]): Promise<Low[]> {
  const ids = low.filter(({ kind }) => kind === 'price').map(({ id }) => id)
  const applied = new Map(
    (await db.priceIndex.findMany({ where: { productId: { in: ids } } })).map(({ productId, version }) => [
      productId,
      Number(version),
    ]),
  )
  return low.filter(({ kind, id, version }) => kind === 'price' && (applied.get(id) ?? 0) >= version)
}

/**
 * Versions as Postgres has them, then the index. A version that was there once was lowered. The rest may be on its way: what is still
 * low at a second read is raised all the same.
 * @returns what was low and has no way to be on
 */
async function raiseLow(context: MonitorContext, tags: string[]): Promise<Low[]> {
  const versions = await context.source.versions(tags)
  const first = await lowerIn(
    context,
    [...versions].flatMap(([name, version]) => {
      const ref = parseTag(name)
      return ref ? [{ ...ref, version }] : []
    }),
  )
  // No entry that was judged carries a tag that the index lacks. It is filled, with nothing to publish, not even to the edge.
  const missing = first.filter(({ found }) => found === 0)
  if (missing.length > 0) await context.index.raise(missing)
  countRepairs('index-filled', missing.length)
  const behind = first.filter(({ found }) => found > 0)
  const lowered = await onceThere(context, behind)
  await context.publisher.publish(lowered)
  const rest = behind.filter((one) => !lowered.includes(one))
  if (rest.length > 0) await delay(Math.min(GRACE_MS, context.budgetMs / 4))
  const late = await lowerIn(context, rest)
  await context.publisher.publish(late)
  countRepairs('index-advanced', lowered.length + late.length)
  if (late.length === 0) return lowered
  const fresh = new Set(
    (await context.source.recentChanges(context.budgetMs / 4_000)).map(({ kind, id }) => tag(kind, id)),
  )
  return [...lowered, ...late.filter(({ kind, id }) => !fresh.has(tag(kind, id)))]
}

function finding({ kind, id, found, version }: Low): Finding {
  const name = tag(kind, id)
  return {
    dedupKey: `tag:${name}`,
    kind: 'index-repaired',
    severity: 'warning',
    summary: `The version index was behind for ${resourceOf(kind)?.describe(id) ?? name}: version ${found}, Postgres has ${version}. The monitor raised it.`,
    detail: {
      layer: 'index',
      tag: name,
      productId: resourceOf(kind)?.ofProduct ? id : null,
      found,
      version,
    },
  }
}

function describeTag(name: string): string {
  const ref = parseTag(name)
  return (ref && resourceOf(ref.kind)?.describe(ref.id)) ?? name
}

function productOf(name: string): number | null {
  const ref = parseTag(name)
  return ref && resourceOf(ref.kind)?.ofProduct ? ref.id : null
}

export function indexCheck(): Check {
  return {
    name: 'index',
    async run(context, report) {
      const tags = await sampleTags(context.db, RECENT, RANDOM)
      const low = (await raiseLow(context, tags)).slice(0, MOST_NAMED).map(finding)
      await report(low)
      const ahead = await context.index.reconcile(tags)
      countRepairs('rows-raised', ahead.length)
      return [
        ...low,
        ...ahead.slice(0, MOST_NAMED).map((name): Finding => ({
          dedupKey: `tag:${name}`,
          kind: 'index-repaired',
          severity: 'warning',
          summary: `The version index was ahead of Postgres for ${describeTag(name)}: restored from a backup, or written by hand. The monitor raised the row above it.`,
          detail: { layer: 'index', tag: name, productId: productOf(name) },
        })),
      ]
    },
  }
}
