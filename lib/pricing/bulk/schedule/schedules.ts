/**
 * Edits that are applied at a time. With an end it is a sale, a layer over the base prices; without, it changes the base prices. The
 * worker starts and ends them: see scheduleRun.ts and scheduleEnd.ts.
 */
import { writeAudit } from '#lib/audit/writeAudit.ts'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { confirmPrices } from '../../acknowledge.ts'
import { approve, type ApprovalInput } from '../preview/approveBulkEdit.ts'
import { editId, type Page } from '../bulkEdits.ts'
import {
  SCHEDULE_STATES,
  type ScheduleOverlap,
  scheduleTimes,
  type ScheduleState,
  type ScheduleTimes,
  type ScheduleView,
} from './scheduleContract.ts'
import { BulkEditRefusedError, BulkEditStateError, ScheduleNotFoundError } from '../errors.ts'
import { scheduleId, whileNotSwitching } from './lockSchedule.ts'
import { databaseTime } from './switch.ts'
import { SWITCH_PROGRESS } from './switchProgress.ts'
import { issuesOf } from '../../changeRequest.ts'
import { inTransaction, LOCK_TIMEOUT_MS, type Transaction } from '../../transaction.ts'
import { overlapsOf } from './scheduleFacts.ts'
import { type Attention, ATTENTION_COLUMNS, attentionOf, NEEDS_ATTENTION } from './scheduleProblems.ts'
import { COUNTED_ROWS } from '../apply/rowCounts.ts'
import { inZone, wallTime } from './wallTime.ts'

interface Times {
  readonly startsAt: Date
  readonly endsAt: Date | null
  readonly timeZone: string
  readonly priority: number
}

/** @param earliest before which nothing can begin any more */
export function readTimes(
  sent: ScheduleTimes,
  earliest: Date,
  was?: { startsAt: Date | undefined; priority: number },
): Times {
  const startsAtLatest = was?.startsAt
  const result = scheduleTimes.safeParse(sent)
  if (!result.success) throw new BulkEditRefusedError(issuesOf(result.error))
  const { timeZone } = result.data
  const startsAt = startsAtLatest ?? wallTime(result.data.startsAt, timeZone, 'startsAt')
  const endsAt = result.data.endsAt === undefined ? null : wallTime(result.data.endsAt, timeZone, 'endsAt')
  if (!startsAtLatest && startsAt <= earliest)
    throw new BulkEditRefusedError([
      { field: 'startsAt', message: `This time is over: it is ${inZone(earliest, timeZone)} now.` },
    ])
  if (endsAt && (endsAt <= startsAt || endsAt <= earliest))
    throw new BulkEditRefusedError([{ field: 'endsAt', message: 'The end must come after the start, and after now.' }])
  return { startsAt, endsAt, timeZone, priority: result.data.priority ?? was?.priority ?? 0 }
}

interface Stored
  extends
    Omit<ScheduleView, 'startsAt' | 'endsAt' | 'startedAt' | 'endedAt' | 'overlaps' | 'problem' | 'warning'>,
    Attention {
  readonly startsAt: Date
  readonly endsAt: Date | null
  readonly startedAt: Date | null
  readonly endedAt: Date | null
}

const SCHEDULE = Prisma.sql`
  s.id, s.bulk_edit_id AS "bulkEditId", e.reason, s.state::text AS state, s.time_zone AS "timeZone", s.starts_at AS "startsAt", s.ends_at AS "endsAt",
  s.created_by AS "createdBy", s.started_at AS "startedAt", s.ended_at AS "endedAt", s.end_edit_id AS "endEditId", s.message, s.priority,
  ${SWITCH_PROGRESS} AS switching, ${ATTENTION_COLUMNS}
  FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id`

function viewOf(
  { startsAt, endsAt, startedAt, endedAt, trouble, risk, ...rest }: Stored,
  overlaps: ReadonlyMap<string, ScheduleOverlap[]>,
): ScheduleView {
  return {
    ...rest,
    overlaps: overlaps.get(rest.id) ?? [],
    ...attentionOf({ trouble, risk }, rest.state),
    startsAt: inZone(startsAt, rest.timeZone),
    endsAt: endsAt && inZone(endsAt, rest.timeZone),
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  }
}

async function lock(tx: Transaction, id: string): Promise<Stored> {
  const uuid = scheduleId(id)
  const [row] = await whileNotSwitching(
    tx,
    uuid,
    () => tx.$queryRaw<Stored[]>`SELECT ${SCHEDULE} WHERE s.id = ${uuid}::uuid FOR NO KEY UPDATE OF s`,
  )
  if (!row) throw new ScheduleNotFoundError(id)
  return row
}

