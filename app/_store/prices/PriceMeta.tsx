import { describePrices, renderTime } from '#lib/catalog/priceMeta.ts'
import type { ShownPrice } from '#lib/catalog/rows.ts'

/**
 * Says in the head which version of each price the page was made from, and when. React moves the tags there.
 */
export function PriceMeta({ prices }: { prices: readonly ShownPrice[] }) {
  const { versions, updatedAt } = describePrices(prices)
  if (updatedAt === undefined) return null
  return (
    <>
      <meta name="price-version" content={versions} />
      <meta name="price-version-updated-at" content={updatedAt} />
      <meta name="rendered-at" content={renderTime()} />
    </>
  )
}
