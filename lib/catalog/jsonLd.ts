import type { BreadcrumbList, OfferLeaf as Offer, Product as ProductSchema, WithContext } from 'schema-dts'
import { decimalAmount } from '#lib/money/formatMoney.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import type { Product } from './rows.ts'

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
function struckThrough({ reducedFromMinor, currency }: ShownPrice): Pick<Offer, 'priceSpecification'> {
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

/** What of a product stands in its JSON-LD. */
export type ProductFacts = Pick<
  Product,
  'name' | 'description' | 'sku' | 'brand' | 'status' | 'price' | 'priceValidUntil'
>

/** @param url and imageUrl absolute */
export function productJsonLd(product: ProductFacts, url: string, imageUrl: string): WithContext<ProductSchema> {
  return {
    '@context': 'https://schema.org',
    '@type': 'Product',
    '@id': `${url}#product`,
    name: product.name,
    description: product.description,
    sku: product.sku,
    image: imageUrl,
    url,
    brand: { '@type': 'Brand', name: product.brand },
    offers: {
      '@type': 'Offer',
      url,
      price: decimalAmount(product.price.amountMinor, product.price.currency),
      priceCurrency: product.price.currency,
      ...(product.priceValidUntil !== null && { priceValidUntil: product.priceValidUntil }),
      itemCondition: 'https://schema.org/NewCondition',
      availability: product.status === 'active' ? 'https://schema.org/InStock' : 'https://schema.org/Discontinued',
      ...struckThrough(product.price),
    },
  }
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
