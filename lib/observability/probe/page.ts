/** What a page says of prices, read from its bytes alone. Pure: the same bytes always read the same. */
import { parseVersionedTag } from '#lib/coherence/protocol/tags.ts'

export interface ShownPrice {
  readonly productId: number
  readonly version: number
  readonly amountCents: number
}

export interface PageStatement {
  /** One a product. */
  readonly prices: readonly ShownPrice[]
  /** Places of the page that contradict each other, in words. */
  readonly contradictions: readonly string[]
  readonly renderedAt: string | undefined
}

const META = /<meta name="price-version" content="([^"]*)"/
const RENDERED_AT = /<meta name="rendered-at" content="([^"]*)"/
const ELEMENT = /<[a-z][^>]*\bdata-product-id="[^>]*>/g
/** The price of a product page as search engines and chat programs read it; cents have two decimals in every currency here. */
const JSON_LD = /"@type":"Offer"[^{}]*?"price":"([\d.]+)"/
const OPEN_GRAPH = /<meta property="product:price:amount" content="([\d.]+)"/

function numberIn(tag: string, name: string): number {
  return Number(new RegExp(`\\b${name}="(\\d+)"`).exec(tag)?.[1] ?? Number.NaN)
}

function metaVersions(html: string): Map<number, number> {
  const pairs = (META.exec(html)?.[1] ?? '').split(' ').flatMap((pair) => parseVersionedTag(`price:${pair}`) ?? [])
  return new Map(pairs.map(({ id, version }) => [id, version]))
}

function elementsOf(html: string): ShownPrice[] {
  return (html.match(ELEMENT) ?? [])
    .map((tag) => ({
      productId: numberIn(tag, 'data-product-id'),
      version: numberIn(tag, 'data-price-version'),
      amountCents: numberIn(tag, 'data-amount-cents'),
    }))
    .filter(
      ({ productId, version, amountCents }) =>
        Number.isInteger(productId) && Number.isInteger(version) && Number.isInteger(amountCents),
    )
}

/**
 * @param ownProductId whose page it is, where it is one product's: its amount also stands in JSON-LD and in OpenGraph
 * @param cacheTag the header of that name
 */
export function readStatement(html: string, ownProductId: number | undefined, cacheTag: string): PageStatement {
  const prices = new Map<number, ShownPrice>()
  const contradictions: string[] = []
  for (const shown of elementsOf(html)) {
    const known = prices.get(shown.productId)
    if (!known) prices.set(shown.productId, shown)
    else if (known.version !== shown.version || known.amountCents !== shown.amountCents) {
      contradictions.push(
        `product ${shown.productId}: ${known.amountCents} at version ${known.version}, and ${shown.amountCents} at version ${shown.version}`,
      )
    }
  }
  const announced = metaVersions(html)
  for (const { productId, version } of prices.values()) {
    const meta = announced.get(productId)
    if (meta !== version)
      contradictions.push(`product ${productId}: the head says version ${meta ?? 'none'}, the price ${version}`)
  }
  // Tags may name more products than the page shows, never another version of one that it shows.
  for (const { id, version } of cacheTag
    .split(',')
    .flatMap((text) => parseVersionedTag(text.trim()) ?? [])
    .filter(({ kind }) => kind === 'price')) {
    const shown = prices.get(id)
    if (shown && shown.version !== version)
      contradictions.push(`product ${id}: Cache-Tag says version ${version}, the price ${shown.version}`)
  }
  const own = ownProductId === undefined ? undefined : prices.get(ownProductId)
  for (const [place, pattern] of [
    ['JSON-LD', JSON_LD],
    ['OpenGraph', OPEN_GRAPH],
  ] as const) {
    const text = own && pattern.exec(html)?.[1]
    if (own && text !== undefined && Math.round(Number(text) * 100) !== own.amountCents) {
      contradictions.push(`product ${own.productId}: ${place} says ${text}, the price ${own.amountCents} cents`)
    }
  }
  return { prices: [...prices.values()], contradictions, renderedAt: RENDERED_AT.exec(html)?.[1] }
}
