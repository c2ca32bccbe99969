/**
 * New prices for the tabs that are open, whether the products are still sold, and how many there are. A process with open tabs
 * follows the log of the index, as its page reads do: ten small reads a second, and only products that changed are looked at. The
 * log cannot lose a change, as a message could: where it does not reach, every watched product counts as changed. The prices
 * that a listener gets at once are of one moment, with all of a commit or nothing of it.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { logger } from '#lib/platform/logger.ts'
import { Gauge } from 'prom-client'
import { metrics } from '#lib/platform/metrics.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import type { ProductPrice } from '#lib/money/price.ts'
import { parseTag } from '#lib/coherence/tags.ts'
import type { VersionIndex } from '#lib/coherence/index.ts'
import { isAhead, isPartKind, newestVersions, type PartVersions } from './priceParts.ts'

const FOLLOW_MS = 100
/** In doubt Postgres is asked for all products that are watched. */
const ASK_MS = 250
/** Without a successful look for so long, the tabs show that prices may be out of date. */
const LOST_AFTER_MS = 3_000

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

interface Subscription<P> {
  /** The versions that the listener has seen, by product. */
  readonly seen: Map<number, PartVersions>
  readonly listener: PriceListener<P>
  readonly onTouch: (isInTouch: boolean) => void
}

/** @param unknown ids without a product, each said once */
type PriceListener<P> = (prices: readonly P[], unknown: readonly number[]) => void

const NOTHING_SEEN: PartVersions = { version: 0, productVersion: 0, stockVersion: 0 }
/** The listener knows that there is no such product. */
const NO_PRODUCT: PartVersions = { ...NOTHING_SEEN }

export class PriceFeed<P extends ProductPrice> {
  readonly #current: (ids: readonly number[]) => Promise<readonly P[]>
  readonly #index: () => VersionIndex
  readonly #subscriptions = new Set<Subscription<P>>()
  /** By the product that is watched. */
  readonly #watched = new Map<number, Set<Subscription<P>>>()
  /** Products of which a listener may not have seen the newest. */
  readonly #due = new Set<number>()
  #following = false
  /** By the clock of the process: when the prices were last known to be current. */
  #lookedAt = 0
  #isLost = false

  /** @param current the prices of now, no older than the index when it is called */
  constructor(current: (ids: readonly number[]) => Promise<readonly P[]>, index: () => VersionIndex) {
    this.#current = current
    this.#index = index
  }

  /**
   * Calls `listener` with the current price of each product at once, then with those that are newer; and with the ids that have none.
   * @param onTouch gets false when neither the index nor Postgres answers, true when one does again
   * @returns a function that ends the subscription
   */
  subscribe(
    ids: readonly number[],
    listener: PriceListener<P>,
    onTouch: (isInTouch: boolean) => void = () => {},
  ): () => void {
    const subscription = { seen: new Map(ids.map((id) => [id, NOTHING_SEEN])), listener, onTouch }
    this.#subscriptions.add(subscription)
    for (const id of ids) {
      this.#watched.set(id, (this.#watched.get(id) ?? new Set()).add(subscription))
      this.#due.add(id)
    }
    openStreams().set(this.#subscriptions.size)
    if (this.#isLost) onTouch(false)
    if (!this.#following) void this.#follow()
    return () => {
      this.#subscriptions.delete(subscription)
      for (const id of ids) {
        const others = this.#watched.get(id)
        others?.delete(subscription)
        if (others?.size === 0) this.#watched.delete(id)
      }
      openStreams().set(this.#subscriptions.size)
    }
  }

  /** Whether what was sent so far is current, as far as the stores say. */
  get isInTouch(): boolean {
    return performance.now() - this.#lookedAt < LOST_AFTER_MS
  }

  async #follow(): Promise<void> {
    this.#following = true
    this.#lookedAt = performance.now()
    const end = this.#index().onChange((tags) => this.#changed(tags))
    // A look may hang for longer than a tab should believe it.
    const watch = setInterval(() => this.#tellTouch(), LOST_AFTER_MS / 3).unref()
    while (this.#subscriptions.size > 0) {
      try {
        const pauseMs = await this.#look()
        this.#lookedAt = performance.now()
        this.#tellTouch()
        await delay(pauseMs)
      } catch (error) {
        logger('price-feed').warn({ err: error }, 'a look at the index failed, it is repeated')
        await delay(ASK_MS)
      }
    }
    clearInterval(watch)
    end()
    this.#following = false
  }

  #tellTouch(): void {
    const { isInTouch } = this
    if (isInTouch !== this.#isLost) return
    this.#isLost = !isInTouch
    for (const { onTouch } of this.#subscriptions) onTouch(isInTouch)
  }

  /** @param tags undefined when each of them may have changed */
  #changed(tags: readonly string[] | undefined): void {
    const ids = tags
      ? tags.flatMap((name) => {
          const { kind, id = 0 } = parseTag(name) ?? {}
          return isPartKind(kind) ? [id] : []
        })
      : this.#watched.keys()
    for (const id of ids) if (this.#watched.has(id)) this.#due.add(id)
  }

  /** @returns milliseconds until the next look */
  async #look(): Promise<number> {
    const index = this.#index()
    const { from } = await index.read([])
    if (from === 'source') this.#changed(undefined)
    let due = this.#takeDue()
    try {
      let prices = due.length > 0 ? await this.#current(due) : []
      // The other changes may be of one commit with these: then all is read at one moment. The log says so only now:
      // that the index is no longer behind may be known here before the changes that it has caught up with.
      const isPart = due.length > 0 && due.length < this.#watched.size
      const since = isPart ? (await index.read([])).from : from
      if (since !== from || index.link.behind || this.#due.size > 0) {
        this.#changed(undefined)
        due = this.#takeDue()
        prices = await this.#current(due)
      }
      this.#publish(due, prices)
    } catch (error) {
      for (const id of due) this.#due.add(id)
      throw error
    }
    return from === 'source' ? ASK_MS : FOLLOW_MS
  }

  #takeDue(): number[] {
    const due = [...this.#due].filter((id) => this.#watched.has(id))
    this.#due.clear()
    return due
  }

  /** @param prices those of `looked` that have one */
  #publish(looked: readonly number[], prices: readonly P[]): void {
    const news = new Map<Subscription<P>, { newer: P[]; unknown: number[] }>()
    const newsFor = (subscription: Subscription<P>) => {
      const found = news.get(subscription) ?? { newer: [], unknown: [] }
      news.set(subscription, found)
      return found
    }
    const unknown = new Set(looked)
    for (const price of prices) {
      unknown.delete(price.productId)
      for (const subscription of this.#watched.get(price.productId) ?? []) {
        const versions = subscription.seen.get(price.productId)
        if (versions === undefined || !isAhead(price, versions)) continue
        subscription.seen.set(price.productId, newestVersions(price, versions))
        newsFor(subscription).newer.push(price)
      }
    }
    for (const id of unknown) {
      for (const subscription of this.#watched.get(id) ?? []) {
        if (subscription.seen.get(id) === NO_PRODUCT) continue
        subscription.seen.set(id, NO_PRODUCT)
        newsFor(subscription).unknown.push(id)
      }
    }
    for (const [{ listener }, { newer, unknown: without }] of news) listener(newer, without)
  }
}
