/** Counts in Redis, for all web instances together; while Redis is away each instance counts for itself. */
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import type { RedisClient } from '#lib/coherence/index.ts'

/**
 * @param limit how much a key may consume, and the seconds from its first use until it may again
 * @param remembersRefused whether a key that is used up is refused by this process alone until then: a flood costs Redis nothing
 */
export function rateLimiter(
  redis: RedisClient,
  limit: { points: number; seconds: number },
  remembersRefused = false,
): RateLimiterRedis {
  const limits = { points: limit.points, duration: limit.seconds, keyPrefix: '' }
  return new RateLimiterRedis({
    ...limits,
    ...(remembersRefused && { inMemoryBlockOnConsumed: limit.points + 1 }),
    storeClient: redis,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(limits),
  })
}
