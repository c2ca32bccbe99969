'use client'

import { priceAttributes } from '#lib/catalog/pageStatement.ts'
import { useEffect, useState } from 'react'
import { classNames } from '../../_ui/classNames.ts'
import { Badge } from '../../_ui/Notice.tsx'
import type { ShownPrice } from '#lib/money/price.ts'
import { useStore } from '../StoreContext.tsx'
import styles from './Price.module.css'
import { priceStore } from './priceStore.ts'
import { PriceText } from './PriceText.tsx'
import { priceTexts, type PriceTexts } from '#lib/catalog/prices/priceTexts.ts'
import { useNewestPrice } from './useNewestPrice.ts'

export interface LivePriceProps {
  price: ShownPrice
  /** As the server wrote it: the browser may know another spelling of the same amount, and would replace it. */
  texts: PriceTexts
  productName: string
  size?: 'card' | 'page'
}

/** Puts the page's price into the tab's store, and follows it. */
function useFollowed(price: ShownPrice, productName: string): ShownPrice {
  const { productId } = price
  const newest = useNewestPrice(price)
  useEffect(() => {
    priceStore.bring([price])
  }, [price])
  useEffect(() => priceStore.watch(productId, productName), [productId, productName])
  return newest
}

/** The price, or that the product is no longer sold: then there is no amount. */
export function LivePrice({ price, texts, productName, size = 'card' }: LivePriceProps) {
  const { locale, labels } = useStore()
  const shown = useFollowed(price, productName)
  const [firstVersion] = useState(price.version)
  if (shown.status === 'discontinued') {
    return (
      <span
        className={classNames(styles.price, styles.gone)}
        data-product-id={shown.productId}
        data-product-status={shown.status}
      >
        {size === 'page' ? <Badge tone="warning">{labels.unavailable}</Badge> : labels.unavailable}
      </span>
    )
  }
  return (
    <PriceText
      attributes={priceAttributes(shown)}
      version={shown.version}
      changed={shown.version > firstVersion}
      texts={shown.version === price.version ? texts : priceTexts(shown, locale)}
      size={size}
    />
  )
}
