/** The rows that a draft makes, chunk by chunk, from one snapshot of the catalog. */
import type { BulkLimits } from '#lib/access/permissions.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { explained } from '../../priceRows.ts'
import { newPrice } from './applyRules.ts'
import type { Draft } from '../contract.ts'
import { type CurrentPrice, type FrozenRow, frozenRow } from './frozenRows.ts'
import { selectedIds } from '../selection/selectionSql.ts'

type Transaction = Prisma.TransactionClient

/** Larger statements are hardly faster, and hold more of the edit in memory. */
const CHUNK = 5_000
/** 100,000 rows take a few seconds; a machine that is busy gets its time. */
const TIMEOUT_MS = 120_000

/** One snapshot: the versions and the prices of all rows belong together, whoever writes meanwhile. */
export async function inSnapshot<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await db().$transaction(work, {
      isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead,
      maxWait: 5_000,
      timeout: TIMEOUT_MS,
    })
  } catch (error) {
    throw explained(error)
  }
}

/** What a product cost 30 days ago; younger ones: what they cost first. */
const USUAL = Prisma.sql`COALESCE(
  (SELECT c.new_amount_cents FROM price_changes c WHERE c.product_id = pr.product_id AND c.changed_at <= now() - interval '30 days'
   ORDER BY c.version DESC LIMIT 1),
  (SELECT COALESCE(c.old_amount_cents, c.new_amount_cents) FROM price_changes c WHERE c.product_id = pr.product_id ORDER BY c.version LIMIT 1))`

/** Prices as they are, with what a guard rail compares them with. In ascending order of product. */
export async function currentPrices(tx: Transaction, productIds: readonly number[]): Promise<CurrentPrice[]> {
  return tx.$queryRaw<CurrentPrice[]>`
    SELECT pr.product_id AS "productId", pr.version, pr.amount_cents AS "amountCents", pr.compare_at_cents AS "compareAtCents",
           pr.currency, ${USUAL} AS "usualCents"
    FROM prices pr WHERE pr.product_id = ANY(${[...productIds]}::int[]) ORDER BY pr.product_id`
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
    yield prices.map((current) =>
      frozenRow(current, newPrice(current, draft.rules, cells.get(current.productId)), limits),
    )
  }
}
