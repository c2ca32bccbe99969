/** The SQL of the write side. Versions, history and outbox rows are the triggers' work. */
import type { Principal } from '#lib/access/principal.ts'
import { type AuditInput, auditSql } from '#lib/audit/writeAudit.ts'
import { serialBatch } from '#lib/coherence/index.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { LayeredPrice, StoredPrice } from '#lib/money/price.ts'
import { ofAnyLength, runPrepared, type RunStatement } from '#lib/platform/db.ts'
import type { PlannedPrice } from './planChanges.ts'
import { type ChangeContext, changeSettings } from './transaction.ts'

/** The base price that a product gets. */
export type Update = Pick<StoredPrice, 'productId' | 'amountMinor' | 'compareAtMinor'>

/** The changes of the row named `p` (prices), found by product alone, for the reason that `priceSql.ts` gives. */
const HISTORY = Prisma.sql`(SELECT * FROM price_changes WHERE product_id = p.product_id OFFSET 0)`

/**
 * The price 30 days ago of the row named `p` (prices), or the first price of a younger one. The first change is asked
 * first: a young product is known by it, without a walk through all that it has cost since.
 */
export const USUAL_AMOUNT = Prisma.sql`(
  SELECT CASE WHEN first.changed_at > now() - interval '30 days' THEN COALESCE(first.old_amount_cents, first.new_amount_cents) ELSE (
    SELECT c.new_amount_cents FROM ${HISTORY} c WHERE c.changed_at <= now() - interval '30 days'
    ORDER BY c.version DESC LIMIT 1) END
  FROM (SELECT c.changed_at, c.old_amount_cents, c.new_amount_cents FROM price_changes c WHERE c.product_id = p.product_id ORDER BY c.version LIMIT 1) first)`

/** The lowest price in the last 30 days of the row named `p` (prices), now included. */
export const LOWEST_OF_30_DAYS = Prisma.sql`LEAST(p.amount_cents, (
  SELECT min(LEAST(c.old_amount_cents, c.new_amount_cents)) FROM ${HISTORY} c WHERE c.changed_at > now() - interval '30 days'))`

/**
 * The highest price of these products' sales, `highest`, those that run and those that are planned.
 * @param products their ids, as an array
 */
export function salesOf(products: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    SELECT product_id, max(amount) AS highest FROM (
      SELECT l.product_id, l.amount_cents AS amount FROM sale_prices l WHERE l.product_id = ANY(${products})
      UNION ALL SELECT r.product_id, r.new_amount_cents FROM price_schedules s JOIN bulk_edit_rows r ON r.bulk_edit_id = s.bulk_edit_id
      WHERE s.state = 'pending' AND s.ends_at IS NOT NULL AND r.state = 'pending' AND r.product_id = ANY(${products})) asked
    GROUP BY product_id)`
}

const COLUMNS = Prisma.sql`p.product_id AS "productId", p.amount_cents AS "amountMinor", p.compare_at_cents AS "compareAtMinor",
  p.currency, p.version, p.version_updated_at AS "versionUpdatedAt", p.base_amount_cents AS "baseAmountMinor",
  p.base_compare_at_cents AS "baseCompareAtMinor", p.base_version AS "baseVersion", p.sale_id AS "saleId"`

function rowsOf(productIds: readonly number[], lock: Prisma.Sql): Prisma.Sql {
  const products = ofAnyLength(productIds)
  return Prisma.sql`
    SELECT ${COLUMNS}, ${USUAL_AMOUNT} AS "usualMinor", sales.highest AS "highestSaleMinor",
      p.cost_cents AS "costMinor"
    FROM prices p LEFT JOIN ${salesOf(products)} sales USING (product_id) WHERE p.product_id = ANY(${products})
    ORDER BY p.product_id ${lock}`
}

const readTogether = serialBatch((productIds: number[]) => runPrepared<PlannedPrice>(rowsOf(productIds, Prisma.empty)))

/** The rows of these products, as they are now. Edits that wait for a look-up share the next one, which begins after they came. */
export async function readPrices(productIds: readonly number[]): Promise<PlannedPrice[]> {
  const own = new Set(productIds)
  return (await readTogether(own)).filter(({ productId }) => own.has(productId))
}

/**
 * The same, locked in ascending order, so that two writers with the same products in another order wait for each other in place of a
 * deadlock. An UPDATE alone locks in the order of its plan.
 */
export function lockPrices(run: RunStatement, productIds: readonly number[]): Promise<PlannedPrice[]> {
  return run(rowsOf(productIds, Prisma.sql`FOR NO KEY UPDATE OF p`))
}

/** The log names so many products of an edit; the history of prices has all, under the same correlation id. */
const AUDITED_PRODUCTS = 20

export interface Write {
  /** The rows that the plan was made from: nothing is written unless each is still at that version. */
  readonly seen: readonly Pick<PlannedPrice, 'productId' | 'version'>[]
  readonly updates: readonly Update[]
  readonly context: ChangeContext
  readonly principal: Principal
  readonly audit: AuditInput
}

/**
 * Changes the base prices, with history, outbox and audit, in one statement that is a transaction of its own: one outbox row, not one for
 * each product. The rows are locked as `lockPrices` does. A sale that is shown stays shown.
 * @returns the rows as stamped; none, and nothing was written, where a row has moved on
 */
export function writePrices(
  run: RunStatement,
  { seen, updates, context, principal, audit }: Write,
): Promise<LayeredPrice[]> {
  const ids = seen.map(({ productId }) => productId)
  return run(Prisma.sql`
    WITH context AS MATERIALIZED (SELECT ${changeSettings(context)}),
    locked AS MATERIALIZED (
      SELECT p.product_id, p.version FROM context, prices p WHERE p.product_id = ANY(${ids}::int[])
      ORDER BY p.product_id FOR NO KEY UPDATE OF p),
    unmoved AS (
      SELECT FROM locked JOIN unnest(${ids}::int[], ${seen.map(({ version }) => version)}::bigint[]) AS seen (product_id, version)
        USING (product_id, version)
      HAVING count(*) = ${seen.length}),
    updated AS (
      UPDATE prices p SET base_amount_cents = u.amount_cents, base_compare_at_cents = u.compare_at_cents
      FROM unmoved, unnest(${updates.map(({ productId }) => productId)}::int[], ${updates.map(({ amountMinor }) => amountMinor)}::int[],
        ${updates.map(({ compareAtMinor }) => compareAtMinor)}::int[]) AS u (product_id, amount_cents, compare_at_cents)
      WHERE p.product_id = u.product_id
      RETURNING ${COLUMNS}),
    audited AS (${auditSql(principal, audit, {
      detail: Prisma.sql`jsonb_build_object('products', jsonb_agg(first."productId" || '@' || first.version ORDER BY first."productId"))`,
      from: Prisma.sql`FROM (SELECT * FROM updated ORDER BY "productId" LIMIT ${AUDITED_PRODUCTS}) first HAVING count(*) > 0`,
    })})
    SELECT * FROM updated`)
}
