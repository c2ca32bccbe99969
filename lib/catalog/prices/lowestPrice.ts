/**
 * The lowest price of the 30 days before a reduction, which EU law wants beside a sale price (Directive 98/6/EC,
 * article 6a). It follows from the history up to the version that is shown, and from nothing else: not from the day
 * on which it is read. So it may be cached with that version for as long as the version is the current one. The statement
 * that follows from it is decided in `priceReduction.ts`.
 */
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db as ownDb, type Db } from '#lib/platform/db.ts'
import { lowestAmountSql } from './priceSql.ts'

/** The lowest amount of the row named `pr` (prices): null unless it is a sale price. */
export const LOWEST_AMOUNT = Prisma.raw(lowestAmountSql('pr'))

/**
 * @param productIds a page of them
 * @returns cents by product; a product that is not on sale has none
 * @example (await lowestPrices([42])).get(42) // 1290
 */
export async function lowestPrices(productIds: readonly number[], db: Db = ownDb()): Promise<Map<number, number>> {
  const rows = await db.$queryRaw<{ productId: number; lowestMinor: number | null }[]>`
    SELECT pr.product_id AS "productId", ${LOWEST_AMOUNT} AS "lowestMinor" FROM prices pr WHERE pr.product_id = ANY(${[...productIds]}::int[])`
  return new Map(
    rows.flatMap(({ productId, lowestMinor }) => (lowestMinor === null ? [] : [[productId, lowestMinor] as const])),
  )
}
