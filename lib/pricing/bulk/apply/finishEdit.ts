/** Finishes a bulk edit after its chunks: conflicts, and its end. */
import { Prisma } from '#lib/generated/prisma/client.ts'
import { deliverNow } from '#lib/delivery/outbox.ts'
import { showMoney } from '#lib/money/money.ts'
import type { PlannedPrice } from '../../planChanges.ts'
import { lockPrices } from '../../priceRows.ts'
import { type ChangeContext, inPriceTransaction, runIn } from '../../transaction.ts'
import type { ApplyingEdit, Chunk } from './applyChunk.ts'
import { COUNTED_ROWS } from './rowCounts.ts'

type Transaction = Prisma.TransactionClient

function contextOf({ id, actor, reason, source, correlationId }: ApplyingEdit): ChangeContext {
  return { actor, reason, source, correlationId, bulkEditId: id }
}

/** @param lock shared with the chunks under way, or alone @returns false when the edit is cancelled, or applied already */
async function lockEdit(tx: Transaction, id: string, lock: 'SHARE' | 'NO KEY UPDATE'): Promise<boolean> {
  const [locked] = await tx.$queryRaw<
    { state: string }[]
  >`SELECT state::text AS state FROM bulk_edits WHERE id = ${id}::uuid FOR ${Prisma.raw(lock)}`
  return locked?.state === 'applying'
}

async function lastActors(tx: Transaction, rows: readonly PlannedPrice[]): Promise<Map<number, string>> {
  const changes = await tx.$queryRaw<{ productId: number; actor: string }[]>`
    SELECT c.product_id AS "productId", c.actor FROM price_changes c
    JOIN unnest(${rows.map(({ productId }) => productId)}::int[], ${rows.map(({ baseVersion }) => baseVersion)}::bigint[]) AS now (product_id, version) USING (product_id, version)`
  return new Map(changes.map(({ productId, actor }) => [productId, actor]))
}

/**
 * Rows that a chunk passed over: their prices changed since the preview. They stay as they are, and say by
 * whom. A row whose base price is the one of the preview after all stays pending.
 */
export async function keepConflicts(edit: ApplyingEdit, chunk: Chunk): Promise<void> {
  await inPriceTransaction(contextOf(edit), async (tx) => {
    if (await lockEdit(tx, edit.id, 'SHARE')) await markConflicts(tx, edit.id, chunk)
  })
}

/** The same in a transaction that has locked the edit. */
export async function markConflicts(tx: Transaction, id: string, { after, last }: Chunk): Promise<void> {
  const left = await tx.bulkEditRow.findMany({
    where: { bulkEditId: id, state: 'pending', productId: { gt: after, lte: last } },
    select: { productId: true, previewedVersion: true },
  })
  const previewed = new Map(left.map(({ productId, previewedVersion }) => [productId, previewedVersion]))
  const rows = (await lockPrices(runIn(tx), [...previewed.keys()])).filter(
    ({ productId, baseVersion }) => baseVersion > (previewed.get(productId) ?? 0n),
  )
  if (rows.length === 0) return
  const actors = await lastActors(tx, rows)
  const messages = rows.map(
    ({ productId, baseAmountMinor, currency: code, version }) =>
      `${actors.get(productId) ?? 'Someone else'} changed this price since the preview: it is ${showMoney(baseAmountMinor, { code })} in version ${version} now.`,
  )
  await tx.$executeRaw`
      UPDATE bulk_edit_rows r SET state = 'conflict', message = c.message
      FROM unnest(${rows.map(({ productId }) => productId)}::int[], ${messages}::text[]) AS c (product_id, message)
      WHERE r.bulk_edit_id = ${id}::uuid AND r.product_id = c.product_id`
}

/** Rows whose products have no price any more. */
export async function refuseWithoutPrice(tx: Transaction, id: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE bulk_edit_rows r SET state = 'refused', message = 'This product has no price any more.'
    WHERE r.bulk_edit_id = ${id}::uuid AND r.state = 'pending' AND NOT EXISTS (SELECT FROM prices p WHERE p.product_id = r.product_id)`
}

/** @returns false when rows are still pending: the caller begins again */
export async function finishEdit(edit: ApplyingEdit): Promise<boolean> {
  const { id } = edit
  return inPriceTransaction(contextOf(edit), async (tx) => {
    if (!(await lockEdit(tx, id, 'NO KEY UPDATE'))) return true
    await refuseWithoutPrice(tx, id)
    if (await tx.bulkEditRow.findFirst({ where: { bulkEditId: id, state: 'pending' }, select: { productId: true } }))
      return false
    await tx.$executeRaw`UPDATE bulk_edits e SET state = 'applied', applied_at = clock_timestamp(), error = NULL, counts = ${COUNTED_ROWS} WHERE e.id = ${id}::uuid`
    await deliverNow(tx, edit.correlationId)
    return true
  })
}
