/** The limits of one network, and of all networks together. */
import { createHash } from 'node:crypto'
import { type RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { RedisClient } from '#lib/coherence/index.ts'
import { networkOf } from './clientAddress.ts'
import { rateLimiter } from './rateLimit.ts'

interface Allowance {
  readonly points: number
  /** Within which the points may be used up. */
  readonly seconds: number
}

export interface NetworkLimits {
  /** The allowance of one network within a few seconds: a part of its whole allowance. */
  readonly burst?: Allowance
  readonly network: Allowance
  readonly total: Allowance
}

export type Admission =
  | { readonly admitted: true }
  /** `by`: what is used up. */
  | { readonly admitted: false; readonly by: 'network' | 'total'; readonly retryAfterS: number }

export class NetworkThrottle {
  readonly #keyOf: (counted: string) => string
  readonly #burst: RateLimiterRedis | undefined
  readonly #network: RateLimiterRedis
  readonly #total: RateLimiterRedis

  /** @param keyOf the Redis key of what is counted: a digest of one network, or `all` */
  constructor(keyOf: (counted: string) => string, { burst, network, total }: NetworkLimits, redis: RedisClient) {
    this.#keyOf = keyOf
    this.#burst = burst && rateLimiter(redis, burst, true)
    this.#network = rateLimiter(redis, network, true)
    this.#total = rateLimiter(redis, total, true)
  }

  /**
   * Counts a request before anything is asked for it. A refusal counts for its own network alone.
   * @param address as from `clientAddress` @param points what the request costs
   */
  async admit(address: string, points = 1): Promise<Admission> {
    const network = createHash('sha256').update(networkOf(address)).digest('base64url')
    return (
      (this.#burst && (await this.#used('network', this.#burst, `burst:${network}`, points))) ??
      (await this.#used('network', this.#network, network, points)) ??
      (await this.#used('total', this.#total, 'all', points)) ?? { admitted: true }
    )
  }

  async #used(
    by: 'network' | 'total',
    limiter: RateLimiterRedis,
    counted: string,
    points: number,
  ): Promise<Admission | undefined> {
    try {
      await limiter.consume(this.#keyOf(counted), points)
      return undefined
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error
      return { admitted: false, by, retryAfterS: Math.max(1, Math.ceil(error.msBeforeNext / 1_000)) }
    }
  }
}
