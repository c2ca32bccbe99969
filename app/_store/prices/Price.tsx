import type { Locale } from '#lib/platform/locales.ts'
import type { ProductCard } from '#lib/catalog/rows.ts'
import { productName } from '#lib/catalog/productTexts.ts'
import { LivePrice } from './LivePrice.tsx'
import { LowestPrice } from './LowestPrice.tsx'
import { shownTexts } from '#lib/catalog/slots.ts'

/** The price of a product. Right in the server's HTML, and kept current in the browser. */
export function Price({
  product,
  locale,
  size = 'card',
}: {
  product: ProductCard
  locale: Locale
  size?: 'card' | 'page'
}) {
  const { price } = product
  const texts = shownTexts(price, locale)
  return (
    <>
      <LivePrice price={price} texts={texts} productName={productName(product, locale)} size={size} />
      <LowestPrice price={price} before={texts.before} size={size} />
    </>
  )
}
