'use client'

import type { ShownPrice } from '#lib/catalog/rows.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { useNewestPrice } from '../prices/useNewestPrice.ts'

/** Whether the product can be bought, kept current in an open tab. */
export function Availability({
  price,
  available,
  discontinued,
}: {
  price: ShownPrice
  available: string
  discontinued: string
}) {
  const { status } = useNewestPrice(price)
  return (
    <Badge tone={status === 'active' ? 'success' : 'warning'}>{status === 'active' ? available : discontinued}</Badge>
  )
}
