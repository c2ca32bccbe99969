/**
 * What the worker does when the start of a schedule is due; its end is in scheduleEnd.ts. Each step is one transaction,
 * claimed by one worker, by the database's clock.
 */
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { COUNTED_ROWS } from '../apply/rowCounts.ts'

/** A start or an end that is later than this says so. */
const LATE_MS = 1_000
const MESSAGE_MISSED = 'Its whole time passed while no worker ran: nothing was changed.'

/** @returns a sentence for the schedule, null when that was in time */
export function lateness(ms: number, what: string): string | null {
  return ms < LATE_MS
    ? null
    : `${what} ${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s late: no worker was free at the time.`
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

/** @returns milliseconds until the next start, or the next end, by the database's clock; undefined when none is planned */
export async function nextDueMs(what: 'start' | 'end'): Promise<number | undefined> {
  const planned =
    what === 'start'
      ? Prisma.sql`SELECT min(starts_at) FROM price_schedules WHERE state = 'pending'`
      : Prisma.sql`SELECT min(ends_at) FROM price_schedules WHERE state = 'running' AND ended_at IS NULL`
  const [next] = await db().$queryRaw<
    { ms: number | null }[]
  >`SELECT (EXTRACT(EPOCH FROM (${planned}) - clock_timestamp()) * 1000)::float8 AS ms`
  return next?.ms === null || next?.ms === undefined ? undefined : Math.max(0, next.ms)
}
