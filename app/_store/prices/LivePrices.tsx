'use client'

import { useEffect, useState } from 'react'
import { fillText } from '../../_i18n/fillText.ts'
import { useStore } from '../StoreContext.tsx'
import { followPrices } from './priceStream.ts'
import { priceStore } from './priceStore.ts'
import { priceTexts } from '#lib/catalog/prices/priceTexts.ts'

/** Follows the prices on the screen, once a page, and tells screen readers about those that change. */
export function LivePrices() {
  const { locale, labels } = useStore()
  const [news, setNews] = useState('')

  useEffect(() => followPrices(priceStore), [])

  useEffect(
    () =>
      priceStore.onRaised((raised) => {
        const watched = priceStore.watched()
        const seen = raised.filter((price) => watched.has(price.productId))
        const [only] = seen
        if (!only) return
        setNews(
          seen.length > 1
            ? labels.pricesChanged
            : fillText(only.status === 'discontinued' ? labels.gone : labels.priceChanged, {
                product: watched.get(only.productId) ?? '',
                price: priceTexts(only, locale).amount,
              }),
        )
      }),
    [labels, locale],
  )

  return (
    <output className="visually-hidden" aria-live="polite">
      {news}
    </output>
  )
}
