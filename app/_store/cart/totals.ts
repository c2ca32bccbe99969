import type { ShownPrice } from '#lib/money/price.ts'
import type { CartItem } from './cart.ts'

/** One sum a currency: amounts of different currencies are never added. What has no price does not count. */
export function totals(
  items: readonly CartItem[],
  priceOf: (productId: number) => ShownPrice | undefined,
): { currency: string; amountMinor: number }[] {
  const sums = new Map<string, number>()
  for (const { productId, quantity } of items) {
    const price = priceOf(productId)
    if (price) sums.set(price.currency, (sums.get(price.currency) ?? 0) + price.amountMinor * quantity)
  }
  return [...sums].map(([currency, amountMinor]) => ({ currency, amountMinor }))
}
