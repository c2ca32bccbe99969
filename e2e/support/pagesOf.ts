/** The addresses of all pages that show a product. */
import { z } from 'zod'
import { LOCALES } from '#lib/platform/locales.ts'
import type { Database } from './database.ts'

const PRODUCTS_PER_PAGE = 24

const place = z.object({ slug: z.string(), position: z.coerce.number() })

export interface PagesOfProduct {
  readonly products: readonly string[]
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
      `SELECT slug, position FROM (
       SELECT c.slug, pc.product_id, row_number() OVER (PARTITION BY c.id ORDER BY p.rank, p.id) AS position
       FROM product_categories pc JOIN categories c ON c.id = pc.category_id JOIN products p ON p.id = pc.product_id
       WHERE c.kind = 'category' AND p.status = 'active') listed
     WHERE product_id = $1`,
      [productId],
    ),
  )
  return {
    products: LOCALES.map((locale) => `/${locale}/products/${slug}`),
    categories: places.map(({ slug: category, position }) => {
      const page = Math.ceil(position / PRODUCTS_PER_PAGE)
      return page === 1 ? `/en/categories/${category}` : `/en/categories/${category}/${page}`
    }),
    home: '/de',
    search: `/en/search?q=${sku}`,
  }
}
