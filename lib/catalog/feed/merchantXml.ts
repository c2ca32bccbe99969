/**
 * The feed as XML: RSS 2.0 with the attributes of Google's product data specification.
 * @see https://support.google.com/merchants/answer/7052112
 */
import { decimalAmount } from '#lib/money/formatMoney.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { nameIn, deepestOf, pathTo } from '../categories.ts'
import type { CategoryRef } from '../rows.ts'
import { feedAvailability } from '../stock.ts'
import { xmlText } from '../xml.ts'
import type { FeedPart, FeedProduct } from './feed.ts'

/** Our own elements: the versions that an item was made from. Readers of RSS leave out namespaces that they do not know. */
const VERSIONS_NAMESPACE = 'urn:evergreen:versions'

/** Characters that Google reads. */
const LONGEST_TITLE = 150
const LONGEST_DESCRIPTION = 5_000

export interface FeedChannel {
  readonly title: string
  readonly description: string
  readonly locale: Locale
  /** Absolute address of the shop's home page in that language. */
  readonly link: string
}

/** Absolute addresses and words of what an item names. */
export interface FeedWords {
  page(slug: string): string
  /** @param image the picture's path, or another shop's whole address */
  picture(image: string): string
  /** In the language of the feed. */
  colour(colour: string): string
}

const element = (name: string, text: string) => `<${name}>${xmlText(text)}</${name}>`

export function feedHead({ title, description, locale, link }: FeedChannel): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0" xmlns:v="${VERSIONS_NAMESPACE}"><channel>
${element('title', title)}${element('link', link)}${element('description', description)}${element('language', locale)}
`
}

export const FEED_END = '</channel></rss>\n'

/** Cut between two characters as people count them. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text
  let end = 0
  for (const { index, segment } of new Intl.Segmenter().segment(text)) {
    if (index + segment.length > most) break
    end = index + segment.length
  }
  return text.slice(0, end)
}

const money = (amountMinor: number, currency: string) => `${decimalAmount(amountMinor, currency)} ${currency}`

/** Google reads no seconds. @param time ISO 8601, in UTC */
const minuteOf = (time: string) => `${time.slice(0, 16)}Z`

/** With a reduction that may be shown, the former price is the price and the amount a sale price: as the page has it. */
function priceElements(
  { amountMinor, reducedFromMinor, currency, versionUpdatedAt }: ShownPrice,
  until: string | null,
): string {
  if (reducedFromMinor === null) return element('g:price', money(amountMinor, currency))
  return (
    element('g:price', money(reducedFromMinor, currency)) +
    element('g:sale_price', money(amountMinor, currency)) +
    (until === null ? '' : element('g:sale_price_effective_date', `${minuteOf(versionUpdatedAt)}/${minuteOf(until)}`))
  )
}

function versionsElement({ productId, version, amountMinor, productVersion, stockVersion }: ShownPrice): string {
  return `<v:made-from product-id="${productId}" price="${version}" amount-cents="${amountMinor}" product="${productVersion}" stock="${stockVersion}"/>`
}

/** The way to the deepest category, as the breadcrumbs of the page have it. */
function productType(product: FeedProduct, tree: readonly CategoryRef[], locale: Locale): string {
  const leaf = deepestOf(
    tree,
    tree.filter(({ id }) => product.categoryIds.includes(id)),
  )
  if (!leaf) return ''
  return element(
    'g:product_type',
    pathTo(tree, leaf.id)
      .map(({ names }) => nameIn(names, locale))
      .join(' > '),
  )
}

/** Each product of a group is an item of its own: JSON-LD names the group by the same id. */
function variantElements({ groupId, colour, size }: FeedProduct, words: FeedWords): string {
  return (
    (groupId === null ? '' : element('g:item_group_id', String(groupId))) +
    (colour === null ? '' : element('g:color', words.colour(colour))) +
    (size === null ? '' : element('g:size', size))
  )
}

/** The catalog has no GTIN, and what it sells has no other maker's number: it says so. */
function item(product: FeedProduct, tree: readonly CategoryRef[], locale: Locale, words: FeedWords): string {
  const elements = [
    element('g:id', product.sku),
    element('title', cut(product.name, LONGEST_TITLE)),
    element('description', cut(product.description, LONGEST_DESCRIPTION)),
    element('link', words.page(product.slug)),
    element('g:image_link', words.picture(product.image)),
    element('g:availability', feedAvailability(product.price.stock)),
    priceElements(product.price, product.priceValidUntil),
    element('g:brand', product.brand),
    element('g:condition', 'new'),
    element('g:identifier_exists', 'no'),
    variantElements(product, words),
    productType(product, tree, locale),
    versionsElement(product.price),
  ]
  return `<item>${elements.join('')}</item>\n`
}

export function feedItems({ products, categories }: FeedPart, locale: Locale, words: FeedWords): string {
  return products.map((product) => item(product, categories, locale, words)).join('')
}
