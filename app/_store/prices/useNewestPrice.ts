'use client'

import { useSyncExternalStore } from 'react'
import type { ShownPrice } from '#lib/catalog/rows.ts'
import { priceStore } from './priceStore.ts'

const nothingOnTheServer = () => undefined

/** The price as the page has it, until the tab knows a newer one. */
export function useNewestPrice(price: ShownPrice): ShownPrice {
  const seen = useSyncExternalStore(priceStore.subscribe, () => priceStore.get(price.productId), nothingOnTheServer)
  return seen && seen.version > price.version ? seen : price
}
