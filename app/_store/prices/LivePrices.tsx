'use client'

import { useEffect, useState } from 'react'
import { useStore } from '../StoreContext.tsx'
import styles from './Price.module.css'
import { priceStore } from './priceStore.ts'

/**
 * Follows the prices on the screen, once a page, announces changes to screen readers, and shows a notice when the shop
 * cannot be reached.
 */
export function LivePrices() {
  const { locale, labels } = useStore()
  const [news, setNews] = useState('')
  const [isInTouch, setInTouch] = useState(true)

  useEffect(() => {
    const left = new AbortController()
    // The first view of a page does not wait for it.
    import('./priceStream.ts').then(
      ({ followPrices }) => {
        if (!left.signal.aborted) left.signal.addEventListener('abort', followPrices(priceStore, setInTouch))
      },
      () => setInTouch(false),
    )
    return () => left.abort()
  }, [])

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
