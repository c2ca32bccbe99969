'use client'

import { useMemo, useSyncExternalStore } from 'react'
import type { ShownPrice } from '#lib/money/price.ts'
import { newestOf, priceStore } from './priceStore.ts'

const nothingOnTheServer = () => undefined

/** @returns the tab's price, where it has something newer: else a page that has just come would be rendered a second time */
function newerThan(price: ShownPrice): ShownPrice | undefined {
  const seen = priceStore.get(price.productId)
  return seen && newestOf(price, seen) !== price ? seen : undefined
}

/** The price as the page has it, until the tab knows a newer one, or that the product is no longer or again sold. */
export function useNewestPrice(price: ShownPrice): ShownPrice {
  const newer = useSyncExternalStore(priceStore.subscribe, () => newerThan(price), nothingOnTheServer)
  return useMemo(() => (newer ? newestOf(price, newer) : price), [price, newer])
}

/** The same of several. */
export function useNewestPrices(prices: readonly ShownPrice[]): readonly ShownPrice[] {
  const known = () =>
    prices
      .map(newerThan)
      .filter((seen) => seen !== undefined)
      .map((seen) => `${seen.productId} ${seen.version} ${seen.productVersion} ${seen.stockVersion}`)
      .join() || undefined
  const newer = useSyncExternalStore(priceStore.subscribe, known, nothingOnTheServer)
  return useMemo(
    () => (newer === undefined ? prices : prices.map((price) => newestOf(price, newerThan(price) ?? price))),
    [prices, newer],
  )
}
