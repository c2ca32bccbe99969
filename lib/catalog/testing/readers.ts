/** Reads one price as each reader of the catalog does: the page, a list, search, the preview of a link, open tabs. */
import { db } from '#lib/platform/db.ts'
import { livePrices } from '../prices/livePrices.ts'
import { readPriceAtVersion } from '../prices/priceAtVersion.ts'
import { readProduct, readProductList } from '../queries.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { searchProducts } from '../search/search.ts'
import { parseSearch } from '../search/searchParams.ts'

export type Said = Pick<ShownPrice, 'amountMinor' | 'reducedFromMinor'>

const said = (price: Said | undefined): Said | undefined =>
  price && { amountMinor: price.amountMinor, reducedFromMinor: price.reducedFromMinor }

async function listed(category: string, productId: number): Promise<Said | undefined> {
  for (let page = 1; ; page += 1) {
    const products = (await readProductList(category, 'category', page))?.products ?? []
    const found = products.find(({ id }) => id === productId)
    if (found || products.length === 0) return found?.price
  }
}

/** @returns by the name of the reader; undefined for one that does not show the product */
export async function saidByEachReader(productId: number): Promise<Record<string, Said | undefined>> {
  const { slug, sku } = await db().product.findUniqueOrThrow({ where: { id: productId } })
  const { version } = await db().price.findUniqueOrThrow({ where: { productId } })
  const product = await readProduct(slug)
  const found = (await searchProducts(parseSearch({ q: sku }).query, 'en', undefined)).products.find(
    ({ id }) => id === productId,
  )
  const preview = await readPriceAtVersion(productId, Number(version))
  const [live] = await livePrices([productId])
  return {
    page: said(product?.price),
    list: said(await listed(product?.categories[0]?.slug ?? '', productId)),
    search: said(found?.price),
    preview: said(preview.found === 'version' ? preview.product.price : undefined),
    live: said(live),
  }
}

/** The same statement, of every reader. */
export const eachSays = (price: Said) => ({ page: price, list: price, search: price, preview: price, live: price })
