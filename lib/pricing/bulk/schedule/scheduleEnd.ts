/**
 * The end of a sale: all of its layers are taken away at one moment. The shown price then follows from the base price and the sales
 * that are left. Where another sale begins as this one ends, the layers stay until that one lies over them: else the base price would
 * be shown while it is prepared, for seconds where there are many.
 */
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { Transaction } from '../../transaction.ts'
import { COUNTED_ROWS } from '../apply/rowCounts.ts'
import { dueSwitches, FOLLOWED, isDue, READY_AT } from './dueSwitches.ts'
import { liftPart } from './saleLayers.ts'
import { lateness } from './scheduleRun.ts'
import {
  type Due,
  idsOf,
  inParts,
  runSwitch,
  SwitchGivenUpError,
  type SwitchOptions,
  type SwitchSteps,
} from './switch.ts'

const MESSAGE_CUT = 'Its end came before all of it was applied: the rest was left as it was.'
const MESSAGE_NOTHING = 'Nothing had been applied: there was nothing to end.'

interface DueEnd extends Due {
  readonly bulkEditId: string
  readonly endsAt: Date
  readonly inTime: boolean
  readonly message: string | null
  /** Its first try, in which layers were left. */
  readonly endedAt: Date | null
  /** Layers that the database refuses to take away. */
  readonly refused: Set<number>
}

interface Claimed extends Omit<DueEnd, 'context' | 'refused'> {
  readonly actor: string
  readonly reason: string
  readonly correlationId: string
}

async function claim(tx: Transaction, id: string): Promise<DueEnd | undefined> {
  const [row] = await tx.$queryRaw<Claimed[]>`
    SELECT s.id AS "scheduleId", s.bulk_edit_id AS "bulkEditId", s.ends_at AS "endsAt", s.message, s.ended_at AS "endedAt",
      GREATEST(s.ends_at, ${READY_AT.end}) AS at, clock_timestamp() <= s.ends_at AS "inTime",
      s.created_by AS actor, e.reason, e.correlation_id AS "correlationId"
    FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id
    WHERE s.id = ${id}::uuid AND ${isDue('end')} FOR NO KEY UPDATE OF s SKIP LOCKED`
  if (!row) return undefined
  const { actor, reason, correlationId, ...due } = row
  const context = { actor, reason: `End of: ${reason}`.slice(0, 500), source: 'schedule', correlationId }
  return { ...due, refused: new Set(), context: { ...context, bulkEditId: due.bulkEditId } }
}

async function prepare(tx: Transaction, due: DueEnd, signal: AbortSignal | undefined): Promise<void> {
  const { scheduleId, refused, inTime } = due
  refused.clear() // of an earlier try
  // A try after its time takes all: the other sale has begun, or does not begin.
  const stays = inTime ? FOLLOWED : Prisma.sql`false`
  const ids = await idsOf(
    tx,
    Prisma.sql`SELECT l.product_id FROM sale_prices l JOIN price_schedules s ON s.id = l.sale_id WHERE s.id = ${scheduleId}::uuid AND NOT ${stays}`,
  )
  await inParts(
    tx,
    ids,
    async (part) => {
      if (signal?.aborted) throw new SwitchGivenUpError('the worker stops')
      await liftPart(tx, scheduleId, part)
    },
    async (productId) => void refused.add(productId),
  )
}

async function finish(tx: Transaction, due: DueEnd, at: Date): Promise<void> {
  const { scheduleId, bulkEditId, refused } = due
  // A start that an earlier release left halfway.
  await tx.$executeRaw`
    UPDATE bulk_edits e SET state = 'cancelled', error = ${MESSAGE_CUT}, counts = ${COUNTED_ROWS}
    WHERE e.id = ${bulkEditId}::uuid AND e.state IN ('approved', 'applying')`
  if (refused.size > 0) {
    const text = `${refused.size} prices are still those of the sale, because the database refuses their base price. Change the base price of these products; the end goes on by itself.`
    await tx.$executeRaw`UPDATE price_schedules SET ended_at = ${at}, message = ${text} WHERE id = ${scheduleId}::uuid`
    return
  }
  const [row] = await tx.$queryRaw<{ started: boolean; left: boolean }[]>`
    SELECT EXISTS (SELECT FROM bulk_edit_rows WHERE bulk_edit_id = ${bulkEditId}::uuid AND state = 'applied') AS started,
      EXISTS (SELECT FROM sale_prices WHERE sale_id = ${scheduleId}::uuid) AS left`
  if (row?.left) {
    await tx.$executeRaw`UPDATE price_schedules SET ended_at = ${at} WHERE id = ${scheduleId}::uuid`
    return
  }
  const late = due.endedAt === null ? lateness(due.endsAt, at, due.inTime, 'Ended') : null
  const said = [due.message, row?.started ? late : MESSAGE_NOTHING]
  const text = said.filter((one) => one !== null).join(' ') || null
  await tx.$executeRaw`UPDATE price_schedules SET state = 'done', ended_at = ${at}, message = ${text} WHERE id = ${scheduleId}::uuid`
}

/**
 * Ends one sale: prepares it, waits for its time and commits. It can be killed anywhere and called again, in any process. Layers
 * that the database refuses to take away stay, and are tried again after a moment; the others go.
 * @returns the sale; undefined when there was nothing to do
 * @throws as runSwitch; nothing was written
 */
export async function endSchedule(id: string, options: SwitchOptions = {}): Promise<string | undefined> {
  const steps: SwitchSteps<DueEnd> = {
    claim: (tx) => claim(tx, id),
    prepare: (tx, due) => prepare(tx, due, options.signal),
    finish,
  }
  return (await runSwitch(steps, options))?.scheduleId
}

/**
 * Ends the next sale whose preparation is due.
 * @returns as endSchedule
 */
export async function endDue(options: SwitchOptions = {}): Promise<string | undefined> {
  for (const id of await dueSwitches('end')) if (await endSchedule(id, options)) return id
  return undefined
}
