'use client'

import type { ShownPrice } from '#lib/money/price.ts'
import { fillText } from '../../_i18n/fillText.ts'
import { useStore } from '../StoreContext.tsx'
import styles from './Price.module.css'
import { priceTexts } from '#lib/catalog/prices/priceTexts.ts'
import { useNewestPrice } from './useNewestPrice.ts'

interface LowestPriceProps {
  price: ShownPrice
  /** As the server wrote it: see LivePrice. */
  before: string | undefined
  size: 'card' | 'page'
}

/**
 * Explains a struck-through price that is the lowest one of 30 days. It comes with the version of the price that
 * is shown, in an open tab too.
 */
export function LowestPrice({ price, before, size }: LowestPriceProps) {
  const { locale, labels, reductionRule } = useStore()
  const shown = useNewestPrice(price)
  if (shown.status === 'discontinued' || shown.reducedFromMinor === null || reductionRule !== 'eu') return null
  const amount = (shown.version === price.version ? before : priceTexts(shown, locale).before) ?? ''
  return size === 'page' ? (
    <p className={styles.lowest} data-lowest-price={shown.version}>
      {fillText(labels.lowestPrice, { price: amount })}
    </p>
  ) : (
    <span className={styles.lowest} data-card-lowest={shown.version}>
      {fillText(labels.lowest, { price: amount })}
    </span>
  )
}
