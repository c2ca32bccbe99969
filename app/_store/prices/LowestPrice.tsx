'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import type { ShownPrice } from '#lib/catalog/rows.ts'
import { useNewestPrice } from './useNewestPrice.ts'

/**
 * The lowest price of the 30 days before the reduction, as a line of text. It belongs to one version of the price: once
 * the tab knows a newer one it is taken away, and comes back with the page of that version when that is on sale too.
 */
export function LowestPrice({
  price,
  text,
  className,
}: {
  price: ShownPrice
  text: string | undefined
  className: string | undefined
}) {
  const router = useRouter()
  const newest = useNewestPrice(price)
  const isBehind = newest !== price
  const missing = isBehind && newest.compareAtCents !== null ? newest.version : undefined
  useEffect(() => {
    // Once a version: a page that is still behind afterwards is not asked for again.
    if (missing !== undefined) router.refresh()
  }, [missing, router])
  return isBehind || text === undefined ? null : (
    <p className={className} data-lowest-price={newest.version}>
      {text}
    </p>
  )
}
