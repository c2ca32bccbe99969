/** Whether each order that its shopper was led to (303) is in Postgres, with what the form said. */
import { unaccepted } from '../coherence/accepted.ts'
import type { Acknowledged } from '../coherence/buying.ts'
import type { Line } from '../coherence/history.ts'

/**
 * @param written by number, the lines of each order that is in Postgres
 * @returns each acknowledged order that is not there, has other lines or is the second one of its cart, in words
 */
export function lostOrders(
  acknowledged: readonly Acknowledged[],
  written: ReadonlyMap<string, readonly Line[]>,
): string[] {
  const first = new Map<string, string>()
  return acknowledged.flatMap(({ number, cart, accepted }) => {
    const known = first.get(cart) ?? number
    first.set(cart, known)
    if (known !== number) return [`cart ${cart} was led to the orders ${known} and ${number}`]
    const lines = written.get(number)
    if (!lines) return [`order ${number} of cart ${cart} was acknowledged and is not in Postgres`]
    return unaccepted({ accepted, lines }).map(
      ({ productId, against }) => `order ${number} was acknowledged; of product ${productId} ${against}`,
    )
  })
}
