/** Counts in Redis, for all web instances together; while Redis is away each instance counts for itself. */
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import type { RedisClient } from '#lib/coherence/index.ts'

/** @param limit how much a key may consume, and the seconds from its first use until it may again */
export function rateLimiter(redis: RedisClient, limit: { points: number; seconds: number }): RateLimiterRedis {
  const limits = { points: limit.points, duration: limit.seconds, keyPrefix: '' }
  return new RateLimiterRedis({
    ...limits,
    storeClient: redis,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(limits),
  })
}
