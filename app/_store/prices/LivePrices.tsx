'use client'

import { useEffect, useState } from 'react'
import type { ShownPrice } from '#lib/money/price.ts'
import { fillText } from '../../_i18n/fillText.ts'
import { useStore } from '../StoreContext.tsx'
import styles from './Price.module.css'
import { followPrices } from './priceStream.ts'
import { priceStore } from './priceStore.ts'
import { priceTexts } from '#lib/catalog/prices/priceTexts.ts'

/** What changes within this time is read aloud once. */
const MERGED_MS = 2_500

/**
 * Follows the prices on the screen, once a page, tells screen readers about those that change, and everybody when the shop
 * cannot be reached.
 */
export function LivePrices() {
  const { locale, labels } = useStore()
  const [news, setNews] = useState('')
  const [isInTouch, setInTouch] = useState(true)

  useEffect(() => followPrices(priceStore, setInTouch), [])

  useEffect(() => {
    const changed = new Map<number, ShownPrice>()
    let announcing: number | undefined
    const announce = () => {
      announcing = undefined
      const watched = priceStore.watched()
      const seen = [...changed.values()].filter((price) => watched.has(price.productId))
      changed.clear()
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
    }
    const stop = priceStore.onRaised((raised) => {
      for (const price of raised) changed.set(price.productId, price)
      announcing ??= window.setTimeout(announce, MERGED_MS)
    })
    return () => {
      stop()
      window.clearTimeout(announcing)
    }
  }, [labels, locale])

  return (
    <>
      <output className="visually-hidden" aria-live="polite">
        {news}
      </output>
      <output className={isInTouch ? 'visually-hidden' : styles.lost}>{isInTouch ? '' : labels.outOfTouch}</output>
    </>
  )
}
