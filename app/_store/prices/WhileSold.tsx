'use client'

import type { ReactNode } from 'react'
import type { ShownPrice } from '#lib/money/price.ts'
import { useNewestPrice } from './useNewestPrice.ts'

/** Shows its children only while a product is sold; kept current in an open tab. */
export function WhileSold({ price, children }: { price: ShownPrice; children: ReactNode }) {
  return useNewestPrice(price).status === 'active' ? children : null
}
