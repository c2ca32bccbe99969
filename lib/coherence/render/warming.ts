/**
 * After an invalidation the most visited of the affected pages are rendered again before the next shopper asks:
 * bounded in number and in concurrency, so that an edit of fifty thousand prices starts no herd.
 */
import { logger } from '#lib/platform/logger.ts'
import { publishWarming } from '../metrics.ts'
import { RateLimiter } from './rateLimiter.ts'
import type { PageCache } from '../store/pageCache.ts'
import type { Visits } from './visits.ts'

/** Of the most visited pages so many are looked at, whether an edit affects them or not. */
const CONSIDERED = 1_000
const WARMED = 100
const CONCURRENCY = 2
/** Renders at once, before the pace holds. */
const BURST = 20

export interface WarmingOptions {
  readonly cache: () => PageCache
  readonly visits: Visits
  /** Makes the page under a key of the cache fresh, rendering it where that is due. */
  readonly refresh: (key: string) => Promise<unknown>
  /** After a purge of everything each page costs Postgres its queries again. */
  readonly rendersPerSecond: number
}

export class Warming {
  readonly #options: WarmingOptions
  readonly #waiting = new Set<string>()
  readonly #pace: RateLimiter
  #running = 0
  #warmed = 0

  constructor(options: WarmingOptions) {
    this.#options = options
    this.#pace = new RateLimiter(options.rendersPerSecond, BURST)
    publishWarming(() => ({ waiting: this.#waiting.size + this.#running, warmed: this.#warmed }))
  }

  /**
   * Starts to warm the pages of this process that carry any of `tags`.
   * @returns how many it will look at
   */
  warm(tags: readonly string[]): number {
    const affected = new Set(tags)
    const { cache, visits } = this.#options
    const keys = visits.mostVisited(CONSIDERED).filter((key) =>
      cache()
        .peek(key)
        ?.dependencies.tags.some((tag) => affected.has(tag)),
    )
    for (const key of keys.slice(0, WARMED)) this.#waiting.add(key)
    while (this.#running < Math.min(CONCURRENCY, this.#waiting.size)) void this.#work()
    return Math.min(keys.length, WARMED)
  }

  async #work(): Promise<void> {
    this.#running++
    for (const key of this.#waiting) {
      this.#waiting.delete(key)
      try {
        await this.#pace.turn()
        await this.#options.refresh(key)
        this.#warmed++
      } catch (error) {
        logger('warming').debug({ err: error, key }, 'not warmed: the next shopper waits for the render')
      }
    }
    this.#running--
  }
}
