/** Text in a selection of products, as a condition in SQL: a selection is made and counted within one statement. */
import { Prisma } from '#lib/generated/prisma/client.ts'

const MAX_QUERY_LENGTH = 100
const MAX_TERMS = 8

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
const SEARCH_DOCUMENT = Prisma.sql`to_tsvector('simple', p.name || ' ' || p.brand || ' ' || translate(p.sku, '-', ' '))`

/** A condition on `products p`. Every word must begin a word of the name, the brand or the SKU; a number also finds the id. */
export function matchesText(query: string): Prisma.Sql {
  const terms = prefixQuery(query.slice(0, MAX_QUERY_LENGTH))
  const words =
    terms === undefined ? Prisma.sql`false` : Prisma.sql`${SEARCH_DOCUMENT} @@ to_tsquery('simple', ${terms})`
  return /^[1-9]\d{0,8}$/.test(query) ? Prisma.sql`(${words} OR p.id = ${Number(query)})` : words
}
