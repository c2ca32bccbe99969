/** The effects of a plan, before a person confirms it. Nothing is stored. */
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { db } from '#lib/platform/db.ts'
import { editId } from '../bulkEdits.ts'
import { BulkEditNotFoundError, ScheduleNotFoundError } from '../errors.ts'
import type { PlanCheck, ScheduleTimes } from './scheduleContract.ts'
import { overlapsOfPlan, type Plan } from './scheduleFacts.ts'
import { scheduleId } from './lockSchedule.ts'
import { readTimes } from './schedules.ts'
import { databaseTime } from './switch.ts'

type Timed = Omit<Plan, 'endsAt'> & { readonly endsAt: Date | null }

/** An edit without an end changes base prices: it meets no sale. */
async function checked({ endsAt, ...rest }: Timed): Promise<PlanCheck> {
  if (endsAt === null) return { overlaps: [], notReduced: 0 }
  const plan = { ...rest, endsAt }
  const [overlaps, [counted]] = await Promise.all([
    overlapsOfPlan(db(), plan),
    db().$queryRaw<{ rows: number }[]>`
      SELECT count(*)::int AS rows FROM bulk_edit_rows r JOIN prices p USING (product_id)
      WHERE r.bulk_edit_id = ${plan.bulkEditId}::uuid AND r.state IN ('pending', 'applied') AND r.new_amount_cents >= p.base_amount_cents`,
  ])
  return { overlaps, notReduced: counted?.rows ?? 0 }
}

/**
 * The effects of a plan at these times.
 * @throws {BulkEditRefusedError} naming the time that cannot be, as scheduleBulkEdit
 * @throws {BulkEditNotFoundError}
 */
export async function checkPlan(principal: Principal, id: string, times: ScheduleTimes): Promise<PlanCheck> {
  assertMay(principal, 'bulk:write')
  const bulkEditId = editId(id)
  const [edit, now] = await Promise.all([
    db().bulkEdit.findUnique({ where: { id: bulkEditId }, select: { id: true } }),
    databaseTime(db()),
  ])
  if (!edit) throw new BulkEditNotFoundError(id)
  return checked({ id: null, bulkEditId, ...readTimes(times, now) })
}

/**
 * The effects of other times for a schedule.
 * @throws {BulkEditRefusedError} naming the time that cannot be, as updateSchedule
 * @throws {ScheduleNotFoundError}
 */
export async function checkNewTimes(principal: Principal, id: string, times: ScheduleTimes): Promise<PlanCheck> {
  assertMay(principal, 'bulk:write')
  const [found, now] = await Promise.all([
    db().priceSchedule.findUnique({
      where: { id: scheduleId(id) },
      select: { id: true, bulkEditId: true, state: true, startsAt: true, priority: true },
    }),
    databaseTime(db()),
  ])
  if (!found) throw new ScheduleNotFoundError(id)
  const { bulkEditId, state, startsAt, priority } = found
  const was = { startsAt: state === 'running' ? startsAt : undefined, priority }
  return checked({ id: found.id, bulkEditId, ...readTimes(times, now, was) })
}
