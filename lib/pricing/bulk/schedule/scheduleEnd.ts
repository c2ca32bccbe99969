/** The end of a sale: its layers are taken away. What is shown then follows from the base price and the sales that are left. */
import { db } from '#lib/platform/db.ts'
import type { Transaction } from '../../transaction.ts'
import { closeGate } from '../apply/chunkGate.ts'
import { COUNTED_ROWS } from '../apply/rowCounts.ts'
import { liftLayers } from './saleLayers.ts'
import { lateness } from './scheduleRun.ts'

/** A claim that was not finished by then is taken over: its worker was killed, or met a row that was locked or refused. */
const AGAIN_S = 5
/** A chunk under way may wait for a price that is locked, and the end waits for the chunk. */
const CLAIM_TIMEOUT_MS = 20_000
const MESSAGE_CUT = 'Its end came before all of it was applied: the rest was left as it was.'
const MESSAGE_NOTHING = 'Nothing had been applied: there was nothing to end.'

interface Ending {
  readonly id: string
  readonly bulkEditId: string
  readonly reason: string
  readonly actor: string
  readonly correlationId: string
  readonly message: string | null
  readonly lateMs: number
}

/** What is not applied when the end has come stays as it is. Waits for the chunks under way. */
async function stopStart(tx: Transaction, bulkEditId: string): Promise<void> {
  await closeGate(tx, bulkEditId)
  await tx.$executeRaw`UPDATE bulk_edits e SET state = 'cancelled', error = ${MESSAGE_CUT}, counts = ${COUNTED_ROWS} WHERE e.id = ${bulkEditId}::uuid AND e.state IN ('approved', 'applying')`
}

async function claim(): Promise<Ending | undefined> {
  return db().$transaction(
    async (tx) => {
      const [due] = await tx.$queryRaw<Ending[]>`
        SELECT s.id, s.bulk_edit_id AS "bulkEditId", e.reason, s.created_by AS actor, e.correlation_id AS "correlationId", s.message,
               (EXTRACT(EPOCH FROM clock_timestamp() - s.ends_at) * 1000)::float8 AS "lateMs"
        FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id
        WHERE s.state = 'running' AND s.ends_at <= clock_timestamp()
          AND (s.ended_at IS NULL OR s.ended_at < clock_timestamp() - make_interval(secs => ${AGAIN_S}))
        ORDER BY s.ends_at, s.id LIMIT 1 FOR NO KEY UPDATE OF s SKIP LOCKED`
      if (!due) return undefined
      await stopStart(tx, due.bulkEditId)
      await tx.$executeRaw`UPDATE price_schedules SET ended_at = clock_timestamp() WHERE id = ${due.id}::uuid`
      return due
    },
    { timeout: CLAIM_TIMEOUT_MS },
  )
}

/**
 * Ends a sale whose time is over, and stops its start where that still runs. A worker that dies in it is followed by another.
 * @returns the sale; undefined when no end is due
 * @throws {PricesBusyError} when a row stays locked: the end goes on after AGAIN_S
 */
export async function endDue(): Promise<string | undefined> {
  const due = await claim()
  if (!due) return undefined
  const { id, bulkEditId, reason, actor, correlationId } = due
  const context = { actor, reason: `End of: ${reason}`.slice(0, 500), source: 'schedule', correlationId, bulkEditId }
  const { refused } = await liftLayers(db(), context, id)
  if (refused > 0) {
    await db()
      .$executeRaw`UPDATE price_schedules SET message = ${`${refused} prices are still those of the sale, because the database refuses their base price. Change the base price of these products; the end goes on by itself.`}
      WHERE id = ${id}::uuid AND state = 'running'`
    return id
  }
  const started = await db().bulkEditRow.count({ where: { bulkEditId, state: 'applied' } })
  const said = [due.message, started === 0 ? MESSAGE_NOTHING : lateness(due.lateMs, 'Ended')]
  await db().$executeRaw`
    UPDATE price_schedules SET state = 'done', ended_at = clock_timestamp(), message = ${said.filter((text) => text !== null).join(' ') || null}
    WHERE id = ${id}::uuid AND state = 'running'`
  return id
}