async function viewById(id: string): Promise<ScheduleView> {
  const [row] = await db().$queryRaw<Stored[]>`SELECT ${SCHEDULE} WHERE s.id = ${id}::uuid`
  if (!row) throw new ScheduleNotFoundError(id)
  return viewOf(row, await overlapsOf(db(), [row.id]))
}

/**
 * Approves a preview for a later time, and plans its end where there is one. It applies the frozen rows. With an end
 * they lie over the base prices of that time; without, a base price that was edited since the preview is a conflict.
 * @throws {BulkEditRefusedError} naming the time that does not exist, is over, or is shown twice; or what must be typed
 * @throws {BulkEditStateError} when the edit was decided on already
 */
export async function scheduleBulkEdit(
  principal: Principal,
  id: string,
  { confirmations, previewedAt, ...times }: ScheduleTimes & ApprovalInput,
): Promise<ScheduleView> {
  assertMay(principal, 'bulk:approve')
  const created = await inTransaction(async (tx) => {
    const { startsAt, endsAt, timeZone, priority } = readTimes(times, await databaseTime(tx))
    const { id: bulkEditId } = await approve(tx, principal, id, { confirmations, previewedAt }, endsAt !== null)
    await tx.$executeRaw`UPDATE bulk_edits SET source = 'schedule' WHERE id = ${bulkEditId}::uuid`
    const created = await tx.priceSchedule.create({
      data: { bulkEditId, startsAt, endsAt, timeZone, priority, createdBy: principal.actor },
      select: { id: true },
    })
    const detail = {
      edit: bulkEditId,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt?.toISOString() ?? null,
      timeZone,
    }
    await writeAudit(tx, principal, { action: 'schedules.create', target: `schedule:${created.id}`, detail })
    return created.id
  })
  return viewById(created)
}

/** The bound of a change that waits for prices: two statements may. */
const LONGEST = { timeout: 2 * LOCK_TIMEOUT_MS }

/** Pages say until when the price of a sale holds: with another end it is another version of the price. */
async function raiseShown(tx: Transaction, { id, bulkEditId, reason }: Stored, actor: string): Promise<void> {
  await tx.$queryRaw`SELECT product_id FROM prices WHERE sale_id = ${id}::uuid ORDER BY product_id FOR NO KEY UPDATE`
  await tx.$executeRaw`
    SELECT set_config('evergreen.raise_versions', 'on', true), set_config('evergreen.actor', ${actor}, true), set_config('evergreen.source', 'schedule', true),
      set_config('evergreen.reason', ${`Another end of: ${reason}`.slice(0, 500)}, true), set_config('evergreen.bulk_edit_id', ${bulkEditId}, true)`
  await tx.$executeRaw`UPDATE prices SET version = version + 1 WHERE sale_id = ${id}::uuid`
  await tx.$executeRaw`SELECT set_config('evergreen.raise_versions', '', true)`
}

/** Another rank is another price, and another end another version: both are on every page that is read after the answer. */
async function confirmSale(id: string): Promise<void> {
  const rows = await db().$queryRaw<{ productId: number; version: bigint }[]>`
    SELECT product_id AS "productId", p.version FROM sale_prices l JOIN prices p USING (product_id) WHERE l.sale_id = ${id}::uuid`
  await confirmPrices(rows, id)
}

/**
 * Other times for a schedule: of one that has begun only the end.
 * @throws {BulkEditStateError} when it has ended, or is being started or ended at this moment
 * @throws {BulkEditRefusedError} naming the time that cannot be
 * @throws {PricesBusyError} when another sale that starts or ends holds a price of it: nothing was changed
 */
export async function updateSchedule(principal: Principal, id: string, times: ScheduleTimes): Promise<ScheduleView> {
  assertMay(principal, 'bulk:approve')
  const sale = await inTransaction(async (tx) => {
    const schedule = await lock(tx, id)
    if (schedule.state !== 'pending' && schedule.state !== 'running')
      throw new BulkEditStateError(
        schedule.state,
        `This schedule is ${schedule.state}: its times cannot change any more.`,
      )
    // A sale that overlaps has locked its prices from its preparation to its time.
    await tx.$executeRaw`SELECT set_config('lock_timeout', ${`${LOCK_TIMEOUT_MS}ms`}, true)`
    const begun = schedule.state === 'running'
    const { startsAt, endsAt, timeZone, priority } = readTimes(times, await databaseTime(tx), {
      startsAt: begun ? schedule.startsAt : undefined,
      priority: schedule.priority,
    })
    if (begun && endsAt === null)
      throw new BulkEditRefusedError([
        { field: 'endsAt', message: 'It has begun: say when it ends, or cancel it to end it now.' },
      ])
    await tx.priceSchedule.update({
      where: { id: schedule.id },
      data: { startsAt, endsAt, timeZone, priority, endedAt: null },
    })
    if (begun && endsAt?.getTime() !== schedule.endsAt?.getTime()) await raiseShown(tx, schedule, principal.actor)
    const detail = { startsAt: startsAt.toISOString(), endsAt: endsAt?.toISOString() ?? null, timeZone }
    await writeAudit(tx, principal, { action: 'schedules.change', target: `schedule:${schedule.id}`, detail })
    return begun ? schedule.id : undefined
  }, LONGEST)
  if (sale !== undefined) await confirmSale(sale)
  return viewById(scheduleId(id))
}

