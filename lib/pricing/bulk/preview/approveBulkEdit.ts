import { writeAudit } from '#lib/audit/writeAudit.ts'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { deliverNow } from '#lib/delivery/outbox.ts'
import { logger } from '#lib/platform/logger.ts'
import { bulkQueue, enqueueBulkEdit } from '#lib/queue/bulkQueue.ts'
import type { Acknowledgement } from '../../acknowledge.ts'
import { inTransaction, LOCK_TIMEOUT_MS, type Transaction } from '../../transaction.ts'
import { applyBulkEdit, confirmEdit } from '../apply/applyBulkEdit.ts'
import { bulkEdit, editId } from '../bulkEdits.ts'
import { closeGate } from '../apply/chunkGate.ts'
import { checkApproval } from './confirmations.ts'
import type { BulkEditView } from '../contract.ts'
import { BulkEditNotFoundError, BulkEditStateError } from '../errors.ts'
import { COUNTED_ROWS } from '../apply/rowCounts.ts'
import { FOLLOWS_SALE } from '../apply/tries.ts'
import { whileNotSwitching } from '../schedule/lockSchedule.ts'
import { storedSummary } from './summary.ts'

/** Edits of up to so many rows are applied before the answer, and acknowledged live. */
const AT_ONCE_ROWS = 500

export interface ApprovalInput {
  /** The typed phrase for each guard rail that asks. */
  readonly confirmations: readonly string[]
  /** The time of the view that is approved: a preview that has replaced it is refused. Absent: every preview is approved. */
  readonly previewedAt?: string | undefined
}

export interface Approval {
  /** `queued`: saved, and applied by a worker from now on. */
  readonly state: Acknowledgement | 'queued'
  readonly edit: BulkEditView
}

interface Approved {
  readonly id: string
  /** The number of prices that it changes. */
  readonly changed: number
}

interface StoredPreview {
  readonly state: string
  readonly summary: unknown
  readonly reason: string
  readonly previewedAt: Date
  readonly followsSale: boolean
}

/**
 * The step from previewed to approved, in the caller's transaction. Of two simultaneous approvals one succeeds.
 * @param hasEnd whether a schedule will end it
 * @throws {BulkEditStateError} when it is not waiting for an approval, was previewed anew, or has prices of a sale and no end
 * @throws {BulkEditRefusedError} naming each text that must be typed
 * @throws {MissingPermissionError} when the role may not approve this much
 */
export async function approve(
  tx: Transaction,
  principal: Principal,
  id: string,
  { confirmations, previewedAt: seen }: ApprovalInput,
  hasEnd: boolean,
): Promise<Approved> {
  const uuid = editId(id)
  const [edit] = await tx.$queryRaw<StoredPreview[]>`
    SELECT state::text AS state, summary, reason, previewed_at AS "previewedAt", ${FOLLOWS_SALE} AS "followsSale"
    FROM bulk_edits e WHERE id = ${uuid}::uuid FOR NO KEY UPDATE OF e`
  if (!edit) throw new BulkEditNotFoundError(id)
  if (edit.state !== 'previewed')
    throw new BulkEditStateError(
      edit.state,
      `This edit is ${edit.state}: only a preview that waits for a decision can be approved.`,
    )
  if (seen !== undefined && Date.parse(seen) !== edit.previewedAt.getTime()) {
    throw new BulkEditStateError(
      edit.state,
      'This edit was previewed anew since you looked at it. Look at it again before you approve it.',
    )
  }
  const { data: summary } = storedSummary.safeParse(edit.summary)
  if (!summary)
    throw new BulkEditStateError(edit.state, 'This preview was made by another release of the shop: preview it anew.')
  if (summary.changed === 0)
    throw new BulkEditStateError(edit.state, 'This edit changes no price: there is nothing to approve.')
  if (edit.followsSale && !hasEnd)
    throw new BulkEditStateError(
      edit.state,
      'These are prices of a sale: plan them for a time with an end. Without one they would be base prices for good.',
    )
  checkApproval(principal, summary, confirmations)
  await tx.$executeRaw`
    UPDATE bulk_edits SET state = 'approved', approved_by = ${principal.actor}, approved_at = clock_timestamp() WHERE id = ${uuid}::uuid`
  await writeAudit(tx, principal, {
    action: 'bulk.approve',
    target: `bulk_edit:${uuid}`,
    reason: edit.reason,
    detail: { changed: summary.changed },
  })
  return { id: uuid, changed: summary.changed }
}

