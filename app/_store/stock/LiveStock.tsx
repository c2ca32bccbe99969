'use client'

import { stockTexts, type StockTexts } from '#lib/catalog/stock.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { classNames } from '../../_ui/classNames.ts'
import { useNewestPrice } from '../prices/useNewestPrice.ts'
import { useStore } from '../StoreContext.tsx'
import styles from './Stock.module.css'

interface LiveStockProps {
  price: ShownPrice
  /** As the server wrote it. */
  texts: StockTexts
  size?: 'card' | 'page'
}

/** What is said of the stock: as the page has it, until the tab knows a newer one. */
export function useStockTexts(price: ShownPrice, texts: StockTexts): { shown: ShownPrice; texts: StockTexts } {
  const { locale } = useStore()
  const shown = useNewestPrice(price)
  return { shown, texts: shown.stockVersion === price.stockVersion ? texts : stockTexts(shown.stock, locale) }
}

/** How many there are, in words. The price beside it has told the tab which product to follow. */
export function LiveStock({ price, texts, size = 'card' }: LiveStockProps) {
  const {
    shown,
    texts: { said, level },
  } = useStockTexts(price, texts)
  if (shown.status === 'discontinued') return null
  return (
    <span
      className={classNames(styles.stock, styles[size])}
      data-live
      data-spoken={size === 'page' ? '' : undefined}
      data-stock-of={shown.productId}
      data-stock-version={shown.stockVersion}
      data-stock={shown.stock}
      data-stock-level={level}
    >
      {said}
    </span>
  )
}
