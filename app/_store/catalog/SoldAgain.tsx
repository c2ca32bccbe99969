'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import type { ShownPrice } from '#lib/money/price.ts'
import { priceStore } from '../prices/priceStore.ts'
import { useNewestPrice } from '../prices/useNewestPrice.ts'

/** On the page of a product that is no longer sold: gives way to the product's own page as soon as it is sold again. */
export function SoldAgain({ price, name }: { price: ShownPrice; name: string }) {
  const router = useRouter()
  const { productId } = price
  const { status, productVersion } = useNewestPrice(price)
  useEffect(() => {
    priceStore.bring([price])
  }, [price])
  useEffect(() => priceStore.watch(productId, name), [productId, name])
  const soldSince = status === 'active' ? productVersion : undefined
  // Once a version: a page that is still behind afterwards is not asked for again.
  useEffect(() => {
    if (soldSince !== undefined) router.refresh()
  }, [soldSince, router])
  return null
}
