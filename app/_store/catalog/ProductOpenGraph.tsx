import { shownAvailability, shownDecimal } from '#lib/catalog/slots.ts'
import type { Product } from '#lib/catalog/rows.ts'
import { previewPath } from '../../_i18n/paths.ts'
import { absolute } from '../../_i18n/urls.ts'

/**
 * The price, and a picture with it, for whoever unfolds a shared link. React moves it to the head. It is rendered by the page and not by
 * `generateMetadata`, so that one read of the product feeds all that a page says about its price.
 */
export function ProductOpenGraph({ product: { id, name, price, brand } }: { product: Product }) {
  const amount = shownDecimal(price)
  const preview = absolute(previewPath(id, price.version))
  return (
    <>
      <meta property="og:image" content={preview} />
      <meta property="og:image:type" content="image/png" />
      <meta property="og:image:width" content="1200" />
      <meta property="og:image:height" content="630" />
      <meta property="og:image:alt" content={name} />
      <meta name="twitter:image" content={preview} />
      <meta property="og:type" content="product" />
      <meta property="og:price:amount" content={amount} />
      <meta property="og:price:currency" content={price.currency} />
      <meta property="product:price:amount" content={amount} />
      <meta property="product:price:currency" content={price.currency} />
      <meta property="product:availability" content={shownAvailability(price)} />
      <meta property="product:brand" content={brand} />
    </>
  )
}
