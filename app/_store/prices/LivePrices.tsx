'use client'

import { useEffect, useState } from 'react'
import { priceTexts } from '#lib/catalog/prices/priceTexts.ts'
import { stockTexts } from '#lib/catalog/stock.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { fillText } from '../../_i18n/fillText.ts'
import { useStore } from '../StoreContext.tsx'
import styles from './Price.module.css'
import { followPrices } from './priceStream.ts'
import { priceStore, type Raised } from './priceStore.ts'

/** What changes within this time is read aloud once. */
const MERGED_MS = 2_500

/** What the page of a product says of its stock now, where that is something else. Cards are not read aloud for it. */
function spokenStock(before: ShownPrice, now: ShownPrice, locale: Locale): string[] {
  const { said } = stockTexts(now.stock, locale)
  const isShown = document.querySelector(`[data-spoken][data-stock-of="${now.productId}"]`) !== null
  return isShown && now.status === 'active' && said !== stockTexts(before.stock, locale).said ? [said] : []
}

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
    const changed = new Map<number, Raised>()
    let announcing: number | undefined
    const announce = () => {
      announcing = undefined
      const watched = priceStore.watched()
      const seen = [...changed.values()].filter(({ now }) => watched.has(now.productId))
      changed.clear()
      const stocks = seen.flatMap(({ before, now }) => spokenStock(before, now, locale))
      const priced = seen.filter(({ before, now }) => now.version > before.version || now.status !== before.status)
      const [only] = priced
      const prices =
        priced.length > 1
          ? labels.pricesChanged
          : only &&
            fillText(only.now.status === 'discontinued' ? labels.gone : labels.priceChanged, {
              product: watched.get(only.now.productId) ?? '',
              price: priceTexts(only.now, locale).amount,
            })
      const said = [prices, ...stocks].filter(Boolean).join(' ')
      if (said !== '') setNews(said)
    }
    const stop = priceStore.onRaised((raised) => {
      for (const { before, now } of raised) {
        const first = changed.get(now.productId)?.before ?? before
        changed.set(now.productId, { before: first, now })
      }
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
