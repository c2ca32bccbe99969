import { decimalAmount } from '#lib/catalog/formatMoney.ts'
import type { Product } from '#lib/catalog/rows.ts'

/**
 * The price for whoever unfolds a shared link. React moves it to the head. It is rendered by the page and not by
 * `generateMetadata`, so that one read of the product feeds all that a page says about its price.
 */
export function ProductOpenGraph({ product: { price, brand } }: { product: Product }) {
  const amount = decimalAmount(price.amountCents, price.currency)
  return (
    <>
      <meta property="og:type" content="product" />
      <meta property="og:price:amount" content={amount} />
      <meta property="og:price:currency" content={price.currency} />
      <meta property="product:price:amount" content={amount} />
      <meta property="product:price:currency" content={price.currency} />
      <meta property="product:availability" content="in stock" />
      <meta property="product:brand" content={brand} />
    </>
  )
}
