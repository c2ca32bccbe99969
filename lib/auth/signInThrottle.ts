/**
 * Slows down guessing of passwords without a lock that a stranger can close on the owner: docs/decisions/sign-in.md.
 * Counts are in Redis, for all web instances together; while Redis is away each instance counts for itself.
 */
import { redisKeys } from '#lib/platform/redisKeys.ts'
import { createHash } from 'node:crypto'
import { type RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { RedisClient } from '#lib/coherence/index.ts'
import { networkOf } from '#lib/platform/http/clientAddress.ts'
import { rateLimiter } from '#lib/platform/http/rateLimit.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import { indexRedis } from '#lib/platform/redis.ts'

const WINDOW_S = 15 * 60
/** Wrong passwords for one account, from one network or known device. */
export const MOST_FOR_PAIR = 10
/** The same while the account is guessed at from many networks. Enough for an owner who comes from a new one. */
export const MOST_FOR_PAIR_UNDER_ATTACK = 3
/** Wrong passwords from one network for all accounts together: fifty people behind one address mistype less. */
export const MOST_FROM_NETWORK = 50
/** Wrong passwords for an account, from networks that are not known to it, from which on it counts as attacked. */
export const ATTACK = 100
/** From so many on, each further one delays the next answer to an unknown network. */
const DELAY_AFTER = 20
/** Milliseconds for each. */
const DELAY_MS = 50
/** Seconds that a code of an authenticator may be typed in, before and after its half minute, and some more. */
const CODE_S = 120
/** Milliseconds: what an owner waits at most while the account is attacked. */
export const MOST_DELAY_MS = 5_000

export interface Attempt {
  /** As it was typed. */
  readonly email: string
  /** As from `clientAddress`. */
  readonly address: string
  /** The mark of a browser that has signed in to this account before. */
  readonly device?: string | undefined
}

export type Admission =
  | { readonly admitted: true; /** Milliseconds. */ readonly delayMs: number }
  | { readonly admitted: false; readonly retryAfterS: number }

const digest = (text: string) => createHash('sha256').update(text).digest('base64url')

/** @returns the account's name in keys and cookies; the same for an e-mail that has no account */
export function accountId(email: string): string {
  return digest(email.trim().toLowerCase())
}

const keysOf = ({ email, address, device }: Attempt) => ({
  pair: redisKeys.signIn('pair', digest(`${accountId(email)} ${device ?? networkOf(address)}`)),
  network: redisKeys.signIn('network', digest(networkOf(address))),
  account: redisKeys.signIn('account', accountId(email)),
})

export class SignInThrottle {
  readonly #pair: RateLimiterRedis
  readonly #network: RateLimiterRedis
  readonly #account: RateLimiterRedis
  readonly #code: RateLimiterRedis

  constructor(redis: RedisClient) {
    const limiter = (points: number) => rateLimiter(redis, { points, seconds: WINDOW_S })
    this.#pair = limiter(MOST_FOR_PAIR)
    this.#network = limiter(MOST_FROM_NETWORK)
    this.#account = limiter(Number.MAX_SAFE_INTEGER) // counts, and refuses nothing
    this.#code = rateLimiter(redis, { points: 1, seconds: CODE_S })
  }

  /** Admits each code once, because an observer may have seen it typed. @returns whether it is the first time for this account */
  async admitCode(userId: string, code: string): Promise<boolean> {
    return this.#code.consume(redisKeys.signIn('code', digest(`${userId} ${code}`))).then(
      () => true,
      (error: unknown) => {
        if (error instanceof RateLimiterRes) return false
        throw error
      },
    )
  }

  /** Counts an attempt before the password is looked at, so that parallel guesses count too. */
  async admit(attempt: Attempt): Promise<Admission> {
    const { pair, network, account } = keysOf(attempt)
    try {
      const own = await this.#pair.consume(pair)
      if (attempt.device !== undefined) return { admitted: true, delayMs: 0 }
      await this.#network.consume(network)
      const all = await this.#account.consume(account)
      if (all.consumedPoints > ATTACK && own.consumedPoints > MOST_FOR_PAIR_UNDER_ATTACK) return refusal(own)
      const delayMs = Math.min(MOST_DELAY_MS, Math.max(0, all.consumedPoints - 1 - DELAY_AFTER) * DELAY_MS)
      return { admitted: true, delayMs }
    } catch (error) {
      if (error instanceof RateLimiterRes) return refusal(error)
      throw error
    }
  }

  /** Takes back what `admit` has counted: the password was right. The count of the account keeps what others guessed. */
  async succeeded(attempt: Attempt): Promise<void> {
    const { pair, network, account } = keysOf(attempt)
    await this.#pair.delete(pair)
    if (attempt.device !== undefined) return
    await Promise.all([this.#network.reward(network), this.#account.reward(account)])
  }
}

function refusal({ msBeforeNext }: RateLimiterRes): Admission {
  return { admitted: false, retryAfterS: Math.max(1, Math.ceil(msBeforeNext / 1_000)) }
}

export function signInThrottle(): SignInThrottle {
  return processSingleton('signInThrottle', () => new SignInThrottle(indexRedis()))
}
