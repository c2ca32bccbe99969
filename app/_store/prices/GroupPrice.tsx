'use client'

import { useEffect, useState } from 'react'
import { cheapestOf, groupTexts, type GroupTexts } from '#lib/catalog/prices/groupPrice.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { fillText } from '../../_i18n/fillText.ts'
import { classNames } from '../../_ui/classNames.ts'
import { useStore } from '../StoreContext.tsx'
import styles from './Price.module.css'
import { priceStore } from './priceStore.ts'
import { PriceText } from './PriceText.tsx'
import { useNewestPrices } from './useNewestPrice.ts'

interface GroupPriceProps {
  /** The prices of all that are sold, that of the card's product first. */
  prices: readonly ShownPrice[]
  /** As the server wrote it: see LivePrice. */
  texts: GroupTexts
  productName: string
}

/** Puts the prices of a group into the tab's store, and follows them. @returns those of products that are sold, of the group's own the first */
function useFollowedGroup(prices: readonly ShownPrice[], productName: string) {
  const newest = useNewestPrices(prices)
  useEffect(() => {
    priceStore.bring(prices)
  }, [prices])
  const ids = prices.map(({ productId }) => productId).join()
  useEffect(() => {
    // A change of the others is not read aloud: the name on the card is not theirs.
    const ends = ids
      .split(',')
      .map(Number)
      .map((id, i) => (i === 0 ? priceStore.watch(id, productName) : priceStore.follow(id)))
    return () => ends.forEach((end) => end())
  }, [ids, productName])
  return {
    sold: newest.filter(({ status }) => status === 'active'),
    isAsServed: newest.every(({ version, status }, i) => version === prices[i]?.version && status === prices[i].status),
  }
}

/** The price of the cheapest product of a group. Another one of them may be the cheapest after the next change. */
export function GroupPrice({ prices, texts, productName }: GroupPriceProps) {
  const { locale, labels, reductionRule } = useStore()
  const { sold, isAsServed } = useFollowedGroup(prices, productName)
  const cheapest = cheapestOf(sold)
  const shown = cheapest && !isAsServed ? groupTexts(sold, cheapest, locale) : texts
  const [first] = useState(texts.versions)
  if (!cheapest) return <span className={classNames(styles.price, styles.gone)}>{labels.unavailable}</span>
  const { productId, version, amountMinor } = shown.stated
  return (
    <>
      <PriceText
        attributes={{
          'data-product-id': productId,
          'data-price-version': version,
          'data-amount-cents': amountMinor,
          'data-group-prices': shown.versions,
        }}
        version={`${productId}@${version}`}
        changed={shown.versions !== first}
        texts={shown}
        size="card"
      />
      {cheapest.reducedFromMinor === null || reductionRule !== 'eu' ? null : (
        <span className={styles.lowest} data-card-lowest={version}>
          {fillText(labels.lowest, { price: shown.before ?? '' })}
        </span>
      )}
    </>
  )
}
