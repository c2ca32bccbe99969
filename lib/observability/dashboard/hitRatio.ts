/** The page reads that the caches answered: summed over what the web instances count themselves. */
import { fetchMetrics } from '#lib/platform/http/askInstance.ts'
import type { HitRatio } from './shapes.ts'

const TIMEOUT_MS = 1_500
const PAGE_READS = /^evergreen_cache_reads_total\{([^}]*)\} (\d+)/gm

export interface PageReads {
  readonly hits: number
  readonly misses: number
  readonly stale: number
}

/** @param text of `/api/metrics` */
export function pageReads(text: string): PageReads {
  const counts = new Map<string, number>()
  for (const [, labels = '', count] of text.matchAll(PAGE_READS)) {
    const outcome = /outcome="([a-z0-9]+)"/.exec(labels)?.[1]
    if (outcome && labels.includes('store="page"')) counts.set(outcome, (counts.get(outcome) ?? 0) + Number(count))
  }
  const of = (outcome: string) => counts.get(outcome) ?? 0
  return { hits: of('l1') + of('redis') + of('unconfirmed'), misses: of('miss'), stale: of('stale') }
}

async function instanceReads(webUrl: string): Promise<PageReads> {
  const response = await fetchMetrics(webUrl, TIMEOUT_MS)
  if (!response.ok) throw new Error(`${webUrl}/api/metrics answered ${response.status}`)
  return pageReads(await response.text())
}

const NOTHING_READ: PageReads = { hits: 0, misses: 0, stale: 0 }

/** Remembers the reads of the last minutes: counters only grow, and one that shrank is of an instance that began anew. */
export class HitRatios {
  readonly #samples: { at: number; byInstance: (PageReads | undefined)[] }[] = []
  readonly #keepMs: number

  constructor(keepMs: number) {
    this.#keepMs = keepMs
  }

  async sample(webUrls: readonly string[], now = Date.now()): Promise<HitRatio> {
    const byInstance = await Promise.all(webUrls.map((webUrl) => instanceReads(webUrl).catch(() => undefined)))
    return this.add(byInstance, now)
  }

  add(byInstance: (PageReads | undefined)[], now: number): HitRatio {
    this.#samples.push({ at: now, byInstance })
    while (now - (this.#samples[0]?.at ?? now) > this.#keepMs) this.#samples.shift()
    const total = { hits: 0, reads: 0, stale: 0 }
    let seconds = 0
    byInstance.forEach((current, i) => {
      if (!current) return
      const before = this.#samples.find(({ at, byInstance: reads }) => at < now && isBefore(reads[i], current))
      const since = before?.byInstance[i] ?? NOTHING_READ
      seconds = Math.max(seconds, before ? Math.round((now - before.at) / 1_000) : 0)
      total.hits += current.hits - since.hits
      total.reads += current.hits - since.hits + current.misses - since.misses
      total.stale += current.stale - since.stale
    })
    return { ...total, instances: byInstance.length, unreachable: byInstance.filter((reads) => !reads).length, seconds }
  }
}

function isBefore(earlier: PageReads | undefined, later: PageReads): boolean {
  return (
    earlier !== undefined &&
    earlier.hits <= later.hits &&
    earlier.misses <= later.misses &&
    earlier.stale <= later.stale
  )
}
