/** Deletes old price history, in parts, by ascending product: of each product some old rows must stay. */
import type { Db } from '#lib/platform/db.ts'
import { BATCH_ROWS, type Kept } from './retentionRules.ts'

/** Products that one statement looks through, where it is quick: half as many after one that was not. */
const MOST_PRODUCTS = 500
const SLOW_MS = 500
const DAY_MS = 86_400_000

const forgetPart = (db: Db, after: number, products: number) => db.$queryRaw<
  { upto: number | null; rows: number | null }[]
>`
  SELECT part.upto, CASE WHEN part.upto IS NOT NULL THEN forget_price_changes(${after}::int, part.upto, ${BATCH_ROWS}::int) END AS rows
  FROM (SELECT max(product_id) AS upto FROM (
    SELECT product_id FROM prices WHERE product_id > ${after} ORDER BY product_id LIMIT ${products}) next) part`

/** With a place of its own in the catalog. The database decides what is kept: `forget_price_changes`. */
export function keptPriceChanges(): Kept {
  /** Products up to this id have been looked through. */
  let after = 0
  let products = MOST_PRODUCTS
  let beganAt: number | undefined
  return {
    table: 'price_changes',
    days: 400,
    why: 'people compare a year and a season. Some older rows of each price are kept: the first price, the base price, and the prices of the 30 days before the amount that was valid 400 days ago. A reduction names the lowest price of those 30 days, no matter how long it lasts',
    async forget(db: Db) {
      beganAt ??= performance.now()
      const started = performance.now()
      const [part] = await forgetPart(db, after, products).finally(() => {
        const slow = performance.now() - started > SLOW_MS
        products = slow ? Math.max(1, Math.floor(products / 2)) : Math.min(MOST_PRODUCTS, products * 2)
      })
      if (!part || part.upto === null) {
        after = 0
        beganAt = undefined
        return { rows: 0, more: false }
      }
      const rows = part.rows ?? 0
      if (rows < BATCH_ROWS) after = part.upto
      return { rows, more: true }
    },
    // To look for rows that should have gone is to walk through the catalog: the walk itself is timed.
    isLate: async () => beganAt !== undefined && performance.now() - beganAt > DAY_MS,
  }
}
