'use client'

import { useEffect } from 'react'
import type { StockTexts } from '#lib/catalog/stock.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { priceStore } from '../prices/priceStore.ts'
import { useNewestPrice } from '../prices/useNewestPrice.ts'
import { LiveStock } from '../stock/LiveStock.tsx'
import { useStore } from '../StoreContext.tsx'

/** Whether a colour or a size can be had: as the page has it, until the tab knows more. */
export function VariantState({ price, texts }: { price: ShownPrice; texts: StockTexts }) {
  const { labels } = useStore()
  const { productId } = price
  const { status } = useNewestPrice(price)
  useEffect(() => {
    priceStore.bring([price])
  }, [price])
  useEffect(() => priceStore.follow(productId), [productId])
  return status === 'active' ? (
    <LiveStock price={price} texts={texts} />
  ) : (
    <span data-product-status={status}>{labels.unavailable}</span>
  )
}
