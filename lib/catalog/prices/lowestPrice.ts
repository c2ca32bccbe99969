/**
 * The lowest price of the 30 days before a reduction, which EU law wants beside a sale price (Directive 98/6/EC,
 * article 6a). It follows from the history up to the version that is shown, and from nothing else: not from the day
 * on which it is read. So it may be cached with that version for as long as the version is the current one. What may be
 * said because of it is decided in `priceReduction.ts`.
 */
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db as ownDb, type Db } from '#lib/platform/db.ts'

/**
 * Of the row named `pr` (prices): null unless it is a sale price.
 *
 * The reduction begins with the change that brought the amount that is shown, or that put a former price beside it.
 * Each change in the 30 days up to it, itself included, names in its old amount a price that was in force within them:
 * the first of them the one that held when they began, however long before it was set. A product that has never had
 * another price has its own.
 */
export const LOWEST_AMOUNT = Prisma.sql`CASE WHEN pr.compare_at_cents IS NOT NULL THEN COALESCE((
  SELECT min(h.old_amount_cents) FROM price_changes h, (
    SELECT c.version, c.changed_at FROM price_changes c
    WHERE c.product_id = pr.product_id AND c.version <= pr.version
      AND (c.old_amount_cents IS DISTINCT FROM c.new_amount_cents OR (c.old_compare_at_cents IS NULL AND c.new_compare_at_cents IS NOT NULL))
    ORDER BY c.version DESC LIMIT 1) reduction
  WHERE h.product_id = pr.product_id AND h.version <= reduction.version AND h.changed_at > reduction.changed_at - interval '30 days'
), pr.amount_cents) END`

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