/**
 * Takes back a schedule that has not begun, its edit with it; ends one that has begun, now.
 * @throws {BulkEditStateError} when it has ended, or is being started or ended at this moment
 */
export async function cancelSchedule(principal: Principal, id: string): Promise<ScheduleView> {
  assertMay(principal, 'bulk:approve')
  await inTransaction(async (tx) => {
    const { id: uuid, state, bulkEditId } = await lock(tx, id)
    if (state === 'pending') {
      await tx.$executeRaw`UPDATE price_schedules SET state = 'cancelled' WHERE id = ${uuid}::uuid`
      await tx.$executeRaw`UPDATE bulk_edits e SET state = 'cancelled', counts = ${COUNTED_ROWS} WHERE e.id = ${bulkEditId}::uuid AND e.state = 'approved'`
    } else if (state === 'running') {
      await tx.$executeRaw`UPDATE price_schedules SET ends_at = GREATEST(clock_timestamp(), starts_at + interval '1 millisecond'), message = ${`Ended early by ${principal.actor}.`} WHERE id = ${uuid}::uuid`
    } else throw new BulkEditStateError(state, `This schedule is ${state}: there is nothing to cancel.`)
    await writeAudit(tx, principal, { action: 'schedules.cancel', target: `schedule:${uuid}`, detail: { was: state } })
  })
  return viewById(scheduleId(id))
}

/** @throws {ScheduleNotFoundError} */
export async function schedule(principal: Principal, id: string): Promise<ScheduleView> {
  assertMay(principal, 'bulk:read')
  return viewById(scheduleId(id))
}

/** @returns the schedule that the edit starts, or is prepared to end; null when there is none */
export async function scheduleOf(principal: Principal, bulkEditId: string): Promise<ScheduleView | null> {
  assertMay(principal, 'bulk:read')
  const uuid = editId(bulkEditId)
  const [row] = await db().$queryRaw<
    Stored[]
  >`SELECT ${SCHEDULE} WHERE s.bulk_edit_id = ${uuid}::uuid OR (s.end_edit_id = ${uuid}::uuid AND s.state = 'running')`
  return row ? viewOf(row, await overlapsOf(db(), [row.id])) : null
}

const MAX_SCHEDULES = 100

interface Wanted extends Page {
  /** Absent: all. */
  readonly state?: ScheduleState | undefined
  /** Those alone that have a problem or a warning. */
  readonly attention?: boolean
}

/** Plans that are still to come first, then the newest. */
export async function schedules(
  principal: Principal,
  { offset, limit, state, attention = false }: Wanted,
): Promise<{ schedules: ScheduleView[]; total: number }> {
  assertMay(principal, 'bulk:read')
  const wanted = state === undefined ? [...SCHEDULE_STATES] : [state]
  const where = Prisma.sql`s.state::text = ANY(${wanted}::text[]) AND ${attention ? NEEDS_ATTENTION : Prisma.sql`true`}`
  const [counted, rows] = await Promise.all([
    db().$queryRaw<{ total: number }[]>`
      SELECT count(*)::int AS total FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id WHERE ${where}`,
    db().$queryRaw<Stored[]>`
      SELECT ${SCHEDULE} WHERE ${where}
      ORDER BY s.state IN ('pending', 'running') DESC, CASE WHEN s.state IN ('pending', 'running') THEN s.starts_at END, s.starts_at DESC, s.id
      LIMIT ${Math.min(limit, MAX_SCHEDULES)} OFFSET ${offset}`,
  ])
  const overlaps = await overlapsOf(
    db(),
    rows.map(({ id }) => id),
  )
  return { total: counted[0]?.total ?? 0, schedules: rows.map((row) => viewOf(row, overlaps)) }
}
