import type { BreadcrumbList, OfferLeaf as Offer, ProductLeaf, WithContext } from 'schema-dts'
import { decimalAmount } from '#lib/money/formatMoney.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import type { Product } from './rows.ts'
import { schemaAvailability } from './stock.ts'

/**
 * JSON that cannot end the `<script>` that it stands in. `<` alone would do for that; the others keep it safe in
 * XHTML and in readers that take U+2028 for a line end.
 */
export function escapedJson(value: object): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The price that is struck through on the page, where there is one. Behind `price`: readers take the first amount. */
function struckThrough({ reducedFromMinor, currency }: PriceFacts): Pick<Offer, 'priceSpecification'> {
  if (reducedFromMinor === null) return {}
  return {
    priceSpecification: {
      '@type': 'UnitPriceSpecification',
      priceType: 'https://schema.org/StrikethroughPrice',
      price: decimalAmount(reducedFromMinor, currency),
      priceCurrency: currency,
    },
  }
}

/** The fields of a product that its JSON-LD states. */
export type ProductFacts = Pick<Product, 'name' | 'description' | 'sku' | 'brand' | 'status'> & {
  readonly variation?: Variation
  readonly price: PriceFacts & Pick<ShownPrice, 'stock'>
  readonly priceValidUntil: string | null
}

/** The property that distinguishes a product within its group. */
export type Variation = Pick<ProductLeaf, 'color' | 'size' | 'isVariantOf'>

export type PriceFacts = Pick<ShownPrice, 'amountMinor' | 'reducedFromMinor' | 'currency'>

/** The part of an offer that follows from the price. */
function pricePart(price: PriceFacts, validUntil: string | null) {
  return {
    price: decimalAmount(price.amountMinor, price.currency),
    priceCurrency: price.currency,
    ...(validUntil !== null && { priceValidUntil: validUntil }),
    ...struckThrough(price),
  } satisfies Partial<Offer>
}

const SCHEMA = 'https://schema.org/'

/** @param availability the last part of its address @returns its member of the offer, as JSON without braces */
export function availabilityMember(availability: string): string {
  return escapedJson({ availability: SCHEMA + availability }).slice(1, -1)
}

/** @param price its members of the offer, as JSON without braces */
export function priceMembers(price: PriceFacts, validUntil: string | null): string {
  return escapedJson(pricePart(price, validUntil)).slice(1, -1)
}

/** The offer stands last, and in it what follows from the stock and the price. @param url and imageUrls absolute, the picture of lists first */
export function productJsonLd(
  product: ProductFacts,
  url: string,
  imageUrls: readonly string[],
): WithContext<ProductLeaf> {
  const { price, priceValidUntil, status } = product
  const availability = status === 'active' ? schemaAvailability(price.stock) : 'Discontinued'
  return document(product, url, imageUrls, {
    availability: `${SCHEMA}${availability}`,
    ...pricePart(price, priceValidUntil),
  })
}

/**
 * The same as text.
 * @param members what `availabilityMember` and `priceMembers` made, or stands in its place
 */
export function productJsonLdText(
  product: Omit<ProductFacts, 'price' | 'priceValidUntil' | 'status'>,
  url: string,
  imageUrls: readonly string[],
  members: string,
): string {
  return escapedJson(document(product, url, imageUrls, {})).replace(/\}\}$/, () => `,${members}}}`)
}

/**
 * The JSON-LD of a page once the tab knows more than the page.
 * @param text as `productJsonLdText` made it
 */
export function jsonLdAt(text: string, price: Pick<ShownPrice, 'status' | 'stock'> & PriceFacts): string {
  const availability = price.status === 'active' ? schemaAvailability(price.stock) : 'Discontinued'
  const kept = text.slice(0, text.lastIndexOf(`,${availabilityMember('').slice(0, -1)}`))
  // The tab does not know how long the newer price is valid.
  return `${kept},${availabilityMember(availability)},${priceMembers(price, null)}}}`
}

function document(
  product: Omit<ProductFacts, 'price' | 'priceValidUntil' | 'status'>,
  url: string,
  imageUrls: readonly string[],
  others: Partial<Offer>,
): WithContext<ProductLeaf> {
  return {
    '@context': 'https://schema.org',
    '@type': 'Product',
    '@id': productId(url),
    name: product.name,
    description: product.description,
    sku: product.sku,
    image: imageUrls,
    url,
    brand: { '@type': 'Brand', name: product.brand },
    ...product.variation,
    offers: offer(url, others),
  }
}

const productId = (url: string) => `${url}#product`

const offer = (url: string, others: Partial<Offer>) =>
  ({
    '@type': 'Offer',
    url,
    itemCondition: 'https://schema.org/NewCondition',
    ...others,
  }) satisfies Offer

export interface VariantFacts {
  readonly id: number
  readonly name: string
  readonly sku: string
  readonly url: string
  readonly imageUrl: string
  readonly variation: Variation
}

/**
 * Another product of the group, as it stands in the JSON-LD of the group. The offer stands last, as in that of a product.
 * @param members as for `productJsonLdText`
 */
export function variantJsonLdText({ id, name, sku, url, imageUrl, variation }: VariantFacts, members: string): string {
  const variant: ProductLeaf = {
    '@type': 'Product',
    '@id': productId(url),
    name,
    sku,
    image: imageUrl,
    url,
    ...variation,
    productID: String(id),
    offers: offer(url, {}),
  }
  return escapedJson(variant).replace(/\}\}$/, () => `,${members}}}`)
}

/**
 * The JSON-LD of a group up to its variants: a text of each and `]}` end it.
 * @param url of the product whose page it is @param id of the group, an address
 */
export function groupJsonLdHead(
  group: { readonly id: number; readonly name: string; readonly brand: string; readonly variesBy: readonly string[] },
  id: string,
  url: string,
): string {
  const head = {
    '@context': 'https://schema.org',
    '@type': 'ProductGroup',
    '@id': id,
    name: group.name,
    productGroupID: String(group.id),
    brand: { '@type': 'Brand', name: group.brand },
    variesBy: group.variesBy.map((property) => SCHEMA + property),
    hasVariant: [{ '@id': productId(url) }],
  }
  return escapedJson(head).slice(0, -2)
}

export interface Crumb {
  name: string
  /** Absent for the page itself. */
  path?: string
}

/** @param origin such as `https://shop.example` */
export function breadcrumbJsonLd(crumbs: readonly Crumb[], origin: string): WithContext<BreadcrumbList> {
  return {
    '@context': 'https://schema.org',
    '@type': 'BreadcrumbList',
    itemListElement: crumbs.map((crumb, i) => ({
      '@type': 'ListItem',
      position: i + 1,
      name: crumb.name,
      ...(crumb.path === undefined ? {} : { item: `${origin}${crumb.path}` }),
    })),
  }
}
