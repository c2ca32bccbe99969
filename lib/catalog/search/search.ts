/** Search reads Postgres on each request: what it shows needs no invalidation. */
import { z } from 'zod'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { publishShown } from '../coherence.ts'
import { pageCount, PRODUCTS_PER_PAGE } from '../pagination.ts'
import { readValue } from '../queries.ts'
import { CARD_JSON, cardVersions, productCard, type ProductCard } from '../rows.ts'
import type { SearchQuery, Sort } from './searchParams.ts'

const found = z.object({ total: z.number().int(), products: z.array(productCard) })

export interface SearchResult {
  /** How many match, up to the most that are counted. */
  total: number
  /** There are more, which the pages do not reach. */
  more: boolean
  products: ProductCard[]
  /** The page that is shown: the last one, when a later one was asked for. */
  page: number
  pages: number
}

const MAX_TERMS = 8

/**
 * Matches that are counted and paged through. Nobody reads further, and both cost as much as there are rows: of a
 * million products, most of a second.
 */
const MOST_COUNTED = 10_000

/**
 * A text search query in which every word may be the beginning of a word of the product.
 * @example prefixQuery('oak ta') // 'oak:* & ta:*'
 * @returns undefined when the text has no letter and no digit
 */
export function prefixQuery(text: string): string | undefined {
  const terms = text
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
    ?.slice(0, MAX_TERMS)
  return terms?.map((term) => `${term}:*`).join(' & ')
}

// The same expression as in the index products_search_idx, or Postgres would not use it.
export const SEARCH_DOCUMENT = Prisma.sql`to_tsvector('simple', p.name || ' ' || p.brand || ' ' || translate(p.sku, '-', ' '))`

// Where the page is cut and, of its products alone, where the cards are built.
const ORDER: Record<Sort, Prisma.Sql> = {
  recommended: Prisma.sql`p.rank, p.id`,
  'price-asc': Prisma.sql`pr.amount_cents, p.id`,
  'price-desc': Prisma.sql`pr.amount_cents DESC, p.id`,
  name: Prisma.sql`p.name, p.id`,
}

function conditions(query: SearchQuery, terms: string | undefined): Prisma.Sql {
  const all = [Prisma.sql`p.status = 'active'`]
  if (terms !== undefined) all.push(Prisma.sql`${SEARCH_DOCUMENT} @@ to_tsquery('simple', ${terms})`)
  if (query.minAmount !== undefined) all.push(Prisma.sql`pr.amount_cents >= ${query.minAmount}`)
  if (query.maxAmount !== undefined) all.push(Prisma.sql`pr.amount_cents <= ${query.maxAmount}`)
  if (query.category !== undefined) {
    all.push(Prisma.sql`EXISTS (SELECT FROM product_categories pc JOIN categories c ON c.id = pc.category_id
      WHERE pc.product_id = p.id AND c.kind = 'category' AND c.slug = ${query.category})`)
  }
  return Prisma.join(all, ' AND ')
}

async function readPage(
  query: SearchQuery,
  terms: string | undefined,
  page: number,
  most: number,
): Promise<z.infer<typeof found>> {
  const from = Prisma.sql`FROM products p JOIN prices pr ON pr.product_id = p.id WHERE ${conditions(query, terms)}`
  const value = await readValue(Prisma.sql`
    SELECT jsonb_build_object(
      'total', (SELECT count(*) FROM (SELECT ${from} LIMIT ${most + 1}) counted),
      'products', COALESCE((
        SELECT jsonb_agg(${CARD_JSON} ORDER BY ${ORDER[query.sort]}) FROM (
          SELECT p.id ${from} ORDER BY ${ORDER[query.sort]} LIMIT ${PRODUCTS_PER_PAGE} OFFSET ${(page - 1) * PRODUCTS_PER_PAGE}
        ) listed JOIN products p ON p.id = listed.id JOIN prices pr ON pr.product_id = p.id), '[]')) AS value`)
  return found.parse(value)
}

/** The products that match all of the query, one page of them. @param most that are counted */
export async function searchProducts(query: SearchQuery, most = MOST_COUNTED): Promise<SearchResult> {
  const terms = prefixQuery(query.text)
  if (query.text !== '' && terms === undefined) return { total: 0, more: false, products: [], page: 1, pages: 1 }
  const lastCounted = pageCount(most, PRODUCTS_PER_PAGE)
  const first = await readPage(query, terms, Math.min(query.page, lastCounted), most)
  const total = Math.min(first.total, most)
  const pages = pageCount(total, PRODUCTS_PER_PAGE)
  const page = Math.min(query.page, pages)
  const { products } = page === Math.min(query.page, lastCounted) ? first : await readPage(query, terms, page, most)
  await publishShown(products.flatMap(cardVersions))
  return { total, more: first.total > most, products, page, pages }
}
