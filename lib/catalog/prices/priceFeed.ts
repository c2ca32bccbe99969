/**
 * New prices for the tabs that are open. One poll of the index a process serves all of its streams: a poll
 * cannot be lost, as a message could, and one MGET four times a second costs nothing beside the pages.
 */
import { logger } from '#lib/platform/logger.ts'
import { processSingleton } from '#lib/platform/processSingleton.ts'
import { openStreams } from '#lib/coherence/metrics.ts'
import { currentPrices, type PriceView } from './priceCache.ts'
import { tag } from '#lib/coherence/protocol/tags.ts'
import { versionIndex } from '#lib/coherence/index/versionIndex.ts'

const POLL_MS = 250

export type PriceListener = (price: PriceView) => void

interface Subscription {
  /** The version that the listener has seen, by product. */
  readonly seen: Map<number, number>
  readonly listener: PriceListener
}

export class PriceFeed {
  readonly #subscriptions = new Set<Subscription>()
  #polling = false

  /**
   * Calls `listener` with the current price of each product at once, then with each newer one.
   * @returns a function that ends the subscription
   */
  subscribe(ids: readonly number[], listener: PriceListener): () => void {
    const subscription: Subscription = { seen: new Map(ids.map((id) => [id, 0])), listener }
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
      const { states } = await versionIndex().read([...watched].map((id) => tag('price', id)))
      const behind = (id: number, version: number) => (states.get(tag('price', id))?.version ?? 0) > version
      const changed = new Set(
        [...this.#subscriptions].flatMap(({ seen }) => [...seen].filter(([id, v]) => behind(id, v)).map(([id]) => id)),
      )
      if (changed.size > 0) this.#publish(await currentPrices([...changed]))
    } catch (error) {
      logger('price-feed').warn({ err: error }, 'poll failed, it is repeated')
    }
    setTimeout(() => void this.#poll(), POLL_MS)
  }

  #publish(prices: readonly PriceView[]): void {
    for (const { seen, listener } of this.#subscriptions) {
      for (const price of prices) {
        const version = seen.get(price.productId)
        if (version === undefined || version >= price.version) continue
        seen.set(price.productId, price.version)
        listener(price)
      }
    }
  }
}

export function priceFeed(): PriceFeed {
  return processSingleton('priceFeed', () => new PriceFeed())
}
