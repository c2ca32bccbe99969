/** The one page of each route that is rendered while building: proof that the route is static. The others follow on demand. */
import { PRODUCTS_PER_PAGE } from '#lib/freshness/tags.ts'
import { searchProducts } from './search.ts'
import { readCategoryTiles, readProductList } from './queries.ts'
import { parseSearch } from './searchParams.ts'

/** Next asks for at least one page. With an empty catalog it is one that is not found. */
const NOWHERE = 'nothing-here-yet'

export async function someProductSlug(): Promise<string> {
  const { products } = await searchProducts(parseSearch({}).query)
  return products[0]?.slug ?? NOWHERE
}

export async function someCategorySlug(): Promise<string> {
  const tiles = await readCategoryTiles()
  for (const { slug } of tiles) {
    const list = await readProductList(slug, 'category', 1)
    if (list && list.total > PRODUCTS_PER_PAGE) return slug
  }
  return tiles[0]?.slug ?? NOWHERE
}
