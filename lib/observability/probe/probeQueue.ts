/** Chooses the next page for the prober: what has changed lately before everything else, each language, each target. */
import { LRUCache } from 'lru-cache'
import { facetListPath, productPathAt, type ProbeTarget, type ProbeTask } from './reading.ts'
import type { RecentChange } from './source.ts'

/** Milliseconds. A change that was not read by then is left to the random sample. */
const RECENT_MS = 60_000
const MOST_WAITING = 5_000

export class ProbeQueue {
  readonly #locales: readonly string[]
  readonly #known = new LRUCache<string, true>({ max: 10_000 })
  #waiting: ProbeTask[] = []

  constructor(locales: readonly string[]) {
    this.#locales = locales
  }

  /** Each change once: its pages, and after them one narrowed list. Which language comes first follows from the change, so that all are first equally often. */
  add(changes: readonly RecentChange[], targets: readonly ProbeTarget[]): void {
    for (const { category, ...product } of changes) {
      const { productId, version, changedAt, correlationId } = product
      const change = { productId, version, changedAt, correlationId }
      const localeAt = (rank: number) => this.#locales[(productId + version + rank) % this.#locales.length] ?? 'en'
      const key = `${productId}@${version}`
      if (this.#known.has(key)) continue
      this.#known.set(key, true)
      // A newer version of the same price is read in place of the older one.
      this.#waiting = this.#waiting.filter((task) => task.change?.productId !== productId)
      this.#locales.forEach((_, rank) => {
        const locale = localeAt(rank)
        for (const target of targets) {
          // The price in a feed has nothing of a language: one a change is enough.
          if (target.layer === 'feed' && rank > 0) continue
          this.#waiting.push({ target, path: productPathAt(target, locale, product), locale, productId, change, rank })
        }
      })
      if (category === null) continue
      const rank = this.#locales.length
      const [locale, list] = [localeAt(rank), { category, brand: product.brand }]
      for (const target of targets.filter(({ layer }) => layer !== 'feed'))
        this.#waiting.push({ target, path: facetListPath(locale, list), locale, productId: undefined, change, rank })
    }
    this.#waiting.sort(
      (a, b) => a.rank - b.rank || (b.change?.changedAt.getTime() ?? 0) - (a.change?.changedAt.getTime() ?? 0),
    )
    this.#waiting.length = Math.min(this.#waiting.length, MOST_WAITING)
  }

  /** @param now by the clock of Postgres @returns how many were given up */
  dropOld(now: Date): number {
    const before = this.#waiting.length
    this.#waiting = this.#waiting.filter(({ change }) => now.getTime() - (change?.changedAt.getTime() ?? 0) < RECENT_MS)
    return before - this.#waiting.length
  }

  take(most: number): ProbeTask[] {
    return this.#waiting.splice(0, most)
  }

  get size(): number {
    return this.#waiting.length
  }
}
