'use client'

import type { ShownPrice } from '#lib/catalog/rows.ts'
import { fillText } from '../../_i18n/fillText.ts'
import { useStore } from '../StoreContext.tsx'
import styles from './Price.module.css'
import { useNewestPrice } from './useNewestPrice.ts'

/**
 * The lowest price of 30 days on the card of a list. It goes when the tab knows a newer price, and comes with the next
 * page: a list of two dozen products is not asked for again because one of them changed.
 */
export function CardLowestPrice({ price, amount }: { price: ShownPrice; amount: string }) {
  const { labels } = useStore()
  if (useNewestPrice(price) !== price) return null
  return (
    <span className={styles.lowest} data-card-lowest={price.version}>
      {fillText(labels.lowest, { price: amount })}
    </span>
  )
}
