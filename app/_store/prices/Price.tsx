import type { Locale } from '#lib/platform/locales.ts'
import type { ProductCard } from '#lib/catalog/rows.ts'
import { LivePrice } from './LivePrice.tsx'
import { LowestPrice } from './LowestPrice.tsx'
import { shownTexts } from '#lib/catalog/slots.ts'

/** The price of a product. Right in the server's HTML, and kept current in the browser. */
export function Price({
  product: { price, name },
  locale,
  size = 'card',
}: {
  product: ProductCard
  locale: Locale
  size?: 'card' | 'page'
}) {
  const texts = shownTexts(price, locale)
  return (
    <>
      <LivePrice price={price} texts={texts} productName={name} size={size} />
      <LowestPrice price={price} before={texts.before} size={size} />
    </>
  )
}
