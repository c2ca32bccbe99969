/**
 * The price cache: index, then payload, then Postgres. A payload belongs to one version and never changes, so
 * an amount and a version that do not belong together cannot be read. Whether a product is sold belongs to the version
 * of the product, and is read in the same way beside it; how many there are stands in the index itself.
 */
import { z } from 'zod'
import { type ProductPrice, saleStatus, type VersionedPrice, versionedPrice } from '#lib/money/price.ts'
import { logger } from '#lib/platform/logger.ts'
import { serialBatch, withJitter, type Coherence, type RedisClient } from '#lib/coherence/index.ts'
import { tag } from '#lib/coherence/tags.ts'
import { PAYLOAD_TTL_S, redisKeys } from '#lib/platform/redisKeys.ts'
import { parseStockPayload } from '../stock.ts'
import { partTags, partVersions } from './priceParts.ts'

type VersionedStatus = Pick<ProductPrice, 'productVersion' | 'status'>

/** What stands in Redis: the price, and how many milliseconds it took to load. */
const payload = z.object({ price: versionedPrice, loadMs: z.number() })
type Payload = z.infer<typeof payload>

/**
 * XFetch: a key is loaded again before it expires, the more likely the nearer that is and the longer a load
 * takes, so that a popular key never expires under load.
 * Source: Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention, VLDB 2015.
 */
export function refreshesEarly(remainingMs: number, loadMs: number, random: number, beta = 1): boolean {
  return loadMs * beta * -Math.log(random) >= remainingMs
}

export interface PriceCacheOptions {
  /** From Postgres, in one statement: those products that exist. */
  readonly readRows: (productIds: number[]) => Promise<readonly ProductPrice[]>
  readonly redis: () => RedisClient
  readonly coherence: () => Pick<Coherence, 'index' | 'publisher'>
}

export class PriceCache {
  readonly #readRows: PriceCacheOptions['readRows']
  readonly #redis: () => RedisClient
  readonly #coherence: PriceCacheOptions['coherence']
  readonly #load: (ids: Iterable<number>) => Promise<ReadonlyMap<number, ProductPrice>>

  constructor(options: PriceCacheOptions) {
    this.#readRows = options.readRows
    this.#redis = options.redis
    this.#coherence = options.coherence
    this.#load = serialBatch((ids: number[]) => this.#loadRows(ids))
  }

  /**
   * The current prices and statuses, no older than the index was when the call began.
   * @returns a price for each id that exists, in the order of `ids`
   * @throws {FreshnessError} SOURCE_UNAVAILABLE, or what `readRows` throws, when Postgres was needed and did not answer
   */
  async current(ids: readonly number[]): Promise<ProductPrice[]> {
    const snapshot = await this.#coherence().index.read(ids.flatMap(partTags))
    const versionOf = (name: string) => snapshot.states.get(name)?.version ?? 0
    const prices = new Map<number, ProductPrice>()
    if (snapshot.from === 'index') {
      await Promise.all(
        ids.map(async (id) => {
          const [price, status] = await Promise.all([
            this.#payload(id, versionOf(tag('price', id))),
            this.#status(id, versionOf(tag('product', id))),
          ])
          const { version = 0, payload: text } = snapshot.states.get(tag('stock', id)) ?? {}
          const stock = parseStockPayload(text, version)
          if (price && status && stock)
            prices.set(id, { ...price, ...status, stock: stock.quantity, stockVersion: stock.version })
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
      const versions = new Map([...loaded.values()].flatMap(partVersions))
      await this.#coherence().publisher.raiseToAtLeast({ versions }, snapshot)
    }
    return ids.flatMap((id) => prices.get(id) ?? [])
  }

  async #payload(id: number, version: number): Promise<VersionedPrice | undefined> {
    if (version === 0) return undefined
    const key = redisKeys.price(id, version)
    try {
      const [text, remainingMs] = await Promise.all([this.#redis().get(key), this.#redis().pttl(key)])
      const found = text === null ? undefined : parsePayload(text)
      // A payload under another key than its own was not written by us.
      if (found?.price.productId !== id || found.price.version !== version) return undefined
      if (refreshesEarly(remainingMs, found.loadMs, Math.random())) {
        void this.#load([id]).catch((error: unknown) => logger('prices').warn({ err: error }, 'early refresh failed'))
      }
      return found.price
    } catch {
      return undefined
    }
  }

  async #status(id: number, productVersion: number): Promise<VersionedStatus | undefined> {
    if (productVersion === 0) return undefined
    const text = await this.#redis()
      .get(redisKeys.productStatus(id, productVersion))
      .catch(() => null)
    const { data: status } = saleStatus.safeParse(text)
    return status && { productVersion, status }
  }

  async #loadRows(ids: number[]): Promise<ReadonlyMap<number, ProductPrice>> {
    const start = performance.now()
    const rows = await this.#readRows(ids)
    const loadMs = performance.now() - start
    if (this.#coherence().index.trusted) await this.#store(rows, loadMs)
    return new Map(rows.map((row) => [row.productId, row]))
  }

  async #store(rows: readonly ProductPrice[], loadMs: number): Promise<void> {
    const redis = this.#redis()
    const writes = rows.flatMap(({ productVersion, status, ...row }) => {
      const price = versionedPrice.parse(row)
      const text = JSON.stringify({ price, loadMs } satisfies Payload)
      return [
        redis.set(redisKeys.price(price.productId, price.version), text, 'EX', withJitter(PAYLOAD_TTL_S)),
        redis.set(redisKeys.productStatus(price.productId, productVersion), status, 'EX', withJitter(PAYLOAD_TTL_S)),
      ]
    })
    const failed = (await Promise.allSettled(writes)).filter((result) => result.status === 'rejected')
    if (failed.length > 0) logger('prices').debug({ failed: failed.length }, 'payloads could not be stored')
  }
}

/** @returns undefined for what is no payload of ours */
export function parsePayload(text: string): Payload | undefined {
  try {
    return payload.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
