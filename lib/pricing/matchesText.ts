/** Text in a selection of products, by the search of the shop, with discontinued products. */
import { allForStaff } from '#lib/catalog/search/search.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'

const MAX_QUERY_LENGTH = 100

/** A condition on `products p`: they are found by this text now, or a number is their id. */
export async function matchesText(query: string): Promise<Prisma.Sql> {
  const own = /^[1-9]\d{0,8}$/.test(query) ? [Number(query)] : []
  const ids = [...own, ...(await allForStaff(query.slice(0, MAX_QUERY_LENGTH)))]
  // As text: Prisma takes ten times as long over an array of 100,000.
  return Prisma.sql`p.id = ANY(${`{${ids.join(',')}}`}::int[])`
}
