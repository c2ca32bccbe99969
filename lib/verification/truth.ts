/** The history of the prices that pages showed. Each version has one amount, for good. */
import { LOWEST_AMOUNT } from '#lib/catalog/prices/lowestPrice.ts'
import { reductionOf } from '#lib/catalog/prices/priceReduction.ts'
import type { StatedPrice, StatedReduction } from '#lib/catalog/pageStatement.ts'
import type { VersionedPrice } from '#lib/money/price.ts'
import type { Db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import type { Floor, PriceTruth } from './judge.ts'

/** With the amount of that version, and when it was made. */
export interface DatedFloor extends Floor {
  readonly amountMinor: number
  readonly at: Date
}

interface Reduced extends Pick<VersionedPrice, 'amountMinor' | 'compareAtMinor' | 'lowestMinor'> {
  readonly productId: number
  readonly version: bigint
}

/** @returns amounts in minor units, by product and version; undefined of a version that Postgres never had */
export async function amountsOf(db: Db, shown: readonly StatedPrice[]): Promise<PriceTruth['amount']> {
  const real = shown.filter(isReal)
  // The row itself, too: a history that was cut off must not make every page look invented.
  const rows =
    real.length === 0
      ? []
      : await db.$queryRaw<{ productId: number; version: bigint; amountMinor: number }[]>`
    WITH shown AS (
      SELECT DISTINCT * FROM unnest(${real.map(({ productId }) => productId)}::int[], ${real.map(({ version }) => version)}::bigint[]) AS shown(product_id, version))
    SELECT product_id AS "productId", version, new_amount_cents AS "amountMinor" FROM price_changes JOIN shown USING (product_id, version)
    UNION SELECT product_id, version, amount_cents FROM prices JOIN shown USING (product_id, version)`
  const amounts = new Map(rows.map(({ productId, version, amountMinor }) => [`${productId}@${version}`, amountMinor]))
  return (productId, version) => amounts.get(`${productId}@${version}`)
}

/** @returns former prices as the history has them by now, by product and version; undefined of a version that Postgres never had */
export async function reductionsOf(db: Db, stated: readonly StatedReduction[]): Promise<PriceTruth['reducedFrom']> {
  const real = stated.filter(isReal)
  const rows =
    real.length === 0
      ? []
      : await db.$queryRaw<Reduced[]>`
    WITH stated AS (
      SELECT DISTINCT * FROM unnest(${real.map(({ productId }) => productId)}::int[], ${real.map(({ version }) => version)}::bigint[]) AS stated(product_id, version))
    SELECT product_id AS "productId", version, amount_cents AS "amountMinor", compare_at_cents AS "compareAtMinor", ${LOWEST_AMOUNT} AS "lowestMinor"
    FROM (
      SELECT product_id, version, new_amount_cents AS amount_cents, new_compare_at_cents AS compare_at_cents
      FROM price_changes JOIN stated USING (product_id, version)
      UNION SELECT product_id, version, amount_cents, compare_at_cents FROM prices JOIN stated USING (product_id, version)) pr`
  const rule = env().PRICE_REDUCTION_RULE
  const former = new Map(
    rows.map((row) => [`${row.productId}@${row.version}`, reductionOf(row, rule).reducedFromMinor]),
  )
  return (productId, version) => former.get(`${productId}@${version}`)
}

/**
 * @param before the moment before the pages were asked for, by the clock of Postgres
 * @param productIds of which some may be no ids
 * @returns the newest version that each product had then; none of a product that is not on sale
 */
export async function floorsBefore(
  db: Db,
  before: Date,
  productIds: readonly number[],
): Promise<PriceTruth<DatedFloor>['floor']> {
  const ids = [...new Set(productIds)].filter(isId)
  const rows =
    ids.length === 0
      ? []
      : await db.$queryRaw<{ productId: number; version: bigint; amountMinor: number; at: Date }[]>`
    SELECT p.id AS "productId", floor.version, floor.new_amount_cents AS "amountMinor", floor.changed_at AS at
    FROM products p CROSS JOIN LATERAL (
      SELECT version, new_amount_cents, changed_at FROM price_changes f
      WHERE f.product_id = p.id AND f.changed_at <= ${before} ORDER BY f.version DESC LIMIT 1) floor
    WHERE p.id = ANY(${ids}::int[]) AND p.status = 'active'`
  const floors = new Map(
    rows.map(({ productId, version, ...rest }) => [productId, { version: Number(version), ...rest }]),
  )
  return (productId) => floors.get(productId)
}

/** Numbers that a page states may be none at all. */
function isReal({ productId, version }: Pick<StatedPrice, 'productId' | 'version'>): boolean {
  return isId(productId) && Number.isSafeInteger(version)
}

function isId(number: number): boolean {
  return Number.isInteger(number) && number > 0 && number < 2 ** 31
}
