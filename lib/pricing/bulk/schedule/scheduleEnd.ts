/**
 * The end of a schedule: an edit that brings back what the start found. Its rows are frozen ahead of time, because that
 * takes about a second for 40,000 of them; what they say depends on nothing that happens meanwhile.
 */
import { bulkLimitsOf } from '#lib/access/permissions.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { closeGate } from '../apply/chunkGate.ts'
import { freezeReverse } from '../apply/followUps.ts'
import { countedByPlanner } from '../preview/frozenRows.ts'
import { COUNTED_ROWS } from '../apply/rowCounts.ts'
import { lateness } from './scheduleRun.ts'

type Transaction = Prisma.TransactionClient

/** Enough for the end of a sale of a million prices. */
const AHEAD_S = 60
const FREEZE_TIMEOUT_MS = 120_000
const MESSAGE_CUT = 'Its end came before all of it was applied: the rest was left as it was.'
const MESSAGE_NOTHING = 'Nothing had been applied: nothing was brought back.'

interface Ending {
  readonly id: string
  readonly bulkEditId: string
  readonly reason: string
  readonly createdBy: string
}

/** Nobody has to confirm the way back: it was agreed to with the schedule. */
async function freezeEnd(tx: Transaction, { bulkEditId, reason, createdBy }: Ending): Promise<string> {
  const followUp = {
    kind: 'schedule-end',
    source: 'schedule',
    reason: `End of: ${reason}`.slice(0, 500),
    createdBy,
    limits: bulkLimitsOf('admin'),
  } as const
  const edit = await freezeReverse(tx, bulkEditId, followUp)
  await tx.$executeRaw`UPDATE bulk_edits SET state = 'approved', approved_by = ${createdBy}, approved_at = clock_timestamp() WHERE id = ${edit}::uuid`
  return edit
}

/** @returns false while another worker prepares it */
async function isMine(tx: Transaction, schedule: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<
    { mine: boolean }[]
  >`SELECT pg_try_advisory_xact_lock(hashtextextended('prepare-end:' || ${schedule}, 0)) AS mine`
  return row?.mine ?? false
}

/** Thrown to take a prepared end back. */
class EndOvertakenError extends Error {}

/**
 * Freezes an end that comes soon, of a start that is through. Nobody applies it before `endDue` says so.
 * @returns the edit; undefined when there is none to prepare, or its end came first
 */
export async function prepareEnd(): Promise<string | undefined> {
  const edit = await db()
    .$transaction(
      async (tx) => {
        const [soon] = await tx.$queryRaw<Ending[]>`
      SELECT s.id, s.bulk_edit_id AS "bulkEditId", e.reason, s.created_by AS "createdBy"
      FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id
      WHERE s.state = 'running' AND s.end_edit_id IS NULL AND e.state = 'applied'
        AND s.ends_at > clock_timestamp() AND s.ends_at < clock_timestamp() + make_interval(secs => ${AHEAD_S})
        AND EXISTS (SELECT FROM bulk_edit_rows r WHERE r.bulk_edit_id = e.id AND r.state = 'applied')
      ORDER BY s.ends_at LIMIT 1`
        if (!soon || !(await isMine(tx, soon.id))) return undefined
        // Without the schedule's lock: whoever ends it now, or moves its end, does not wait for the freeze.
        const edit = await freezeEnd(tx, soon)
        const kept = await tx.$executeRaw`
      UPDATE price_schedules SET end_edit_id = ${edit}::uuid WHERE id = (
        SELECT id FROM price_schedules WHERE id = ${soon.id}::uuid AND state = 'running' AND end_edit_id IS NULL FOR UPDATE SKIP LOCKED)`
        if (kept === 0) throw new EndOvertakenError()
        return edit
      },
      { timeout: FREEZE_TIMEOUT_MS },
    )
    .catch((error: unknown) => {
      if (error instanceof EndOvertakenError) return undefined
      throw error
    })
  if (edit !== undefined) await tellPlanner(edit)
  return edit
}

async function tellPlanner(edit: string): Promise<void> {
  await countedByPlanner(await db().bulkEditRow.count({ where: { bulkEditId: edit } }))
}

/** What is not applied when the end has come stays as it is. Waits for the chunks under way. */
async function stopStart(tx: Transaction, bulkEditId: string): Promise<{ applied: boolean }> {
  await closeGate(tx, bulkEditId)
  await tx.$executeRaw`UPDATE bulk_edits e SET state = 'cancelled', error = ${MESSAGE_CUT}, counts = ${COUNTED_ROWS} WHERE e.id = ${bulkEditId}::uuid AND e.state IN ('approved', 'applying')`
  const [row] = await tx.$queryRaw<
    { applied: boolean }[]
  >`SELECT EXISTS (SELECT FROM bulk_edit_rows WHERE bulk_edit_id = ${bulkEditId}::uuid AND state = 'applied') AS applied`
  return { applied: row?.applied ?? false }
}

/** @returns false when none was prepared, or somebody cancelled it: that gives up the edit, not the end of the sale */
async function releasePrepared(tx: Transaction, edit: string | null): Promise<boolean> {
  return (
    edit !== null &&
    (await tx.$executeRaw`UPDATE bulk_edits SET approved_at = clock_timestamp() WHERE id = ${edit}::uuid AND state = 'approved'`) ===
      1
  )
}

interface DueEnding extends Ending {
  readonly message: string | null
  readonly lateMs: number
  readonly prepared: string | null
}

interface Ended {
  readonly edit: string | null
  readonly frozen: boolean
}

async function endOne(tx: Transaction, due: DueEnding): Promise<Ended> {
  const done = (edit: string | null, ...said: (string | null)[]) => tx.$executeRaw`
    UPDATE price_schedules SET state = 'done', ended_at = clock_timestamp(), end_edit_id = ${edit}::uuid,
      message = ${said.filter((text) => text !== null).join(' ') || null} WHERE id = ${due.id}::uuid`
  if (!(await stopStart(tx, due.bulkEditId)).applied) {
    await done(null, due.message, MESSAGE_NOTHING)
    return { edit: null, frozen: false }
  }
  const prepared = await releasePrepared(tx, due.prepared)
  const edit = prepared ? due.prepared : await freezeEnd(tx, due)
  await done(edit, due.message, lateness(due.lateMs, 'Ended'))
  return { edit, frozen: !prepared }
}

/**
 * Ends a schedule whose time is over, and stops its start where that still runs.
 * @returns the edit that restores the prices, to be applied now; undefined when no end is due, null when nothing was applied
 */
export async function endDue(): Promise<string | null | undefined> {
  const ended = await db().$transaction(
    async (tx) => {
      const [due] = await tx.$queryRaw<DueEnding[]>`
      SELECT s.id, s.bulk_edit_id AS "bulkEditId", e.reason, s.created_by AS "createdBy", s.message, s.end_edit_id AS prepared,
             (EXTRACT(EPOCH FROM clock_timestamp() - s.ends_at) * 1000)::float8 AS "lateMs"
      FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id
      WHERE s.state = 'running' AND s.ends_at <= clock_timestamp()
      ORDER BY s.ends_at LIMIT 1 FOR UPDATE OF s SKIP LOCKED`
      return due ? endOne(tx, due) : undefined
    },
    { timeout: FREEZE_TIMEOUT_MS },
  )
  if (ended?.frozen && ended.edit !== null) await tellPlanner(ended.edit)
  return ended?.edit
}
