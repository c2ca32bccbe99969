'use client'

import { jsonLdAt } from '#lib/catalog/jsonLd.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { useNewestPrice } from '../prices/useNewestPrice.ts'
import { JsonLd } from './JsonLd.tsx'

/** What machines read of a product. It follows the price in an open tab. @param text as the server wrote it */
export function ProductJsonLd({ text, price }: { text: string; price: ShownPrice }) {
  const shown = useNewestPrice(price)
  return <JsonLd text={shown === price ? text : jsonLdAt(text, shown)} />
}
