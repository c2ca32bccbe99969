'use client'

import { useEffect, useSyncExternalStore } from 'react'
import type { CartLine } from '#lib/orders/cartLines.ts'
import { priceStore } from '../prices/priceStore.ts'
import { useCart } from './useCart.ts'

/** The products of the cart that are not sold, as a text: the same one while nothing has changed. */
function useUnsold(ids: string): string {
  const unsold = () =>
    ids
      .split(',')
      .filter((id) => id !== '' && !priceStore.isSold(Number(id)))
      .join(',')
  return useSyncExternalStore(priceStore.subscribe, unsold, () => '')
}

/** The lines of the cart that can be bought, kept current on each page by the stream of prices. */
export function useOrderableLines(): readonly CartLine[] {
  const lines = useCart() ?? []
  const ids = lines.map(({ productId }) => productId).join(',')
  const unsold = useUnsold(ids).split(',')
  useEffect(() => {
    const unfollow = ids
      .split(',')
      .filter(Boolean)
      .map((id) => priceStore.follow(Number(id)))
    return () => unfollow.forEach((end) => end())
  }, [ids])
  return lines.filter(({ productId }) => !unsold.includes(String(productId)))
}
