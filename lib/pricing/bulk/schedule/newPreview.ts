/**
 * Another preview of a schedule that has not begun: the same draft, with the prices of today. Until it is approved in the
 * place of the first one, the schedule keeps what was approved.
 */
import { writeAudit } from '#lib/audit/writeAudit.ts'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { db } from '#lib/platform/db.ts'
import { inTransaction, type Transaction } from '../../transaction.ts'
import { COUNTED_ROWS } from '../apply/rowCounts.ts'
import { editId } from '../bulkEdits.ts'
import { type BulkEditView, draft } from '../contract.ts'
import type { ScheduleView } from './scheduleContract.ts'
import { BulkEditStateError, ScheduleNotFoundError } from '../errors.ts'
import { approve, type ApprovalInput } from '../preview/approveBulkEdit.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'
import { scheduleId, whileNotSwitching } from './lockSchedule.ts'
import { schedule } from './schedules.ts'

function refuseUnlessPending(state: string): void {
  if (state === 'pending') return
  throw new BulkEditStateError(state, `This schedule is ${state}: only one that has not begun gets another preview.`)
}

/**
 * Previews the draft of a schedule anew. The schedule stays as it is.
 * @throws {BulkEditStateError} when it has begun, or its rows follow from another edit
 * @throws {ScheduleNotFoundError}
 */
export async function previewSchedule(principal: Principal, id: string): Promise<BulkEditView> {
  assertMay(principal, 'bulk:write')
  const found = await db().priceSchedule.findUnique({
    where: { id: scheduleId(id) },
    select: {
      state: true,
      bulkEdit: { select: { kind: true, selection: true, rules: true, cells: true, reason: true } },
    },
  })
  if (!found) throw new ScheduleNotFoundError(id)
  refuseUnlessPending(found.state)
  const { kind, ...sent } = found.bulkEdit
  if (kind !== 'edit')
    throw new BulkEditStateError(found.state, 'Its rows follow from another edit: they cannot be previewed anew.')
  return createBulkEdit(principal, draft.parse(sent), principal.kind === 'session' ? 'editor' : 'api')
}

async function lockPending(
  tx: Transaction,
  id: string,
): Promise<{ readonly bulkEditId: string; readonly endsAt: Date | null }> {
  const uuid = scheduleId(id)
  const [row] = await whileNotSwitching(
    tx,
    uuid,
    () => tx.$queryRaw<{ bulkEditId: string; state: string; endsAt: Date | null }[]>`
      SELECT bulk_edit_id AS "bulkEditId", state::text AS state, ends_at AS "endsAt" FROM price_schedules WHERE id = ${uuid}::uuid FOR NO KEY UPDATE`,
  )
  if (!row) throw new ScheduleNotFoundError(id)
  refuseUnlessPending(row.state)
  return row
}

/**
 * Approves a preview for the times of a schedule, in the place of the edit that it has, which is cancelled.
 * @throws {BulkEditStateError} when the schedule has begun, or the preview is decided on
 * @throws {BulkEditRefusedError} naming each text that must be typed
 */
export async function replaceScheduledEdit(
  principal: Principal,
  id: string,
  { bulkEditId, confirmations, previewedAt }: ApprovalInput & { readonly bulkEditId: string },
): Promise<ScheduleView> {
  assertMay(principal, 'bulk:approve')
  const uuid = editId(bulkEditId)
  await inTransaction(async (tx) => {
    // The schedule before its edits, in the order of the workers that begin and end it.
    const { bulkEditId: before, endsAt } = await lockPending(tx, id)
    await approve(tx, principal, uuid, { confirmations, previewedAt }, endsAt !== null)
    await tx.$executeRaw`UPDATE bulk_edits SET source = 'schedule' WHERE id = ${uuid}::uuid`
    await tx.$executeRaw`UPDATE price_schedules SET bulk_edit_id = ${uuid}::uuid WHERE id = ${scheduleId(id)}::uuid`
    await tx.$executeRaw`
      UPDATE bulk_edits e SET state = 'cancelled', counts = ${COUNTED_ROWS} WHERE e.id = ${before}::uuid AND e.state = 'approved'`
    const detail = { edit: uuid, inPlaceOf: before }
    await writeAudit(tx, principal, { action: 'schedules.change', target: `schedule:${scheduleId(id)}`, detail })
  })
  return schedule(principal, id)
}
