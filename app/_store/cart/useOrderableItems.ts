'use client'

import { useEffect, useSyncExternalStore } from 'react'
import { priceStore } from '../prices/priceStore.ts'
import { orderableItems, type CartItem } from './cart.ts'
import { useCart } from './useCart.ts'

/** Which products of the cart are not sold, as a text: the same one while nothing has changed. */
function useUnsold(ids: string): string {
  const unsold = () =>
    ids
      .split(',')
      .filter((id) => id !== '' && !priceStore.isSold(Number(id)))
      .join(',')
  return useSyncExternalStore(priceStore.subscribe, unsold, () => '')
}

/** What is in the cart and can be bought, kept current on each page by the stream that brings prices. */
export function useOrderableItems(): readonly CartItem[] {
  const items = useCart() ?? []
  const ids = items.map(({ productId }) => productId).join(',')
  const unsold = useUnsold(ids).split(',')
  useEffect(() => {
    const unfollow = ids
      .split(',')
      .filter(Boolean)
      .map((id) => priceStore.follow(Number(id)))
    return () => unfollow.forEach((end) => end())
  }, [ids])
  return orderableItems(items, (productId) => !unsold.includes(String(productId)))
}
