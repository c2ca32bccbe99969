'use client'

import { jsonLdAt } from '#lib/catalog/jsonLd.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { useNewestPrice, useNewestPrices } from '../prices/useNewestPrice.ts'
import { JsonLd } from './JsonLd.tsx'

/** JSON-LD of a product, which follows the price in an open tab. @param text as the server wrote it */
export function ProductJsonLd({ text, price }: { text: string; price: ShownPrice }) {
  const shown = useNewestPrice(price)
  return <JsonLd text={shown === price ? text : jsonLdAt(text, shown)} />
}

interface GroupJsonLdProps {
  /** As the server wrote it, up to the others of the group. */
  head: string
  /** Each of the others, as the server wrote it. */
  texts: readonly string[]
  /** Theirs. */
  prices: readonly ShownPrice[]
}

/** JSON-LD of a group, which follows the prices in an open tab. */
export function GroupJsonLd({ head, texts, prices }: GroupJsonLdProps) {
  const newest = useNewestPrices(prices)
  const current = texts.map((text, i) => {
    const shown = newest[i]
    return shown === undefined || shown === prices[i] ? text : jsonLdAt(text, shown)
  })
  return <JsonLd text={`${[head, ...current].join()}]}`} />
}
