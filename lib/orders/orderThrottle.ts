/** Slows down guessing of order numbers and e-mails, and carts that are ordered by programs. */
import { env } from '#lib/platform/env.ts'
import { NetworkThrottle, type NetworkLimits } from '#lib/platform/http/networkThrottle.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import { indexRedis } from '#lib/platform/redis.ts'
import { redisKeys } from '#lib/platform/redisKeys.ts'

export type OrderAct = 'lookup' | 'placing'

const limits = (perNetwork: number, inTotal: number): NetworkLimits => ({
  network: { points: perNetwork, seconds: 15 * 60 },
  total: { points: inTotal, seconds: 60 },
})

/** A shopper who mistypes needs a few. All that many networks could ask in a year finds none of the numbers of one day. */
const LOOKUP_LIMITS = limits(20, 300)

/** The limits of this process: questions for an order by number and e-mail, and forms of the checkout. */
export function orderThrottle(act: OrderAct): NetworkThrottle {
  return processSingleton(`orderThrottle.${act}`, () => {
    const { ORDERS_PER_NETWORK, ORDERS_PER_MINUTE } = env()
    return new NetworkThrottle(
      (counted) => redisKeys.orders(act, counted),
      act === 'lookup' ? LOOKUP_LIMITS : limits(ORDERS_PER_NETWORK, ORDERS_PER_MINUTE),
      indexRedis(),
    )
  })
}
