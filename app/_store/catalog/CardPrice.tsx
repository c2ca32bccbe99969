import { productName } from '#lib/catalog/productTexts.ts'
import type { ListedCard } from '#lib/catalog/rows.ts'
import { shownOfGroup, shownStock, shownStockOfGroup } from '#lib/catalog/slots.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { GroupPrice } from '../prices/GroupPrice.tsx'
import { Price } from '../prices/Price.tsx'
import { GroupStock, LiveStock } from '../stock/LiveStock.tsx'
import { soldInGroup } from './soldInGroup.ts'

/** Price and stock on a card: of its product, or of all that are sold of its group. */
export function CardPrice({ product, locale }: { product: ListedCard; locale: Locale }) {
  const prices = soldInGroup(product)
  const [texts, stock] = [shownOfGroup(prices, locale), shownStockOfGroup(prices, locale)]
  if (prices.length === 1 || !texts || !stock)
    return (
      <>
        <Price product={product} locale={locale} />
        <LiveStock price={product.price} texts={shownStock(product.price, locale)} />
      </>
    )
  return (
    <>
      <GroupPrice prices={prices} texts={texts} productName={productName(product, locale)} />
      <GroupStock prices={prices} texts={stock} />
    </>
  )
}
