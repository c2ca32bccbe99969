import { describePrices, META, renderTime } from '#lib/catalog/pageStatement.ts'
import type { ShownPrice } from '#lib/money/price.ts'

/**
 * Says in the head which version of each price the page was made from, and when. React moves the tags there.
 */
export function PriceMeta({ prices }: { prices: readonly ShownPrice[] }) {
  const { versions, updatedAt } = describePrices(prices)
  if (updatedAt === undefined) return null
  return (
    <>
      <meta name={META.versions} content={versions} />
      <meta name={META.updatedAt} content={updatedAt} />
      <meta name={META.renderedAt} content={renderTime()} />
    </>
  )
}
