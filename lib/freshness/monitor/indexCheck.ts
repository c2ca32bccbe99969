/** Compares the version index with Postgres: what changed lately, and a sample of the rest. Lowered and missing are raised again. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Finding } from '../alerts/finding.ts'
import { keys } from '../keys.ts'
import { parseTag, tag, type VersionedTag } from '../tags.ts'
import { parseTagState } from '../tagState.ts'
import { type Check, MOST_NAMED, type MonitorContext } from './context.ts'
import { countRepairs } from './metrics.ts'
import { sampleProducts } from './sample.ts'

/** The writer, or for a write past the application the relay, is on its way. */
const GRACE_MS = 1_000
const RECENT = 300
const RANDOM = 100

/** What the index lacks, with what it has. */
interface Low extends VersionedTag {
  readonly found: number
}

async function lowerIn({ indexRedis }: MonitorContext, expected: readonly VersionedTag[]): Promise<Low[]> {
  if (expected.length === 0) return []
  const texts = await indexRedis.mget(expected.map(({ kind, id }) => keys.tag(tag(kind, id))))
  return expected.flatMap((one, i) => {
    const found = parseTagState(texts[i] ?? null).version
    return found < one.version ? [{ ...one, found }] : []
  })
}

/** Versions as Postgres has them, then the index twice: what is still low the second time was not on its way. */
async function raiseLow(context: MonitorContext, tags: string[]): Promise<Low[]> {
  const versions = await context.source.versions(tags)
  const expected = [...versions].flatMap(([name, version]) => {
    const ref = parseTag(name)
    return ref ? [{ ...ref, version }] : []
  })
  // A tag that nobody has read is in no entry either; the first read fills it.
  const first = await lowerIn(context, expected)
  if (first.length === 0) return []
  await delay(Math.min(GRACE_MS, context.budgetMs / 4))
  const low = await lowerIn(context, first)
  await context.index.advance(low)
  countRepairs('index-advanced', low.filter(({ found }) => found > 0).length)
  countRepairs('index-filled', low.filter(({ found }) => found === 0).length)
  return low
}

function finding({ kind, id, found, version }: Low): Finding {
  const name = tag(kind, id)
  return {
    dedupKey: `tag:${name}`,
    kind: 'index-repaired',
    severity: 'warning',
    summary: `The version index was behind for ${kind === 'price' ? `product ${id}` : name}: version ${found}, Postgres has ${version}. The monitor raised it.`,
    detail: { layer: 'index', tag: name, productId: kind === 'price' || kind === 'product' ? id : null, found, version },
  }
}

export function indexCheck(): Check {
  return {
    name: 'index',
    async run(context) {
      const { recent, random } = await sampleProducts(context.db, RECENT, RANDOM)
      const tags = [...new Set([...recent, ...random])].flatMap((id) => [tag('price', id), tag('product', id)])
      tags.push(tag('catalog', 1))
      const low = (await raiseLow(context, tags)).filter(({ found }) => found > 0)
      const ahead = await context.index.reconcile(tags)
      countRepairs('index-lowered', ahead.length)
      return [
        ...low.slice(0, MOST_NAMED).map(finding),
        ...ahead.slice(0, MOST_NAMED).map((name): Finding => ({
          dedupKey: `tag:${name}`,
          kind: 'index-repaired',
          severity: 'warning',
          summary: `The version index was ahead of Postgres for ${name}: restored from a backup, or written by hand. The monitor put it back.`,
          detail: { layer: 'index', tag: name, productId: parseTag(name)?.id ?? null },
        })),
      ]
    },
  }
}
