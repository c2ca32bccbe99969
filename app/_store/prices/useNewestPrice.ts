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
