/**
 * New prices for the tabs that are open, and whether the products are still sold. One poll of the index a process serves
 * all of its streams: a poll cannot be lost, as a message could, and one MGET four times a second costs nothing beside
 * the pages.
 */
import { logger } from '#lib/platform/logger.ts'
import { Gauge } from 'prom-client'
import { metrics } from '#lib/platform/metrics.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import type { ProductPrice } from '#lib/money/price.ts'
import { tag } from '#lib/coherence/tags.ts'
import type { VersionIndex } from '#lib/coherence/index.ts'

const POLL_MS = 250

const openStreams = () =>
  processSingleton(
    'openStreams',
    () =>
      new Gauge({
        name: 'evergreen_price_streams',
        help: 'Event streams of open tabs that this process serves',
        registers: [metrics()],
      }),
  )

type Versions = Pick<ProductPrice, 'version' | 'productVersion'>

interface Subscription<P> {
  /** What the listener has seen, by product. */
  readonly seen: Map<number, Versions>
  readonly listener: (price: P) => void
}

const isAhead = (one: Versions, of: Versions) => one.version > of.version || one.productVersion > of.productVersion

export class PriceFeed<P extends ProductPrice> {
  readonly #current: (ids: readonly number[]) => Promise<readonly P[]>
  readonly #index: () => VersionIndex
  readonly #subscriptions = new Set<Subscription<P>>()
  #polling = false

  /** @param current the prices of now, no older than the index when it is called */
  constructor(current: (ids: readonly number[]) => Promise<readonly P[]>, index: () => VersionIndex) {
    this.#current = current
    this.#index = index
  }

  /**
   * Calls `listener` with the current price of each product at once, then with each newer one.
   * @returns a function that ends the subscription
   */
  subscribe(ids: readonly number[], listener: (price: P) => void): () => void {
    const subscription = { seen: new Map(ids.map((id) => [id, { version: 0, productVersion: 0 }])), listener }
    this.#subscriptions.add(subscription)
    openStreams().set(this.#subscriptions.size)
    if (!this.#polling) void this.#poll()
    return () => {
      this.#subscriptions.delete(subscription)
      openStreams().set(this.#subscriptions.size)
    }
  }

  async #poll(): Promise<void> {
    this.#polling = this.#subscriptions.size > 0
    if (!this.#polling) return
    try {
      const watched = new Set([...this.#subscriptions].flatMap(({ seen }) => [...seen.keys()]))
      const { states } = await this.#index().read([...watched].flatMap((id) => [tag('price', id), tag('product', id)]))
      const newest = (id: number): Versions => ({
        version: states.get(tag('price', id))?.version ?? 0,
        productVersion: states.get(tag('product', id))?.version ?? 0,
      })
      const changed = new Set(
        [...this.#subscriptions].flatMap(({ seen }) =>
          [...seen].filter(([id, versions]) => isAhead(newest(id), versions)).map(([id]) => id),
        ),
      )
      if (changed.size > 0) this.#publish(await this.#current([...changed]))
    } catch (error) {
      logger('price-feed').warn({ err: error }, 'poll failed, it is repeated')
    }
    setTimeout(() => void this.#poll(), POLL_MS)
  }

  #publish(prices: readonly P[]): void {
    for (const { seen, listener } of this.#subscriptions) {
      for (const price of prices) {
        const versions = seen.get(price.productId)
        if (versions === undefined || !isAhead(price, versions)) continue
        seen.set(price.productId, {
          version: Math.max(price.version, versions.version),
          productVersion: Math.max(price.productVersion, versions.productVersion),
        })
        listener(price)
      }
    }
  }
}
