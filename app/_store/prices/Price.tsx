import type { Locale } from '#lib/platform/locales.ts'
import type { ProductCard } from '#lib/catalog/rows.ts'
import { LivePrice } from './LivePrice.tsx'
import { priceTexts } from './priceTexts.ts'

/** The price of a product. Right in the server's HTML, and kept current in the browser. */
export function Price({ product, locale, size }: { product: ProductCard; locale: Locale; size?: 'card' | 'page' }) {
  return (
    <LivePrice price={product.price} texts={priceTexts(product.price, locale)} productName={product.name} size={size} />
  )
}
