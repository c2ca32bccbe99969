/** A second try of what an edit left: previewed like any edit. */
import { writeAudit } from '#lib/audit/writeAudit.ts'
import { bulkLimitsOf } from '#lib/access/permissions.ts'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { intentOf, newPrice } from '../preview/applyRules.ts'
import { editId } from '../bulkEdits.ts'
import { type BulkEditView, cell, type Cell, LEFT_STATES, type LeftState, rules as rulesSchema } from '../contract.ts'
import { BulkEditStateError } from '../errors.ts'
import { lockOrigin, type Origin, previewFollowUp, store } from './followUps.ts'
import { frozenRow } from '../preview/frozenRows.ts'
import { currentPrices } from '../preview/previewRows.ts'
import { chunks, type EditRow, rowsOf } from './storedRows.ts'
import { notTaken, triesFrom } from './tries.ts'

type Transaction = Prisma.TransactionClient

/** The rows to try again, of those that did not go through. */
export interface RetryChoice {
  /** Absent: the conflicts and, of an edit that was stopped, the rest; with products, also what was refused. */
  readonly states?: readonly LeftState[] | undefined
  /** Only these products. */
  readonly productIds?: readonly number[] | undefined
}

function wasLeft(origin: Origin, { states, productIds }: RetryChoice): LeftState[] {
  const wanted = states ?? (productIds ? LEFT_STATES : (['conflict', 'pending'] as const))
  return wanted.filter((state) => state !== 'pending' || origin.state !== 'applied')
}

/** @param id of any of them. @returns the first edit and all that retry it */
async function triesOf(tx: Transaction, id: string): Promise<string[]> {
  const tries = await tx.$queryRaw<{ id: string }[]>`
    WITH RECURSIVE up AS (
      SELECT id, of_id, kind FROM bulk_edits WHERE id = ${id}::uuid
      UNION ALL SELECT e.id, e.of_id, e.kind FROM bulk_edits e JOIN up ON up.kind = 'retry' AND e.id = up.of_id)
    SELECT t.id FROM up, LATERAL (${triesFrom(Prisma.sql`up.id`)}) t WHERE up.kind <> 'retry'`
  return tries.map((one) => one.id)
}

function only({ productIds }: RetryChoice): Prisma.Sql {
  return productIds ? Prisma.sql` AND r.product_id = ANY(${[...productIds]}::int[])` : Prisma.empty
}

/** The target of a row. An edit's own rules are reckoned again from the price as it is now; a reverse keeps its target. */
function targetOf(
  origin: Origin,
): (row: EditRow) => { rules: ReturnType<typeof rulesSchema.parse>; cell: Cell | undefined } {
  const rules = rulesSchema.parse(origin.rules)
  const cells = new Map(
    cell
      .array()
      .parse(origin.cells)
      .map((one) => [one.productId, one]),
  )
  const keepsTarget = origin.kind === 'undo' || origin.kind === 'schedule-end'
  return ({ productId, newAmountCents, newCompareAtCents }) => ({
    rules,
    cell: keepsTarget
      ? { productId, amountCents: newAmountCents, compareAtCents: newCompareAtCents }
      : cells.get(productId),
  })
}

/**
 * Previews once more what conflicted or was refused, from the prices as they are now. Approving it is a step of its own; of a sale,
 * planning it with an end.
 * @throws {BulkEditStateError} when the edit has not ended, or left nothing that no other retry has taken
 * @throws {MissingPermissionError} without `bulk:approve`
 */
export async function retryConflicts(
  principal: Principal,
  id: string,
  choice: RetryChoice = {},
): Promise<BulkEditView> {
  assertMay(principal, 'bulk:approve')
  const uuid = editId(id)
  const limits = bulkLimitsOf(principal.role)
  return previewFollowUp(principal, async (tx) => {
    const origin = await lockOrigin(tx, uuid)
    const open = Prisma.sql`${notTaken(Prisma.sql`SELECT unnest(${await triesOf(tx, uuid)}::uuid[])`)}${only(choice)}`
    const left: EditRow[] = []
    for await (const rows of rowsOf(tx, uuid, wasLeft(origin, choice), open)) left.push(...rows)
    if (left.length === 0)
      throw new BulkEditStateError(origin.state, 'This edit left nothing to retry, or it was retried already.')
    const target = targetOf(origin)
    const cells = left.flatMap((row) => target(row).cell ?? [])
    const followUp = {
      kind: 'retry',
      source: principal.kind === 'session' ? 'editor' : 'api',
      reason: origin.reason,
      createdBy: principal.actor,
      limits,
      rules: origin.rules,
      cells,
    } as const
    const made = await store(
      tx,
      origin,
      followUp,
      (async function* () {
        for (const rows of chunks(left)) {
          const now = new Map(
            (
              await currentPrices(
                tx,
                rows.map(({ productId }) => productId),
              )
            ).map((price) => [price.productId, price]),
          )
          yield rows.flatMap((row) => {
            const current = now.get(row.productId)
            const { rules, cell } = target(row)
            const intent = intentOf(rules, cell)
            return current ? [frozenRow(current, newPrice(current, rules, cell), limits, intent)] : []
          })
        }
      })(),
    )
    await writeAudit(tx, principal, {
      action: 'bulk.retry',
      target: `bulk_edit:${uuid}`,
      reason: origin.reason,
      detail: { preview: made },
    })
    return made
  })
}
