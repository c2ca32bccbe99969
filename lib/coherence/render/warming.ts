/**
 * Renders the most visited of the affected pages again after an invalidation, before the next shopper asks. Number and concurrency
 * are bounded, so that an edit of 50,000 prices starts no herd of renders.
 */
import { silent, unmeasured, type Log, type Ports } from '../ports.ts'
import { RateLimiter } from './rateLimiter.ts'
import type { Dependencies } from '../protocol/freshness.ts'
import type { PageCache } from '../store/pageCache.ts'
import type { Visits } from './visits.ts'

/** The number of most visited pages to consider, whether an edit affects them or not. */
const CONSIDERED = 1_000
const WARMED = 100
const CONCURRENCY = 2
/** Renders at once, before the rate is limited. */
const BURST = 20

export interface WarmingOptions {
  readonly cache: PageCache
  readonly visits: Visits
  /** Makes the page under a key of the cache fresh, rendering it where that is due. */
  readonly refresh: (key: string) => Promise<unknown>
  /** After a purge of everything each page costs Postgres its queries again. */
  readonly rendersPerSecond: number
  readonly metrics?: Ports['metrics']
  readonly log?: Ports['log']
}

const WAITING = {
  name: 'warming_waiting_pages',
  help: 'Popular pages that wait to be rendered again after an invalidation',
}
const DONE = {
  name: 'warming_pages_total',
  help: 'Popular pages that were made fresh again before a visitor asked for them',
}

export class Warming {
  readonly #options: WarmingOptions
  readonly #waiting = new Set<string>()
  readonly #rate: RateLimiter
  readonly #log: Log
  #running = 0
  #warmed = 0

  constructor(options: WarmingOptions) {
    this.#options = options
    this.#rate = new RateLimiter(options.rendersPerSecond, BURST)
    const { metrics = unmeasured, log = silent } = options
    this.#log = log('warming')
    metrics.gauge(WAITING, () => [{ value: this.#waiting.size + this.#running }])
    metrics.counter(DONE, () => [{ value: this.#warmed }])
  }

  /**
   * Starts to warm the pages of this process that carry any of `tags`.
   * @returns the pages that it will look at
   */
  warm(tags: readonly string[]): readonly string[] {
    const affected = new Set(tags)
    const { cache, visits } = this.#options
    const keys: string[] = []
    for (const key of visits.mostVisited(CONSIDERED)) {
      const entry = cache.peek(key)
      if (entry && carriesOne(entry.dependencies, affected)) keys.push(key)
      if (keys.length === WARMED) break
    }
    for (const key of keys) this.#waiting.add(key)
    while (this.#running < Math.min(CONCURRENCY, this.#waiting.size)) void this.#work()
    return keys
  }

  /** @returns the keys of the pages that this process was asked for most, for one that starts */
  popular(limit: number): readonly string[] {
    return this.#options.visits.mostVisited(limit)
  }

  /**
   * Makes pages ready that another process was asked for, before this one takes requests: taken from Redis where they are of the
   * same build, rendered otherwise. Not limited in its rate, as no visitor waits behind it.
   * @param stop leaves the rest to the visitors
   * @returns how many are ready
   */
  async ready(keys: readonly string[], stop: AbortSignal): Promise<number> {
    const waiting = [...keys]
    let done = 0
    const work = async () => {
      for (let key = waiting.shift(); key !== undefined && !stop.aborted; key = waiting.shift())
        await this.#options.refresh(key).then(
          () => done++,
          (error: unknown) => this.#log.debug({ err: error, key }, 'not ready: the first visitor waits for the render'),
        )
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, work))
    return done
  }

  async #work(): Promise<void> {
    this.#running++
    for (const key of this.#waiting) {
      this.#waiting.delete(key)
      try {
        await this.#rate.turn()
        await this.#options.refresh(key)
        this.#warmed++
      } catch (error) {
        this.#log.debug({ err: error, key }, 'not warmed: the next shopper waits for the render')
      }
    }
    this.#running--
  }
}

/** Whether it has one of `wanted`: the looks are as many as the smaller of the two has tags, as an edit mostly has one and a page seventy. */
function carriesOne({ tags, versions, slots }: Dependencies, wanted: ReadonlySet<string>): boolean {
  if (wanted.size > tags.length) return tags.some((name) => wanted.has(name))
  for (const name of wanted) if (slots.has(name) || versions.has(name) || tags.includes(name)) return true
  return false
}
