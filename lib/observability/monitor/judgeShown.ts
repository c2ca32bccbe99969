/** What a page says of prices, judged by the history: each version has one amount, for good. */
import type { StatedPrice } from '#lib/catalog/pageStatement.ts'
import type { Db } from '#lib/platform/db.ts'

export interface Wrong extends StatedPrice {
  readonly why: 'behind' | 'invented' | 'torn'
  /** What Postgres has: the lowest version that may be shown, or the amount of the version that is. */
  readonly expected: string
}

/**
 * @param floor versions that Postgres had before the page was asked for
 * @returns what may not be shown: less than that, a version that never was, an amount that its version never had
 */
export async function judgeShown(
  db: Db,
  shown: readonly StatedPrice[],
  floor: ReadonlyMap<number, number>,
): Promise<Wrong[]> {
  if (shown.length === 0) return []
  const productIds = shown.map(({ productId }) => productId)
  const versions = shown.map(({ version }) => (Number.isSafeInteger(version) ? version : 0))
  // The row itself, too: a history that was cut off must not make every page look invented.
  const changes = await db.$queryRaw<{ productId: number; version: bigint; amountCents: number }[]>`
    WITH shown AS (SELECT * FROM unnest(${productIds}::int[], ${versions}::bigint[]) AS shown(product_id, version))
    SELECT product_id AS "productId", version, new_amount_cents AS "amountCents" FROM price_changes JOIN shown USING (product_id, version)
    UNION SELECT product_id, version, amount_cents FROM prices JOIN shown USING (product_id, version)`
  const amounts = new Map(
    changes.map(({ productId, version, amountCents }) => [`${productId}@${version}`, amountCents]),
  )
  return shown.flatMap((one): Wrong[] => {
    const least = floor.get(one.productId) ?? 0
    if (one.version < least) return [{ ...one, why: 'behind', expected: `version ${least}` }]
    const amount = amounts.get(`${one.productId}@${one.version}`)
    if (amount === undefined) return [{ ...one, why: 'invented', expected: 'a version that Postgres had' }]
    return amount === one.amountCents ? [] : [{ ...one, why: 'torn', expected: `${amount} cents` }]
  })
}
