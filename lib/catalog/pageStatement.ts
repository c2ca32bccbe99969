/**
 * Writes the prices and versions that a page states in meta tags and attributes, and reads them from the bytes of a
 * page.
 */
import { parseVersionedTag } from '#lib/coherence/tags.ts'
import type { ShownPrice } from '#lib/money/price.ts'

/** A price as a page states it. */
export type StatedPrice = Pick<ShownPrice, 'productId' | 'version' | 'amountMinor'>

/** The former price beside a price, as a page or a feed states it for machines; null: it states none. */
export type StatedReduction = Pick<ShownPrice, 'productId' | 'version' | 'reducedFromMinor'>

export interface PageStatement {
  /** The versions in the head, by product id. */
  readonly versions: ReadonlyMap<number, number>
  /** The price elements, each distinct one once; what cannot be read of one is NaN. */
  readonly prices: readonly StatedPrice[]
  /** Of the product whose page it is, and of each item of a feed. */
  readonly reductions: readonly StatedReduction[]
  /** Places of the page that contradict each other. */
  readonly contradictions: readonly Contradiction[]
  readonly renderedAt: string | undefined
}

interface Contradiction {
  readonly productId: number
  readonly words: string
}

/** The statement of no page. */
export const NO_STATEMENT: PageStatement = {
  versions: new Map(),
  prices: [],
  reductions: [],
  contradictions: [],
  renderedAt: undefined,
}

/** Names of metas in the head: versions of prices, time of the newest, time of the render. */
export const META = {
  versions: 'price-version',
  updatedAt: 'price-version-updated-at',
  renderedAt: 'rendered-at',
} as const

/** The attributes of a price element. The history checker in e2e spells and parses them itself: it must not share a mistake with us. */
export function priceAttributes({ productId, version, amountMinor }: StatedPrice) {
  return { 'data-product-id': productId, 'data-price-version': version, 'data-amount-cents': amountMinor }
}

function newestPerProduct(prices: readonly ShownPrice[]): ShownPrice[] {
  const newest = new Map<number, ShownPrice>()
  for (const price of prices) {
    const known = newest.get(price.productId)
    if (!known || price.version > known.version) newest.set(price.productId, price)
  }
  return [...newest.values()]
}

/**
 * Reads the prices in the head of a page.
 * @returns versions such as `42@7 43@2`, and when the newest of them was written (ISO 8601)
 */
export function describePrices(prices: readonly ShownPrice[]): { versions: string; updatedAt: string | undefined } {
  const shown = newestPerProduct(prices)
  return {
    versions: shown.map((price) => `${price.productId}@${price.version}`).join(' '),
    // ISO 8601 in UTC sorts as text.
    updatedAt: shown
      .map((price) => price.versionUpdatedAt)
      .toSorted()
      .at(-1),
  }
}

/**
 * When the page is rendered (ISO 8601). Read through `performance`, which Next leaves alone: `Date.now()` is refused in
 * a static render, and this is a note about the render, not a part of what it shows.
 */
export function renderTime(): string {
  return new Date(performance.timeOrigin + performance.now()).toISOString()
}

const ELEMENT = /<[a-z][^>]*\bdata-price-version="[^>]*>/g
/** The price of a product page as search engines and chat programs read it, written with all decimals of its currency; and the former one. */
const JSON_LD = /"@type":"Offer"[^{}]*?"price":"([\d.]+)"[^{}]*(?:\{[^{}]*StrikethroughPrice"[^{}]*"price":"([\d.]+)")?/
const OPEN_GRAPH = /<meta property="product:price:amount" content="([\d.]+)"/

function metaContent(html: string, name: string): string | undefined {
  return new RegExp(`<meta name="${name}" content="([^"]*)"`).exec(html)?.[1]
}

/** An amount such as `12.90`. */
const minorOf = (text: string) => Number(text.replace('.', ''))

function numberIn(tag: string, name: string): number {
  return Number(new RegExp(`\\b${name}="(\\d+)"`).exec(tag)?.[1] ?? Number.NaN)
}

/** The versions in a page's head: product id to version. */
function pageVersions(html: string): Map<number, number> {
  const pairs = (metaContent(html, META.versions) ?? '').split(' ')
  return new Map(
    pairs.flatMap((pair) => parseVersionedTag(`price:${pair}`) ?? []).map(({ id, version }) => [id, version]),
  )
}

/** The price elements of a page, each distinct one once; what cannot be read of one is NaN. */
export function priceElements(html: string): StatedPrice[] {
  const found = new Map<string, StatedPrice>()
  for (const tag of html.match(ELEMENT) ?? []) {
    const stated = {
      productId: numberIn(tag, 'data-product-id'),
      version: numberIn(tag, 'data-price-version'),
      amountMinor: numberIn(tag, 'data-amount-cents'),
    }
    found.set(Object.values(stated).join(':'), stated)
  }
  return [...found.values()]
}

/**
 * @param ownProductId the product whose page it is; undefined for a list. Its amount also stands in JSON-LD and in OpenGraph
 * @param cacheTag the header of that name
 */
export function readStatement(html: string, ownProductId: number | undefined, cacheTag: string): PageStatement {
  const contradictions: Contradiction[] = []
  const contradict = (productId: number, says: string) =>
    contradictions.push({ productId, words: `product ${productId}: ${says}` })
  const prices = priceElements(html)
  const first = new Map<number, StatedPrice>()
  for (const shown of prices.filter((one) => Object.values(one).every(Number.isInteger))) {
    const known = first.get(shown.productId)
    if (!known) first.set(shown.productId, shown)
    else
      contradict(
        shown.productId,
        `${known.amountMinor} at version ${known.version}, and ${shown.amountMinor} at version ${shown.version}`,
      )
  }
  const versions = pageVersions(html)
  for (const { productId, version } of first.values()) {
    const meta = versions.get(productId)
    if (meta !== version) contradict(productId, `the head says version ${meta ?? 'none'}, the price ${version}`)
  }
  // Tags may name more products than the page shows, never another version of one that it shows.
  for (const { id, version } of cacheTag
    .split(',')
    .flatMap((text) => parseVersionedTag(text.trim()) ?? [])
    .filter(({ kind }) => kind === 'price')) {
    const shown = first.get(id)
    if (shown && shown.version !== version)
      contradict(id, `Cache-Tag says version ${version}, the price ${shown.version}`)
  }
  const own = ownProductId === undefined ? undefined : first.get(ownProductId)
  for (const [place, pattern] of [
    ['JSON-LD', JSON_LD],
    ['OpenGraph', OPEN_GRAPH],
  ] as const) {
    const text = own && pattern.exec(html)?.[1]
    if (own && text !== undefined && minorOf(text) !== own.amountMinor)
      contradict(own.productId, `${place} says ${text}, the price ${own.amountMinor} cents`)
  }
  const [offer, , former] = JSON_LD.exec(html) ?? []
  const reducedFromMinor = former === undefined ? null : minorOf(former)
  const reductions = own && offer ? [{ productId: own.productId, version: own.version, reducedFromMinor }] : []
  return { versions, prices, reductions, contradictions, renderedAt: metaContent(html, META.renderedAt) }
}
