/** Slows down guessing of order numbers and e-mails. */
import { createHash } from 'node:crypto'
import { RateLimiterRes } from 'rate-limiter-flexible'
import { networkOf } from '#lib/platform/http/clientAddress.ts'
import { rateLimiter } from '#lib/platform/http/rateLimit.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import { indexRedis } from '#lib/platform/redis.ts'
import { redisKeys } from '#lib/platform/redisKeys.ts'

const WINDOW_S = 15 * 60
/** From one network. A shopper who mistypes needs a few. */
const MOST = 20

const limiter = () => processSingleton('orderLookups', () => rateLimiter(indexRedis(), MOST, WINDOW_S))

/** Counts a question for an order, before it is answered. @param address as from `clientAddress` */
export async function admitLookup(address: string): Promise<boolean> {
  const network = createHash('sha256').update(networkOf(address)).digest('base64url')
  try {
    await limiter().consume(redisKeys.orderLookup(network))
    return true
  } catch (error) {
    if (error instanceof RateLimiterRes) return false
    throw error
  }
}
