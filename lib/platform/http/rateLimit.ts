/** Counts in Redis, for all web instances together; while Redis is away each instance counts for itself. */
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import type { RedisClient } from '#lib/coherence/index.ts'

/** @param points how much a key may consume in `duration` seconds */
export function rateLimiter(redis: RedisClient, points: number, duration: number): RateLimiterRedis {
  const limits = { points, duration, keyPrefix: '' }
  return new RateLimiterRedis({
    ...limits,
    storeClient: redis,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(limits),
  })
}
