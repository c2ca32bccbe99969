/** The price of one product in every place of a page that states it: read from the bytes that were sent. */
import type { APIRequestContext } from '@playwright/test'

export interface ShownPrice {
  readonly url: string
  readonly cache: string | undefined
  readonly cacheTag: string | undefined
  /** From the head: `price-version`. */
  readonly version: number | undefined
  /** From the head: `price-version-updated-at`. */
  readonly updatedAt: string | undefined
  readonly renderedAt: string | undefined
  /** From the price elements: distinct `version:amount` pairs. */
  readonly elements: readonly string[]
  /** From JSON-LD, in cents; of a product page only. */
  readonly jsonLdCents: number | undefined
  readonly openGraphCents: number | undefined
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]
}

function metaContent(html: string, key: 'name' | 'property', value: string): string | undefined {
  const tag = html.match(/<meta [^>]*>/g)?.find((candidate) => attribute(candidate, key) === value)
  return tag && attribute(tag, 'content')
}

/** An amount is written with all decimals of its currency: its digits are its minor units. */
function toCents(amount: string | undefined): number | undefined {
  return amount === undefined ? undefined : Number(amount.replace('.', ''))
}

/** Reads what `html` shows of `productId`. */
export function shownPrice(html: string, productId: number): Omit<ShownPrice, 'url' | 'cache' | 'cacheTag'> {
  const versions =
    metaContent(html, 'name', 'price-version')
      ?.split(' ')
      .map((pair) => pair.split('@').map(Number)) ?? []
  const elements = (html.match(/<[a-z]+ [^>]*data-product-id[^>]*>/g) ?? [])
    .filter((tag) => attribute(tag, 'data-product-id') === String(productId))
    .map((tag) => `${attribute(tag, 'data-price-version')}:${attribute(tag, 'data-amount-cents')}`)
  return {
    version: versions.find(([id]) => id === productId)?.[1],
    updatedAt: metaContent(html, 'name', 'price-version-updated-at'),
    renderedAt: metaContent(html, 'name', 'rendered-at'),
    elements: [...new Set(elements)],
    jsonLdCents: toCents(/"@type":"Offer"[^}]*?"price":"([^"]*)"/.exec(html)?.[1]),
    openGraphCents: toCents(metaContent(html, 'property', 'product:price:amount')),
  }
}

/** One request, whose answer is looked at as it is: no script runs, nothing is asked twice. */
export async function fetchShownPrice(request: APIRequestContext, url: string, productId: number): Promise<ShownPrice> {
  const response = await request.get(url)
  if (!response.ok()) throw new Error(`${url} answered ${response.status()}`)
  const headers = response.headers()
  return {
    url,
    cache: headers['x-cache'],
    cacheTag: headers['cache-tag'],
    ...shownPrice(await response.text(), productId),
  }
}
