/**
 * The start of a schedule: all of its prices at one moment; its end is in scheduleEnd.ts. With an end it lays the layers of a sale,
 * without it changes base prices.
 */
import { Prisma } from '#lib/generated/prisma/client.ts'
import { runIn, type Transaction } from '../../transaction.ts'
import { changeChunk } from '../apply/applyChunk.ts'
import { markConflicts, refuseWithoutPrice } from '../apply/finishEdit.ts'
import { messageOfRefusal } from '../apply/refusedRows.ts'
import { COUNTED_ROWS } from '../apply/rowCounts.ts'
import { dueSwitches, isDue, READY_AT } from './dueSwitches.ts'
import { layPart } from './saleLayers.ts'
import {
  type Due,
  idsOf,
  inParts,
  runSwitch,
  SwitchGivenUpError,
  type SwitchOptions,
  type SwitchSteps,
} from './switch.ts'

/** A start or an end that is later than this says so. */
const LATE_MS = 1_000
const MESSAGE_MISSED = 'Its whole time passed while no worker ran: nothing was changed.'

/**
 * @param planned when it should have been
 * @param at when it is
 * @param inTime whether its preparation began before `planned`
 * @returns a sentence for the schedule, null when that is in time
 */
export function lateness(planned: Date, at: Date, inTime: boolean, what: string): string | null {
  const ms = at.getTime() - planned.getTime()
  if (ms < LATE_MS) return null
  const why = inTime ? 'preparing its prices took longer than planned.' : 'no worker was free at the time.'
  return `${what} ${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s late: ${why}`
}

interface DueStart extends Due {
  readonly bulkEditId: string
  readonly startsAt: Date
  readonly endsAt: Date | null
  readonly inTime: boolean
  /** Its end has passed: nothing is started. */
  readonly over: boolean
}

interface Claimed extends Omit<DueStart, 'context'> {
  readonly actor: string
  readonly reason: string
  readonly source: string
  readonly correlationId: string
}

async function claim(tx: Transaction, id: string): Promise<DueStart | undefined> {
  const [row] = await tx.$queryRaw<Claimed[]>`
    SELECT s.id AS "scheduleId", s.bulk_edit_id AS "bulkEditId", s.starts_at AS "startsAt", s.ends_at AS "endsAt",
      GREATEST(s.starts_at, ${READY_AT.start}) AS at, clock_timestamp() <= s.starts_at AS "inTime",
      COALESCE(s.ends_at <= clock_timestamp(), false) AS over,
      COALESCE(e.approved_by, e.created_by) AS actor, e.reason, e.source, e.correlation_id AS "correlationId"
    FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id
    WHERE s.id = ${id}::uuid AND ${isDue('start')} FOR NO KEY UPDATE OF s SKIP LOCKED`
  if (!row) return undefined
  const { actor, reason, source, correlationId, ...due } = row
  return { ...due, context: { actor, reason, source, correlationId, bulkEditId: due.bulkEditId } }
}

async function prepare(tx: Transaction, due: DueStart, signal: AbortSignal | undefined): Promise<void> {
  const { bulkEditId, scheduleId, endsAt, over, context } = due
  if (over) return
  const begun = await tx.$executeRaw`
    UPDATE bulk_edits SET state = 'applying' WHERE id = ${bulkEditId}::uuid AND state IN ('approved', 'applying')`
  if (begun === 0) throw new SwitchGivenUpError('its edit is not approved any more')
  const ids = await idsOf(
    tx,
    Prisma.sql`SELECT product_id FROM bulk_edit_rows WHERE bulk_edit_id = ${bulkEditId}::uuid AND state = 'pending'`,
  )
  await inParts(
    tx,
    ids,
    async (part) => {
      if (signal?.aborted) throw new SwitchGivenUpError('the worker stops')
      if (endsAt) return layPart(tx, bulkEditId, scheduleId, part)
      const { rows, changed } = await changeChunk(runIn(tx), { ...context, id: bulkEditId }, part)
      if (changed.length < rows) await markConflicts(tx, bulkEditId, part)
    },
    async (productId, reason) => {
      await tx.$executeRaw`
        UPDATE bulk_edit_rows SET state = 'refused', message = ${messageOfRefusal(reason)}
        WHERE bulk_edit_id = ${bulkEditId}::uuid AND product_id = ${productId}`
    },
  )
  await refuseWithoutPrice(tx, bulkEditId)
}

async function finish(tx: Transaction, { scheduleId, bulkEditId, over, ...due }: DueStart, at: Date): Promise<void> {
  if (over) {
    await tx.$executeRaw`UPDATE price_schedules SET state = 'failed', message = ${MESSAGE_MISSED} WHERE id = ${scheduleId}::uuid`
    await tx.$executeRaw`UPDATE bulk_edits e SET state = 'failed', error = ${MESSAGE_MISSED}, counts = ${COUNTED_ROWS} WHERE e.id = ${bulkEditId}::uuid AND e.state = 'approved'`
    return
  }
  await tx.$executeRaw`
    UPDATE bulk_edits e SET state = 'applied', started_at = COALESCE(e.started_at, ${at}), applied_at = ${at}, error = NULL, counts = ${COUNTED_ROWS}
    WHERE e.id = ${bulkEditId}::uuid`
  await tx.$executeRaw`
    UPDATE price_schedules SET state = ${due.endsAt ? 'running' : 'done'}::price_schedule_state, started_at = COALESCE(started_at, ${at}),
      message = COALESCE(message, ${lateness(due.startsAt, at, due.inTime, 'Applied')}) WHERE id = ${scheduleId}::uuid`
}

/**
 * Starts one schedule: prepares it, waits for its time and commits. It can be killed anywhere and called again, in any process.
 * @returns the edit that was applied; null when the whole time of the sale had passed, undefined when there was nothing to do
 * @throws as runSwitch; nothing was written
 */
export async function startSchedule(id: string, options: SwitchOptions = {}): Promise<string | null | undefined> {
  const steps: SwitchSteps<DueStart> = {
    claim: (tx) => claim(tx, id),
    prepare: (tx, due) => prepare(tx, due, options.signal),
    finish,
    // A sale that is over is not begun, however late its prices are ready.
    beforeCommit({ over, endsAt }, now) {
      if (!over && endsAt && endsAt <= now) throw new SwitchGivenUpError('the sale has ended while it was prepared')
    },
  }
  const due = await runSwitch(steps, options)
  return due && (due.over ? null : due.bulkEditId)
}

/**
 * Starts the next schedule whose preparation is due.
 * @returns as startSchedule
 */
export async function startDue(options: SwitchOptions = {}): Promise<string | null | undefined> {
  for (const id of await dueSwitches('start')) {
    const started = await startSchedule(id, options)
    if (started !== undefined) return started
  }
  return undefined
}
