'use client'

import { openGraphAvailability } from '#lib/catalog/stock.ts'
import { decimalAmount } from '#lib/money/formatMoney.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { useNewestPrice } from '../prices/useNewestPrice.ts'

interface ProductOpenGraphProps {
  product: { name: string; brand: string }
  price: ShownPrice
  /** The address of a picture with the price in it. */
  preview: string
  /** As the server wrote them. */
  texts: { amount: string; availability: string }
}

/**
 * The price, and a picture with it, for programs that unfold a shared link. React moves it to the head, and keeps it current in an open
 * tab. It is rendered by the page and not by `generateMetadata`, so that one read of the product feeds all that a page says
 * about its price.
 */
export function ProductOpenGraph({ product: { name, brand }, price, preview, texts }: ProductOpenGraphProps) {
  const shown = useNewestPrice(price)
  const { amount, availability } =
    shown === price
      ? texts
      : {
          amount: decimalAmount(shown.amountMinor, shown.currency),
          availability: shown.status === 'active' ? openGraphAvailability(shown.stock) : shown.status,
        }
  const picture = preview.replace(/\d+(?=[^/]*$)/, String(shown.version))
  return (
    <>
      <meta property="og:image" content={picture} />
      <meta property="og:image:type" content="image/png" />
      <meta property="og:image:width" content="1200" />
      <meta property="og:image:height" content="630" />
      <meta property="og:image:alt" content={name} />
      <meta name="twitter:image" content={picture} />
      <meta property="og:type" content="product" />
      <meta property="og:price:amount" content={amount} />
      <meta property="og:price:currency" content={shown.currency} />
      <meta property="product:price:amount" content={amount} />
      <meta property="product:price:currency" content={shown.currency} />
      <meta property="product:availability" content={availability} />
      <meta property="product:brand" content={brand} />
    </>
  )
}
