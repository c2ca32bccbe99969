/** One chunk of a bulk edit, in one transaction: prices and the state of their rows change together or not at all. */
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { showMoney } from '../money.ts'
import { inPriceTransaction, lockPrices } from '../priceRows.ts'
import type { PriceRow } from '../planChanges.ts'

type Transaction = Prisma.TransactionClient

export const CHUNK_ROWS = 1_000

export interface ApplyingEdit {
  readonly id: string
  readonly source: string
  readonly reason: string
  readonly actor: string
  readonly correlationId: string
}

export interface AppliedChunk {
  /** No chunk is left for this caller: all rows are done, or the edit was cancelled. */
  readonly done: boolean
  readonly changed: readonly { readonly productId: number; readonly version: bigint }[]
}

const NOTHING_LEFT: AppliedChunk = { done: true, changed: [] }

async function pendingProducts(tx: Transaction, id: string): Promise<number[]> {
  const rows = await tx.$queryRaw<{ productId: number }[]>`
    SELECT product_id AS "productId" FROM bulk_edit_rows WHERE bulk_edit_id = ${id}::uuid AND state = 'pending'
    ORDER BY product_id LIMIT ${CHUNK_ROWS}`
  return rows.map(({ productId }) => productId)
}

/** Only rows that are still at the version that the preview saw. */
async function changePrices(tx: Transaction, id: string, productIds: number[]): Promise<{ productId: number; version: bigint }[]> {
  return tx.$queryRaw`
    WITH changed AS (
      UPDATE prices p SET amount_cents = r.new_amount_cents, compare_at_cents = r.new_compare_at_cents
      FROM bulk_edit_rows r
      WHERE r.bulk_edit_id = ${id}::uuid AND r.product_id = ANY(${productIds}::int[]) AND p.product_id = r.product_id AND p.version = r.previewed_version
      RETURNING p.product_id, p.version
    )
    UPDATE bulk_edit_rows r SET state = 'applied', applied_version = c.version, message = NULL
    FROM changed c WHERE r.bulk_edit_id = ${id}::uuid AND r.product_id = c.product_id
    RETURNING r.product_id AS "productId", r.applied_version AS version`
}

async function lastActors(tx: Transaction, rows: readonly PriceRow[]): Promise<Map<number, string>> {
  const changes = await tx.$queryRaw<{ productId: number; actor: string }[]>`
    SELECT c.product_id AS "productId", c.actor FROM price_changes c
    JOIN unnest(${rows.map(({ productId }) => productId)}::int[], ${rows.map(({ version }) => version)}::bigint[]) AS now (product_id, version) USING (product_id, version)`
  return new Map(changes.map(({ productId, actor }) => [productId, actor]))
}

/** The others were changed by somebody else since the preview: they stay as they are, and say by whom. */
async function keepConflicts(tx: Transaction, id: string, rows: readonly PriceRow[]): Promise<void> {
  if (rows.length === 0) return
  const actors = await lastActors(tx, rows)
  const messages = rows.map(({ productId, amountCents, version }) =>
    `${actors.get(productId) ?? 'Somebody else'} changed this price since the preview: it is ${showMoney(amountCents)} in version ${version} now.`)
  await tx.$executeRaw`
    UPDATE bulk_edit_rows r SET state = 'conflict', message = c.message
    FROM unnest(${rows.map(({ productId }) => productId)}::int[], ${messages}::text[]) AS c (product_id, message)
    WHERE r.bulk_edit_id = ${id}::uuid AND r.product_id = c.product_id`
}

/**
 * Applies the next rows that are pending. The lock on the edit lets one process at a time apply it, and makes a
 * cancellation wait for the chunk that is under way.
 * @throws {PricesBusyError} when another transaction holds a row for more than 5 s; nothing was written
 * @throws {PriceStoreUnavailableError} when Postgres does not answer
 */
export async function applyChunk(edit: ApplyingEdit): Promise<AppliedChunk> {
  const { id, actor, reason, source, correlationId } = edit
  return inPriceTransaction({ actor, reason, source, correlationId, bulkEditId: id }, async (tx) => {
    const [locked] = await tx.$queryRaw<{ state: string }[]>`SELECT state::text AS state FROM bulk_edits WHERE id = ${id}::uuid FOR NO KEY UPDATE`
    if (locked?.state !== 'applying') return NOTHING_LEFT
    const productIds = await pendingProducts(tx, id)
    if (productIds.length > 0) {
      const rows = await lockPrices(tx, productIds)
      const changed = await changePrices(tx, id, productIds)
      const done = new Set(changed.map(({ productId }) => productId))
      await keepConflicts(tx, id, rows.filter(({ productId }) => !done.has(productId)))
      if (productIds.length === CHUNK_ROWS) return { done: false, changed }
      await finish(tx, id)
      return { done: true, changed }
    }
    await finish(tx, id)
    return NOTHING_LEFT
  })
}

async function finish(tx: Transaction, id: string): Promise<void> {
  await tx.$executeRaw`UPDATE bulk_edits SET state = 'applied', applied_at = clock_timestamp(), error = NULL WHERE id = ${id}::uuid`
}