/** A worker takes it from here. One that Redis did not take is found by the workers' sweep. */
async function handToWorker(id: string): Promise<void> {
  await enqueueBulkEdit(bulkQueue(), { editId: id }).catch((error: unknown) => {
    logger('bulk').warn({ err: error, bulkEdit: id }, 'not queued; the sweep of the workers finds it')
  })
}

async function applyNow(id: string): Promise<Approval['state']> {
  try {
    await applyBulkEdit(id)
    return await confirmEdit(id) // a sweep may have taken the edit over
  } catch (error) {
    // Approved is approved: what could not be applied at once is not lost.
    logger('bulk').warn({ err: error, bulkEdit: id }, 'not applied at once; a worker goes on')
    await handToWorker(id)
    return 'queued'
  }
}

/**
 * Approves a preview and applies it: up to AT_ONCE_ROWS prices before this returns, more by a worker.
 * @throws {BulkEditStateError} when it was decided on already, or previewed anew, or has prices of a sale; nothing was written
 * @throws {BulkEditRefusedError} naming each text that must be typed; nothing was written
 * @throws {MissingPermissionError} without `bulk:approve`, or beyond the limits of the role
 */
export async function approveBulkEdit(principal: Principal, id: string, input: ApprovalInput): Promise<Approval> {
  assertMay(principal, 'bulk:approve')
  const { id: uuid, changed } = await inTransaction((tx) => approve(tx, principal, id, input, false))
  let state: Approval['state'] = 'queued'
  if (changed <= AT_ONCE_ROWS) state = await applyNow(uuid)
  else await handToWorker(uuid)
  return { state, edit: await bulkEdit(principal, uuid) }
}

/** A chunk under way may wait for a price that another transaction holds, and the cancellation waits for the chunk. */
const CANCEL_TIMEOUT_MS = 3 * LOCK_TIMEOUT_MS

/**
 * Gives up a preview, or stops an edit between two chunks: what is applied stays applied, and can be undone.
 * @throws {BulkEditStateError} when it has ended already, or its schedule is being started at this moment
 */
export async function cancelBulkEdit(principal: Principal, id: string): Promise<BulkEditView> {
  assertMay(principal, 'bulk:approve')
  const uuid = editId(id)
  await inTransaction(
    async (tx) => {
      // The schedule before its edit, in the order of the workers that begin and end it.
      await whileNotSwitching(
        tx,
        uuid,
        () => tx.$queryRaw`SELECT 1 FROM price_schedules WHERE bulk_edit_id = ${uuid}::uuid FOR NO KEY UPDATE`,
      )
      await closeGate(tx, uuid)
      const [edit] = await tx.$queryRaw<
        { state: string; correlationId: string }[]
      >`SELECT state::text AS state, correlation_id AS "correlationId" FROM bulk_edits WHERE id = ${uuid}::uuid FOR NO KEY UPDATE`
      if (!edit) throw new BulkEditNotFoundError(id)
      if (!['previewed', 'approved', 'applying'].includes(edit.state))
        throw new BulkEditStateError(edit.state, `This edit is ${edit.state}: there is nothing to cancel.`)
      await tx.$executeRaw`UPDATE bulk_edits e SET state = 'cancelled', error = NULL, counts = ${COUNTED_ROWS} WHERE e.id = ${uuid}::uuid`
      await deliverNow(tx, edit.correlationId)
      await tx.$executeRaw`UPDATE price_schedules SET state = 'cancelled' WHERE bulk_edit_id = ${uuid}::uuid AND state = 'pending'`
      await writeAudit(tx, principal, {
        action: 'bulk.cancel',
        target: `bulk_edit:${uuid}`,
        detail: { was: edit.state },
      })
    },
    { timeout: CANCEL_TIMEOUT_MS },
  )
  return bulkEdit(principal, uuid)
}
