/** What the worker does when a schedule is due. Each step is one transaction, claimed by one worker, by the database's clock. */
import { bulkLimitsOf } from '#lib/auth/permissions.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { closeGate } from './chunkGate.ts'
import { freezeReverse } from './followUps.ts'
import { countedByPlanner } from './frozenRows.ts'
import { COUNTED_ROWS } from './rowCounts.ts'

type Transaction = Prisma.TransactionClient

/** A start or an end that is later than this says so. */
const LATE_MS = 1_000
const MESSAGE_MISSED = 'Its whole time passed while no worker ran: nothing was changed.'

const MESSAGE_CUT = 'Its end came before all of it was applied: the rest was left as it was.'
const MESSAGE_NOTHING = 'Nothing had been applied: nothing was brought back.'

function lateness(ms: number, what: string): string | null {
  return ms < LATE_MS ? null : `${what} ${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s late: no worker was free at the time.`
}

interface Due {
  readonly id: string
  readonly bulkEditId: string
  readonly lateMs: number
  readonly over: boolean
  readonly hasEnd: boolean
}

/** @returns the edit to apply now; undefined when nothing is due, null when a schedule was missed altogether */
export async function startDue(): Promise<string | null | undefined> {
  return db().$transaction(async (tx) => {
    const [due] = await tx.$queryRaw<Due[]>`
      SELECT id, bulk_edit_id AS "bulkEditId", ends_at IS NOT NULL AS "hasEnd", COALESCE(ends_at <= clock_timestamp(), false) AS over,
             (EXTRACT(EPOCH FROM clock_timestamp() - starts_at) * 1000)::float8 AS "lateMs"
      FROM price_schedules WHERE state = 'pending' AND starts_at <= clock_timestamp() ORDER BY starts_at LIMIT 1 FOR UPDATE SKIP LOCKED`
    if (!due) return undefined
    if (due.over) {
      await tx.$executeRaw`UPDATE price_schedules SET state = 'failed', message = ${MESSAGE_MISSED} WHERE id = ${due.id}::uuid`
      await tx.$executeRaw`UPDATE bulk_edits e SET state = 'failed', error = ${MESSAGE_MISSED}, counts = ${COUNTED_ROWS} WHERE e.id = ${due.bulkEditId}::uuid AND e.state = 'approved'`
      return null
    }
    await tx.$executeRaw`
      UPDATE price_schedules SET state = ${due.hasEnd ? 'running' : 'done'}::price_schedule_state, started_at = clock_timestamp(),
        message = ${lateness(due.lateMs, 'Applied')} WHERE id = ${due.id}::uuid`
    return due.bulkEditId
  })
}

interface Ending {
  readonly id: string
  readonly bulkEditId: string
  readonly reason: string
  readonly createdBy: string
  readonly message: string | null
  readonly lateMs: number
}

/** What is not applied when the end has come stays as it is. Waits for the chunks under way. */
async function stopStart(tx: Transaction, bulkEditId: string): Promise<{ applied: boolean }> {
  await closeGate(tx, bulkEditId)
  await tx.$executeRaw`UPDATE bulk_edits e SET state = 'cancelled', error = ${MESSAGE_CUT}, counts = ${COUNTED_ROWS} WHERE e.id = ${bulkEditId}::uuid AND e.state IN ('approved', 'applying')`
  const [row] = await tx.$queryRaw<{ applied: boolean }[]>`SELECT EXISTS (SELECT FROM bulk_edit_rows WHERE bulk_edit_id = ${bulkEditId}::uuid AND state = 'applied') AS applied`
  return { applied: row?.applied ?? false }
}

async function endOne(tx: Transaction, { id, bulkEditId, reason, createdBy, message, lateMs }: Ending): Promise<string | null> {
  const done = (edit: string | null, ...said: (string | null)[]) => tx.$executeRaw`
    UPDATE price_schedules SET state = 'done', ended_at = clock_timestamp(), end_edit_id = ${edit}::uuid,
      message = ${said.filter((text) => text !== null).join(' ') || null} WHERE id = ${id}::uuid`
  if (!(await stopStart(tx, bulkEditId)).applied) {
    await done(null, message, MESSAGE_NOTHING)
    return null
  }
  // Nobody has to confirm the way back: it was agreed to with the schedule.
  const followUp = { kind: 'schedule-end', source: 'schedule', reason: `End of: ${reason}`.slice(0, 500), createdBy, limits: bulkLimitsOf('admin') } as const
  const edit = await freezeReverse(tx, bulkEditId, followUp)
  await tx.$executeRaw`UPDATE bulk_edits SET state = 'approved', approved_by = ${createdBy}, approved_at = clock_timestamp() WHERE id = ${edit}::uuid`
  await done(edit, message, lateness(lateMs, 'Ended'))
  return edit
}

/**
 * Ends a schedule whose time is over, and stops its start where that still runs.
 * @returns the edit that restores the prices, to be applied now; undefined when no end is due, null when nothing was applied
 */
export async function endDue(): Promise<string | null | undefined> {
  const edit = await db().$transaction(async (tx) => {
    const [due] = await tx.$queryRaw<Ending[]>`
      SELECT s.id, s.bulk_edit_id AS "bulkEditId", e.reason, s.created_by AS "createdBy", s.message,
             (EXTRACT(EPOCH FROM clock_timestamp() - s.ends_at) * 1000)::float8 AS "lateMs"
      FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id
      WHERE s.state = 'running' AND s.ends_at <= clock_timestamp()
      ORDER BY s.ends_at LIMIT 1 FOR UPDATE OF s SKIP LOCKED`
    return due ? endOne(tx, due) : undefined
  }, { timeout: 120_000 })
  if (edit) await countedByPlanner(await db().bulkEditRow.count({ where: { bulkEditId: edit } }))
  return edit
}

/** @returns milliseconds until the next start, or the next end, by the database's clock; undefined when none is planned */
export async function nextDueMs(what: 'start' | 'end'): Promise<number | undefined> {
  const planned = what === 'start' ? Prisma.sql`SELECT min(starts_at) FROM price_schedules WHERE state = 'pending'` : Prisma.sql`SELECT min(ends_at) FROM price_schedules WHERE state = 'running'`
  const [next] = await db().$queryRaw<{ ms: number | null }[]>`SELECT (EXTRACT(EPOCH FROM (${planned}) - clock_timestamp()) * 1000)::float8 AS ms`
  return next?.ms === null || next?.ms === undefined ? undefined : Math.max(0, next.ms)
}
