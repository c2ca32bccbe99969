/**
 * Slows down guessing of order numbers and e-mails, and carts that are ordered by programs. Counts are in Redis, for all web
 * instances together; while Redis is away each instance counts for itself.
 */
import { createHash } from 'node:crypto'
import { type RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { RedisClient } from '#lib/coherence/index.ts'
import { env } from '#lib/platform/env.ts'
import { networkOf } from '#lib/platform/http/clientAddress.ts'
import { rateLimiter } from '#lib/platform/http/rateLimit.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import { indexRedis } from '#lib/platform/redis.ts'
import { redisKeys } from '#lib/platform/redisKeys.ts'

/** Seconds in which one network has so many. */
const NETWORK_WINDOW_S = 15 * 60
/** Seconds in which all networks together have so many. */
const TOTAL_WINDOW_S = 60

export type OrderAct = 'lookup' | 'placing'

export interface OrderLimits {
  /** From one network, in a quarter of an hour. */
  readonly perNetwork: number
  /** From all of them, in a minute. */
  readonly inTotal: number
}

/** A shopper who mistypes needs a few. All that many networks could ask in a year finds none of the numbers of one day. */
export const LOOKUP_LIMITS: OrderLimits = { perNetwork: 20, inTotal: 300 }

export type OrderAdmission =
  | { readonly admitted: true }
  /** `by`: what is used up. */
  | { readonly admitted: false; readonly by: 'network' | 'total'; readonly retryAfterS: number }

export class OrderThrottle {
  readonly #act: OrderAct
  readonly #network: RateLimiterRedis
  readonly #total: RateLimiterRedis

  constructor(act: OrderAct, { perNetwork, inTotal }: OrderLimits, redis: RedisClient) {
    this.#act = act
    this.#network = rateLimiter(redis, perNetwork, NETWORK_WINDOW_S)
    this.#total = rateLimiter(redis, inTotal, TOTAL_WINDOW_S)
  }

  /** Counts a form before anything is asked for it. What a network is refused counts for itself alone. @param address as from `clientAddress` */
  async admit(address: string): Promise<OrderAdmission> {
    const network = createHash('sha256').update(networkOf(address)).digest('base64url')
    return (
      (await this.#used('network', this.#network, redisKeys.orders(this.#act, network))) ??
      (await this.#used('total', this.#total, redisKeys.orders(this.#act, 'all'))) ?? { admitted: true }
    )
  }

  async #used(by: 'network' | 'total', limiter: RateLimiterRedis, key: string): Promise<OrderAdmission | undefined> {
    try {
      await limiter.consume(key)
      return undefined
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error
      return { admitted: false, by, retryAfterS: Math.max(1, Math.ceil(error.msBeforeNext / 1_000)) }
    }
  }
}

/** The limits of this process: questions for an order by number and e-mail, and forms of the checkout. */
export function orderThrottle(act: OrderAct): OrderThrottle {
  return processSingleton(`orderThrottle.${act}`, () => {
    const { ORDERS_PER_NETWORK: perNetwork, ORDERS_PER_MINUTE: inTotal } = env()
    return new OrderThrottle(act, act === 'lookup' ? LOOKUP_LIMITS : { perNetwork, inTotal }, indexRedis())
  })
}
