'use client'

import { groupStockTexts, mostOf } from '#lib/catalog/prices/groupPrice.ts'
import { stockTexts, type StockTexts } from '#lib/catalog/stock.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { classNames } from '../../_ui/classNames.ts'
import { useNewestPrice, useNewestPrices } from '../prices/useNewestPrice.ts'
import { useStore } from '../StoreContext.tsx'
import styles from './Stock.module.css'

interface LiveStockProps {
  price: ShownPrice
  /** As the server wrote it. */
  texts: StockTexts
  size?: 'card' | 'page'
}

/** The stock of a product: as the page has it, until the tab knows a newer one. */
export function useStockTexts(price: ShownPrice, texts: StockTexts): { shown: ShownPrice; texts: StockTexts } {
  const { locale } = useStore()
  const shown = useNewestPrice(price)
  return { shown, texts: shown.stockVersion === price.stockVersion ? texts : stockTexts(shown.stock, locale) }
}

/** The quantity in stock, in words. The price beside it makes the tab follow the product. */
export function LiveStock({ price, texts, size = 'card' }: LiveStockProps) {
  const { shown, texts: current } = useStockTexts(price, texts)
  if (shown.status === 'discontinued') return null
  return <StockText facts={shown} texts={current} size={size} />
}

/** The stock of a group: of the product that there is most of. @param prices of all that are sold */
export function GroupStock({ prices, texts }: { prices: readonly ShownPrice[]; texts: StockTexts }) {
  const { locale } = useStore()
  const newest = useNewestPrices(prices)
  const most = mostOf(
    newest.filter(({ status }) => status === 'active'),
    ({ stock }) => stock,
  )
  if (!most) return null
  const isAsServed = newest.every(
    ({ stockVersion, status }, i) => stockVersion === prices[i]?.stockVersion && status === prices[i].status,
  )
  const shown = isAsServed ? texts : groupStockTexts(most, locale)
  return <StockText facts={shown.stated ?? most} texts={shown} size="card" />
}

interface StockTextProps {
  facts: Readonly<Record<'productId' | 'stockVersion' | 'stock', number | string>>
  texts: StockTexts
  size: 'card' | 'page'
}

function StockText({ facts, texts: { said, level }, size }: StockTextProps) {
  return (
    <span
      className={classNames(styles.stock, styles[size])}
      data-live
      data-spoken={size === 'page' ? '' : undefined}
      data-stock-of={facts.productId}
      data-stock-version={facts.stockVersion}
      data-stock={facts.stock}
      data-stock-level={level}
    >
      {said}
    </span>
  )
}
