/**
 * Counts the requests for each page with one map update a request. Halving the counts every
 * minute makes them an average that forgets; the pages not asked for the longest fall out.
 */
import { LRUCache } from 'lru-cache'

/** Marks a read by the system itself, which is no visit. */
export const PROBE_HEADER = 'x-evergreen-probe'

const HALVE_AFTER_MS = 60_000
const MAX_PAGES = 20_000
/** Sorting them all takes milliseconds: not for each of a hundred edits a second. */
const RANKING_HOLDS_MS = 2_000

export class Visits {
  readonly #counts = new LRUCache<string, number>({ max: MAX_PAGES })
  readonly #now: () => number
  #halvedAt: number
  #ranking: { pages: string[]; at: number } | undefined

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#halvedAt = now()
  }

  /** @param page any key */
  count(page: string): void {
    if (this.#now() - this.#halvedAt > HALVE_AFTER_MS) this.#halve()
    this.#counts.set(page, (this.#counts.get(page) ?? 0) + 1)
  }

  /** @returns the most visited pages, the most visited first, as they were at most two seconds ago */
  mostVisited(limit: number): string[] {
    if (!this.#ranking || this.#now() - this.#ranking.at > RANKING_HOLDS_MS) {
      const pages = [...this.#counts.entries()].toSorted(([, a], [, b]) => b - a).map(([page]) => page)
      this.#ranking = { pages, at: this.#now() }
    }
    return this.#ranking.pages.slice(0, limit)
  }

  #halve(): void {
    this.#halvedAt = this.#now()
    for (const [page, count] of this.#counts.entries()) {
      if (count < 1) this.#counts.delete(page)
      else this.#counts.set(page, count / 2)
    }
  }
}
