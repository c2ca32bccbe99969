/**
 * The price cache: index, then payload, then Postgres. A payload belongs to one version and never changes, so
 * an amount and a version that do not belong together cannot be read.
 */
import type { Redis } from 'ioredis'
import { db, type Db } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import { processSingleton } from '#lib/platform/processSingleton.ts'
import { cacheRedis } from '#lib/platform/redis.ts'
import { coalesced } from '#lib/coherence/index/batching.ts'
import { keys, PRICE_TTL_S, withJitter } from '#lib/coherence/protocol/keys.ts'
import { tag } from '#lib/coherence/protocol/tags.ts'
import { versionIndex, type VersionIndex } from '#lib/coherence/index/versionIndex.ts'

/** A price as every interface shows it. */
export interface PriceView {
  readonly productId: number
  readonly amountCents: number
  readonly compareAtCents: number | null
  readonly currency: string
  readonly version: number
  /** ISO 8601 */
  readonly versionUpdatedAt: string
}

/** What stands in Redis: the price, and how many milliseconds it took to load. */
export interface Payload {
  readonly price: PriceView
  readonly loadMs: number
}

/**
 * XFetch: a key is loaded again before it expires, the more likely the nearer that is and the longer a load
 * takes, so that a popular key never expires under load.
 * Source: Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention, VLDB 2015.
 */
export function refreshesEarly(remainingMs: number, loadMs: number, random: number, beta = 1): boolean {
  return loadMs * beta * -Math.log(random) >= remainingMs
}

type PriceRow = Awaited<ReturnType<Db['price']['findMany']>>[number]

export interface PriceCacheOptions {
  /** Rows by product id, from Postgres, in one statement. */
  readonly readRows: (productIds: number[]) => Promise<PriceRow[]>
  readonly redis: () => Redis
  readonly index: () => VersionIndex
}

export class PriceCache {
  readonly #readRows: PriceCacheOptions['readRows']
  readonly #redis: () => Redis
  readonly #index: () => VersionIndex
  readonly #load: (ids: Iterable<number>) => Promise<ReadonlyMap<number, PriceView>>

  constructor(options: PriceCacheOptions) {
    this.#readRows = options.readRows
    this.#redis = options.redis
    this.#index = options.index
    this.#load = coalesced((ids: number[]) => this.#loadRows(ids))
  }

  /**
   * The current prices, no older than the index was when the call began.
   * @returns a price for each id that exists, in the order of `ids`
   * @throws {FreshnessError} SOURCE_UNAVAILABLE, or Prisma's error, when Postgres was needed and did not answer
   */
  async current(ids: readonly number[]): Promise<PriceView[]> {
    const snapshot = await this.#index().read(ids.map((id) => tag('price', id)))
    const prices = new Map<number, PriceView>()
    if (snapshot.epoch !== undefined) {
      await Promise.all(
        ids.map(async (id) => {
          const version = snapshot.states.get(tag('price', id))?.version ?? 0
          const price = version > 0 ? await this.#payload(id, version) : undefined
          if (price) prices.set(id, price)
        }),
      )
    }
    const missing = ids.filter((id) => !prices.has(id))
    if (missing.length > 0) {
      const loaded = await this.#load(missing)
      for (const id of missing) {
        const price = loaded.get(id)
        if (price) prices.set(id, price)
      }
      const versions = new Map([...loaded].map(([id, price]) => [tag('price', id), price.version]))
      await this.#index().observe({ versions }, snapshot)
    }
    return ids.flatMap((id) => prices.get(id) ?? [])
  }

  async #payload(id: number, version: number): Promise<PriceView | undefined> {
    const key = keys.price(id, version)
    try {
      const [text, remainingMs] = await Promise.all([this.#redis().get(key), this.#redis().pttl(key)])
      const payload = text === null ? undefined : parsePayload(text)
      // A payload under another key than its own was not written by us.
      if (payload?.price.productId !== id || payload.price.version !== version) return undefined
      if (refreshesEarly(remainingMs, payload.loadMs, Math.random())) {
        void this.#load([id]).catch((error: unknown) => logger('prices').warn({ err: error }, 'early refresh failed'))
      }
      return payload.price
    } catch {
      return undefined
    }
  }

  async #loadRows(ids: number[]): Promise<ReadonlyMap<number, PriceView>> {
    const start = performance.now()
    const rows = await this.#readRows(ids)
    const loadMs = performance.now() - start
    const prices = rows.map((row): PriceView => ({
      productId: row.productId,
      amountCents: row.amountCents,
      compareAtCents: row.compareAtCents,
      currency: row.currency,
      version: Number(row.version),
      versionUpdatedAt: row.versionUpdatedAt.toISOString(),
    }))
    if (this.#index().trusted) await this.#store(prices, loadMs)
    return new Map(prices.map((price) => [price.productId, price]))
  }

  async #store(prices: PriceView[], loadMs: number): Promise<void> {
    const writes = prices.map((price) => {
      const payload: Payload = { price, loadMs }
      return this.#redis().set(
        keys.price(price.productId, price.version),
        JSON.stringify(payload),
        'EX',
        withJitter(PRICE_TTL_S),
      )
    })
    const failed = (await Promise.allSettled(writes)).filter((result) => result.status === 'rejected')
    if (failed.length > 0) logger('prices').debug({ failed: failed.length }, 'payloads could not be stored')
  }
}

/** @returns undefined for what is no payload of ours */
export function parsePayload(text: string): Payload | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isPayload(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isPayload(value: unknown): value is Payload {
  if (typeof value !== 'object' || value === null || !('price' in value) || !('loadMs' in value)) return false
  const { price } = value
  return (
    typeof value.loadMs === 'number' &&
    typeof price === 'object' &&
    price !== null &&
    'productId' in price &&
    'version' in price &&
    'amountCents' in price &&
    Number.isSafeInteger(price.amountCents)
  )
}

function priceCache(): PriceCache {
  return processSingleton(
    'priceCache',
    () =>
      new PriceCache({
        readRows: (ids) => db().price.findMany({ where: { productId: { in: ids } } }),
        redis: cacheRedis,
        index: versionIndex,
      }),
  )
}

/** @see PriceCache.current */
export function currentPrices(ids: readonly number[]): Promise<PriceView[]> {
  return priceCache().current(ids)
}
