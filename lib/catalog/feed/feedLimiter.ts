/**
 * Limits how much of the process the readers of feeds take. A part costs some milliseconds in which the process answers no other
 * request, so the limiter makes the parts of all readers one after the other, rests after each, and shares a part among its readers.
 */
import { setTimeout as delay } from 'node:timers/promises'
import pLimit from 'p-limit'
import { Gauge, Histogram } from 'prom-client'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { metrics } from '#lib/platform/metrics.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'

/** After a part, so many times as long as it took: feeds get at most a third of the process. */
const REST = 2
/** Parts that wait, beside those of whole feeds. */
const MOST_WAITING = 32
/** Whole feeds at once. Each waits for one part at a time. */
const MOST_WHOLE = 8
/** Whole feeds of one network, so that one visitor does not take all. */
const MOST_WHOLE_OF_ONE = 2

const measures = () =>
  processSingleton('feedMeasures', () => {
    const registers = [metrics()]
    return {
      part: new Histogram({
        name: 'evergreen_feed_part_seconds',
        help: 'The time that one part of a product feed took to make',
        buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
        registers,
      }),
      readers: new Gauge({
        name: 'evergreen_feed_readers',
        help: 'Whole product feeds that this process is sending',
        registers,
      }),
    }
  })

export interface MadePart {
  /** XML of its products. */
  readonly items: string
  /** The part after it; null after the last one. */
  readonly next: number | null
  /** What its products show. */
  readonly shown: readonly VersionedTag[]
}

export class FeedLimiter {
  readonly #oneAtATime = pLimit(1)
  readonly #waiting = new Map<string, Promise<MadePart>>()
  /** Whole feeds that are being read, by network. */
  readonly #whole = new Map<string, number>()

  /** False while so many parts wait that a reader should come again later. */
  get mayAsk(): boolean {
    return this.#waiting.size < MOST_WAITING + MOST_WHOLE
  }

  /**
   * Makes a part once those before it are made. A reader that asks before it is begun shares it; a later reader gets a new one,
   * because the part under way may be older than its request.
   * @param name the same for the same part and language
   */
  part(name: string, make: () => Promise<MadePart>): Promise<MadePart> {
    const known = this.#waiting.get(name)
    if (known) return known
    const { promise, resolve, reject } = Promise.withResolvers<MadePart>()
    this.#waiting.set(name, promise)
    void this.#oneAtATime(async () => {
      this.#waiting.delete(name)
      const began = performance.now()
      await make().then(resolve, reject)
      const tookMs = performance.now() - began
      measures().part.observe(tookMs / 1_000)
      await delay(tookMs * REST)
    })
    return promise
  }

  /**
   * Lets a reader of the whole feed in.
   * @param network as `networkOf` says it
   * @returns to be called, once or more often, when it has read the feed or has gone; undefined when too many are reading
   */
  enter(network: string): (() => void) | undefined {
    const own = this.#whole.get(network) ?? 0
    const all = [...this.#whole.values()].reduce((sum, count) => sum + count, 0)
    if (own >= MOST_WHOLE_OF_ONE || all >= MOST_WHOLE) return undefined
    this.#whole.set(network, own + 1)
    measures().readers.inc()
    let inside = true
    return () => {
      if (!inside) return
      inside = false
      measures().readers.dec()
      const left = (this.#whole.get(network) ?? 1) - 1
      if (left === 0) this.#whole.delete(network)
      else this.#whole.set(network, left)
    }
  }
}

/** The limiter of this process. */
export const feedLimiter = () => processSingleton('feedLimiter', () => new FeedLimiter())
