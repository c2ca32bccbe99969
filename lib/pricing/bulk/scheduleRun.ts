/** What the worker does when a schedule is due. Each step is one transaction, claimed by one worker, by the database's clock. */
import { bulkLimitsOf } from '#lib/auth/permissions.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { freezeReverse } from './followUps.ts'

type Transaction = Prisma.TransactionClient

/** A start or an end that is later than this says so. */
const LATE_MS = 1_000
const MESSAGE_MISSED = 'Its whole time passed while no worker ran: nothing was changed.'

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
      await tx.$executeRaw`UPDATE bulk_edits SET state = 'failed', error = ${MESSAGE_MISSED} WHERE id = ${due.bulkEditId}::uuid AND state = 'approved'`
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

async function endOne(tx: Transaction, { id, bulkEditId, reason, createdBy, message, lateMs }: Ending): Promise<string> {
  // Nobody has to confirm the way back: it was agreed to with the schedule.
  const followUp = { kind: 'schedule-end', source: 'schedule', reason: `End of: ${reason}`.slice(0, 500), createdBy, limits: bulkLimitsOf('admin') } as const
  const edit = await freezeReverse(tx, bulkEditId, followUp)
  await tx.$executeRaw`UPDATE bulk_edits SET state = 'approved', approved_by = ${createdBy}, approved_at = clock_timestamp() WHERE id = ${edit}::uuid`
  const said = [message, lateness(lateMs, 'Ended')].filter((text) => text !== null).join(' ') || null
  await tx.$executeRaw`
    UPDATE price_schedules SET state = 'done', ended_at = clock_timestamp(), end_edit_id = ${edit}::uuid, message = ${said} WHERE id = ${id}::uuid`
  return edit
}

/** @returns the edit that restores the prices, to be applied now; undefined when no end is due or its start still runs */
export async function endDue(): Promise<string | undefined> {
  return db().$transaction(async (tx) => {
    const [due] = await tx.$queryRaw<Ending[]>`
      SELECT s.id, s.bulk_edit_id AS "bulkEditId", e.reason, s.created_by AS "createdBy", s.message,
             (EXTRACT(EPOCH FROM clock_timestamp() - s.ends_at) * 1000)::float8 AS "lateMs"
      FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id
      WHERE s.state = 'running' AND s.ends_at <= clock_timestamp() AND e.state IN ('applied', 'cancelled', 'failed')
      ORDER BY s.ends_at LIMIT 1 FOR UPDATE OF s SKIP LOCKED`
    return due && endOne(tx, due)
  }, { timeout: 120_000 })
}

/** @returns milliseconds until the next start or end, by the database's clock; undefined when none is planned */
export async function nextDueMs(): Promise<number | undefined> {
  const [next] = await db().$queryRaw<{ ms: number | null }[]>`
    SELECT (EXTRACT(EPOCH FROM min(at) - clock_timestamp()) * 1000)::float8 AS ms FROM (
      SELECT starts_at AS at FROM price_schedules WHERE state = 'pending'
      UNION ALL SELECT ends_at FROM price_schedules WHERE state = 'running' AND ends_at IS NOT NULL) planned`
  return next?.ms === null || next?.ms === undefined ? undefined : Math.max(0, next.ms)
}
