'use client'

import { useEffect, useState } from 'react'
import { useStore } from '../StoreContext.tsx'
import styles from './Price.module.css'
import { followPrices } from './priceStream.ts'
import { priceStore } from './priceStore.ts'

/**
 * Follows the prices on the screen, once a page, tells screen readers about those that change, and everybody when the shop
 * cannot be reached.
 */
export function LivePrices() {
  const { locale, labels } = useStore()
  const [news, setNews] = useState('')
  const [isInTouch, setInTouch] = useState(true)

  useEffect(() => followPrices(priceStore, setInTouch), [])

  useEffect(
    () =>
      priceStore.onRaised((raised) => {
        import('./announce.ts').then(
          ({ announce }) => announce(raised, { locale, labels, say: setNews }),
          () => undefined,
        )
      }),
    [labels, locale],
  )

  return (
    <>
      <output className="visually-hidden" aria-live="polite">
        {news}
      </output>
      <output className={isInTouch ? 'visually-hidden' : styles.lost}>{isInTouch ? '' : labels.outOfTouch}</output>
    </>
  )
}
