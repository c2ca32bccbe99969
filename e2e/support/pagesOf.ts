/** The addresses of all pages that show a product. */
import { z } from 'zod'
import { LOCALES } from '#lib/platform/locales.ts'
import type { Database } from './database.ts'
import { LISTED } from './listed.ts'

const PRODUCTS_PER_PAGE = 24

const place = z.object({ slug: z.string(), place: z.coerce.number() })

export interface PagesOfProduct {
  readonly products: readonly string[]
  /** The top of the tree first. */
  readonly categories: readonly string[]
  readonly home: string
  readonly search: string
}

/** A product that the home page features, so that every kind of page shows it. */
export async function featuredProduct(database: Database, offset = 0): Promise<number> {
  const [row] = await database.sql(
    `SELECT pc.product_id FROM product_categories pc JOIN categories c ON c.id = pc.category_id JOIN prices p ON p.product_id = pc.product_id
     WHERE c.slug = 'featured' AND p.compare_at_cents IS NULL ORDER BY pc.product_id LIMIT 1 OFFSET $1`,
    [offset],
  )
  return z.object({ product_id: z.number() }).parse(row).product_id
}

export async function pagesOf(database: Database, productId: number): Promise<PagesOfProduct> {
  const { slug, sku } = await database.price(productId)
  const places = z.array(place).parse(
    await database.sql(
      `SELECT slug, place FROM ${LISTED} JOIN categories c ON c.id = category_id
       WHERE c.kind = 'category' AND product_id = $1 ORDER BY c.parent_id NULLS FIRST, c.id`,
      [productId],
    ),
  )
  return {
    products: LOCALES.map((locale) => `/${locale}/products/${slug}`),
    categories: places.map(({ slug: category, place: at }) => {
      const page = Math.ceil(at / PRODUCTS_PER_PAGE)
      return page === 1 ? `/en/categories/${category}` : `/en/categories/${category}/${page}`
    }),
    home: '/de',
    search: `/en/search?q=${sku}`,
  }
}
