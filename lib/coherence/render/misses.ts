/** Counts the misses of each page in this process lately. It finds pages that are built over and over, so are not kept. */
import { LRUCache } from 'lru-cache'
import { unmeasured, type MetricsSink } from '../ports.ts'

const WINDOW_MS = 60_000
const MAX_PAGES = 5_000
/** Pages named in the metrics: each is a time series. */
const NAMED = 5
const MISSES = {
  name: 'page_misses_last_minute',
  help: `The ${NAMED} pages that had to be built most often in the last minute`,
  labels: ['page'],
}

export class Misses {
  readonly #now: () => number
  #current = new LRUCache<string, number>({ max: MAX_PAGES })
  #previous = new LRUCache<string, number>({ max: MAX_PAGES })
  #since: number

  /** @param now milliseconds of a clock that only goes forward */
  constructor(metrics: MetricsSink = unmeasured, now: () => number = () => performance.now()) {
    this.#now = now
    this.#since = now()
    metrics.gauge(MISSES, () => this.most(NAMED).map(([page, value]) => ({ labels: { page }, value })))
  }

  count(page: string): void {
    this.#rotate()
    this.#current.set(page, (this.#current.get(page) ?? 0) + 1)
  }

  /** @returns the pages missed most in the last minute, with how often, as far as two windows can say */
  most(limit: number): [page: string, misses: number][] {
    this.#rotate()
    const share = 1 - (this.#now() - this.#since) / WINDOW_MS
    const counts = new Map([...this.#previous.entries()].map(([page, count]) => [page, count * share]))
    for (const [page, count] of this.#current.entries()) counts.set(page, count + (counts.get(page) ?? 0))
    return [...counts]
      .map(([page, count]): [string, number] => [page, Math.round(count)])
      .filter(([, count]) => count > 0)
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, limit)
  }

  #rotate(): void {
    const age = this.#now() - this.#since
    if (age < WINDOW_MS) return
    this.#previous = age < 2 * WINDOW_MS ? this.#current : new LRUCache({ max: MAX_PAGES })
    this.#current = new LRUCache({ max: MAX_PAGES })
    this.#since += Math.floor(age / WINDOW_MS) * WINDOW_MS
  }
}
