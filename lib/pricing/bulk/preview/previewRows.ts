/** The rows that a draft makes, chunk by chunk, from one snapshot of the catalog. */
import type { BulkLimits } from '#lib/access/permissions.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { LOWEST_OF_30_DAYS, salesOf, USUAL_AMOUNT } from '../../priceRows.ts'
import { inTransaction, type Transaction } from '../../transaction.ts'
import { intentOf, type NewPrice, newPrice } from './applyRules.ts'
import type { Cell, Draft } from '../contract.ts'
import { type CurrentPrice, type FrozenRow, frozenRow } from './frozenRows.ts'
import { selectedIds } from '../selection/selectionSql.ts'

/** Larger statements are hardly faster, and hold more of the edit in memory. */
const CHUNK = 5_000
/** 100,000 rows take a few seconds; a machine that is busy gets its time. */
const TIMEOUT_MS = 120_000

/**
 * One snapshot: the versions and the prices of all rows belong together, also while others write.
 * @param overtaken the error to throw when a row that the work locks has changed since the snapshot
 */
export async function inSnapshot<T>(work: (tx: Transaction) => Promise<T>, overtaken?: () => Error): Promise<T> {
  return inTransaction(work, {
    isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead,
    timeout: TIMEOUT_MS,
    ...(overtaken && { overtaken }),
  })
}

/** Base prices as they are, with what a guard rail compares them with. In ascending order of product. */
export async function currentPrices(tx: Transaction, productIds: readonly number[]): Promise<CurrentPrice[]> {
  const products = Prisma.sql`${[...productIds]}::int[]`
  return tx.$queryRaw<CurrentPrice[]>`
    SELECT p.product_id AS "productId", p.version, p.base_version AS "baseVersion", p.base_amount_cents AS "amountCents",
           p.base_compare_at_cents AS "compareAtCents", p.cost_cents AS "costCents",
           p.currency, ${USUAL_AMOUNT} AS "usualCents", ${LOWEST_OF_30_DAYS} AS "lowestCents",
           p.sale_id IS NOT NULL AS "inSale", sales.highest AS "highestSaleCents"
    FROM prices p LEFT JOIN ${salesOf(products)} sales USING (product_id) WHERE p.product_id = ANY(${products}) ORDER BY p.product_id`
}

/** A cell that names a version is about that one alone; where it says what the row says now, there is nothing to refuse. */
function ifUnchanged(current: CurrentPrice, price: NewPrice, cell: Cell | undefined): NewPrice {
  if (cell?.expectedVersion === undefined) return price
  const { version, baseVersion = version } = current
  if (cell.expectedVersion >= baseVersion && cell.expectedVersion <= version) return price
  if (price.outcome !== 'price') return price
  if (price.amountCents === current.amountCents && price.compareAtCents === current.compareAtCents) return price
  return {
    outcome: 'refuse',
    refusal: 'refused-changed',
    message: `This price was changed since: it is in version ${current.version} now, not in ${cell.expectedVersion}.`,
  }
}

/** In ascending order of product; nothing when the draft selects nothing. @param tx a snapshot, as inSnapshot makes it */
export async function* previewedRows(
  tx: Transaction,
  draft: Draft,
  limits: BulkLimits,
  size = CHUNK,
): AsyncGenerator<FrozenRow[]> {
  const ids = await selectedIds(
    tx,
    draft.selection,
    draft.cells.map(({ productId }) => productId),
  )
  const cells = new Map(draft.cells.map((cell) => [cell.productId, cell]))
  for (let at = 0; at < ids.length; at += size) {
    const prices = await currentPrices(tx, ids.slice(at, at + size))
    yield prices.map((current) => {
      const cell = cells.get(current.productId)
      const intent = intentOf(draft.rules, cell)
      return frozenRow(current, ifUnchanged(current, newPrice(current, draft.rules, cell), cell), limits, intent)
    })
  }
}
