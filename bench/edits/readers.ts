/** Readers in a closed loop: each asks for its next page as soon as it has the last one. */
import { percentile } from '../../tools/figures/percentile.ts'
import { statementOf } from '../lib/pages.ts'
import type { Acknowledged } from './acknowledged.ts'
import { type Visit, Visitors } from './visit.ts'

/** One page in so many milliseconds is looked into: as many at each rate, so that looking costs the same at each. */
const SAMPLE_EVERY_MS = 10

export interface Reading {
  /** Good answers within the window. */
  readonly readsPerSecond: number
  /** Milliseconds, of good answers and errors alike. */
  readonly p50: number
  readonly p99: number
  /** The number of failures of each kind. */
  readonly errors: Readonly<Record<string, number>>
  readonly sampled: number
  /** Sampled pages with a price older than the version that was acknowledged before the read began. */
  readonly stale: number
  /** The longest time between the acknowledgement of an edit and a read that misses it, in milliseconds. */
  readonly oldestMs: number
  /** Different renders among the answers that the server did not have in its cache. */
  readonly rendersSeen: number
}

interface Plan {
  /** The i-th address to ask for. */
  readonly url: (i: number) => string
  readonly readers: number
  /** Visits that end within this count, as `performance.now` counts; the readers are at it from the call on. */
  readonly from: number
  readonly until: number
  readonly acknowledged: Acknowledged
  /** Whether pages that were no hit are looked into, all of them, to count their renders. */
  readonly countRenders: boolean
}

export async function readAll({ url, readers, from, until, acknowledged, countRenders }: Plan): Promise<Reading> {
  const visitors = new Visitors()
  const errors: Record<string, number> = {}
  const ms: number[] = []
  const renders = new Set<string>()
  const sum = { reads: 0, sampled: 0, stale: 0, oldestMs: 0 }
  let sampleAt = 0

  function note(address: string, visit: Visit, isSample: boolean): void {
    const end = visit.start + visit.ms
    if (end < from) return
    ms.push(visit.ms)
    if (visit.error) errors[visit.error] = (errors[visit.error] ?? 0) + 1
    else if (end < until) sum.reads++
    if (visit.html === undefined || visit.error) return
    const { versions, renderedAt } = statementOf(visit.html)
    if (!visit.hit) renders.add(`${address} ${renderedAt}`)
    if (!isSample) return
    sum.sampled++
    const missed = acknowledged.missedFor(versions, visit.start)
    if (missed === undefined) return
    sum.stale++
    sum.oldestMs = Math.max(sum.oldestMs, missed)
  }

  let next = 0
  async function reader(): Promise<void> {
    for (let now = performance.now(); now < until; now = performance.now()) {
      const address = url(next++)
      const isSample = now >= Math.max(sampleAt, from)
      if (isSample) sampleAt = now + SAMPLE_EVERY_MS
      note(address, await visitors.visit(address, (hit) => isSample || (countRenders && !hit)), isSample)
    }
  }
  await Promise.all(Array.from({ length: readers }, reader))
  visitors.close()
  return {
    readsPerSecond: sum.reads / ((until - from) / 1_000),
    p50: percentile(ms, 0.5),
    p99: percentile(ms, 0.99),
    errors,
    sampled: sum.sampled,
    stale: sum.stale,
    oldestMs: sum.oldestMs,
    rendersSeen: renders.size,
  }
}
