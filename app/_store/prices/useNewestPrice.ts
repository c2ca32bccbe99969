'use client'

import { useMemo, useSyncExternalStore } from 'react'
import type { ShownPrice } from '#lib/money/price.ts'
import { newestOf, priceStore } from './priceStore.ts'

const nothingOnTheServer = () => undefined

/** The price as the page has it, until the tab knows a newer one, or that the product is no longer or again sold. */
export function useNewestPrice(price: ShownPrice): ShownPrice {
  const seen = useSyncExternalStore(priceStore.subscribe, () => priceStore.get(price.productId), nothingOnTheServer)
  return useMemo(() => (seen ? newestOf(price, seen) : price), [price, seen])
}

/** The same of several. */
export function useNewestPrices(prices: readonly ShownPrice[]): readonly ShownPrice[] {
  const known = () =>
    prices
      .map(({ productId }) => priceStore.get(productId))
      .map((seen) => seen && `${seen.version} ${seen.productVersion} ${seen.stockVersion}`)
      .join()
  const seen = useSyncExternalStore(priceStore.subscribe, known, nothingOnTheServer)
  return useMemo(
    () =>
      prices.map((price) => {
        const newer = seen === undefined ? undefined : priceStore.get(price.productId)
        return newer ? newestOf(price, newer) : price
      }),
    [prices, seen],
  )
}
