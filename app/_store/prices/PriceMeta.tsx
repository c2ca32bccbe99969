import { META } from '#lib/catalog/pageStatement.ts'
import { shownStatement } from '#lib/catalog/slots.ts'
import type { ShownPrice } from '#lib/money/price.ts'

/**
 * Says in the head which version of each price the page was made from, and when. React moves the tags there.
 */
export function PriceMeta({ prices }: { prices: readonly ShownPrice[] }) {
  const statement = shownStatement(prices)
  if (!statement) return null
  return (
    <>
      <meta name={META.versions} content={statement.versions} />
      <meta name={META.updatedAt} content={statement.updatedAt} />
      <meta name={META.renderedAt} content={statement.renderedAt} />
    </>
  )
}
