/**
 * One product page in N regions: edits, reads, and what each region's cache shows. Times are milliseconds. A read that
 * misses asks the shop, which is always right at the moment when it reads, and stores the answer when the render ends:
 * in between an edit can come, and a purge can be too early.
 */
import { mulberry32, type Random } from '../../tools/figures/mulberry32.ts'
import { exponential, logNormal, uniform } from './random.ts'

export interface Scheme {
  readonly name: string
  /** From the call until the region has dropped the page; undefined: nothing is purged. */
  readonly purgeMs?: (random: Random) => number
  /** Purged once more so long after the first time. */
  readonly secondPurgeMs?: number
  /** From the write until the region reads the new version from its index; undefined: the key has no version. */
  readonly indexMs?: (random: Random) => number
  /** Whether an answer is kept under the version that it names itself; else under the one that the index says then. */
  readonly keyOf: 'address' | 'own version' | 'index version'
}

export interface RegionModel {
  readonly regions: number
  readonly edits: number
  /** Mean time between two edits of the product. */
  readonly betweenEditsMs: number
  /** Mean time between two reads in a region. */
  readonly betweenReadsMs: number
  readonly ttlMs: number
  readonly seed: number
}

export interface Outcome {
  readonly reads: number
  readonly stale: number
  readonly hits: number
  /** For each edit and region: from the commit until the last read that did not show it. Sorted. */
  readonly windows: Float64Array
}

interface Event {
  readonly at: number
  readonly kind: 'read' | 'purge' | 'index' | 'store'
  readonly version: number
  readonly key: string
}

/** Published: a page of the shop takes 20 to 60 ms, one of a cold one up to seconds. */
const renderMs = (random: Random) => logNormal(random, 60, 0.9)
/** From the shop's process to the vendor's interface. */
const CALL_MS = 50

function regionEvents(
  scheme: Scheme,
  commits: readonly number[],
  endAt: number,
  betweenReadsMs: number,
  random: Random,
): Event[] {
  const events: Event[] = []
  for (let at = exponential(random, betweenReadsMs); at < endAt; at += exponential(random, betweenReadsMs))
    events.push({ at, kind: 'read', version: 0, key: '' })
  commits.forEach((commit, i) => {
    const version = i + 1
    const called = commit + CALL_MS
    for (const after of [0, scheme.secondPurgeMs]) {
      if (scheme.purgeMs && after !== undefined)
        events.push({ at: called + after + scheme.purgeMs(random), kind: 'purge', version, key: '' })
    }
    if (scheme.indexMs) events.push({ at: called + scheme.indexMs(random), kind: 'index', version, key: '' })
  })
  return events.sort((a, b) => a.at - b.at)
}

function simulateRegion(
  scheme: Scheme,
  commits: readonly number[],
  model: RegionModel,
  random: Random,
): { reads: number; stale: number; hits: number; windows: number[] } {
  const endAt = (commits.at(-1) ?? 0) + 2 * model.betweenEditsMs
  const events = regionEvents(scheme, commits, endAt, model.betweenReadsMs, random)
  const stores: Event[] = []
  const kept = new Map<string, { version: number; until: number }>()
  const windows = commits.map(() => 0)
  let [indexed, reads, stale, hits, committed] = [0, 0, 0, 0, 0]
  const keyOf = (own: number) =>
    scheme.keyOf === 'address' ? '' : String(scheme.keyOf === 'own version' ? own : indexed)

  const settle = (before: number) => {
    while ((stores[0]?.at ?? Infinity) <= before) {
      const { at, version, key } = stores.shift()!
      kept.set(key, { version, until: at + model.ttlMs })
      // The Worker writes a newer version that it is shown to the index itself; where it was written it is seen at once.
      if (scheme.indexMs) indexed = Math.max(indexed, version)
    }
  }
  for (const { at, kind, version } of events) {
    settle(at)
    while ((commits[committed] ?? Infinity) <= at) committed++
    if (kind === 'purge') kept.clear()
    else if (kind === 'index') indexed = Math.max(indexed, version)
    else {
      reads++
      const found = kept.get(scheme.keyOf === 'address' ? '' : String(indexed))
      const hit = found !== undefined && found.until > at
      const shown = hit ? found.version : committed
      if (hit) hits++
      else {
        const stored = at + renderMs(random)
        stores.push({ at: stored, kind: 'store', version: committed, key: keyOf(committed) })
        stores.sort((a, b) => a.at - b.at)
      }
      if (shown < committed) {
        stale++
        for (let missed = shown; missed < committed; missed++)
          windows[missed] = Math.max(windows[missed] ?? 0, at - (commits[missed] ?? at))
      }
    }
  }
  return { reads, stale, hits, windows }
}

export function simulate(scheme: Scheme, model: RegionModel): Outcome {
  const random = mulberry32(model.seed)
  const commits: number[] = []
  for (let at = 0; commits.length < model.edits;) commits.push((at += exponential(random, model.betweenEditsMs)))
  const windows: number[] = []
  const totals = { reads: 0, stale: 0, hits: 0 }
  for (let region = 0; region < model.regions; region++) {
    const of = simulateRegion(scheme, commits, model, mulberry32(model.seed * 1_000 + region))
    totals.reads += of.reads
    totals.stale += of.stale
    totals.hits += of.hits
    windows.push(...of.windows)
  }
  return { ...totals, windows: Float64Array.from(windows).sort() }
}

/** Published: "Instant Purge" under 150 ms in the median. */
export const cloudflarePurge = (random: Random) => logNormal(random, 150, 0.5)
/** Published: about 150 ms. */
export const fastlyPurge = (random: Random) => logNormal(random, 150, 0.25)
/** Observed by its users: 3 to 15 s. */
export const cloudFrontPurge = (random: Random) => uniform(random, 3_000, 15_000)
/** Published: visible at once where it was written, elsewhere when what was read before runs out, in up to 60 s. */
export const kvReplication = (random: Random) => uniform(random, 0, 60_000)
