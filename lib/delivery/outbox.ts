/** The outbox: what was committed and has not been seen in every layer yet. */
import type { Db } from '#lib/platform/db.ts'

export interface OutboxRow {
  readonly id: bigint
  /** A resource kind. */
  readonly topic: string
  readonly entityIds: number[]
  readonly correlationId: string | null
}

const BATCH_ROWS = 50

/**
 * Takes rows that nobody works on, hands them to `deliver`, and keeps them taken only if that succeeded. A row
 * that is not done in time is taken again: a queue that lost its jobs loses no change. The pause doubles with
 * each attempt, so that a backlog is not queued over and over.
 *
 * There is no cursor: ids become visible out of order.
 * @returns how many rows were delivered
 */
export async function claimOutbox(db: Db, deliver: (rows: OutboxRow[]) => Promise<void>): Promise<number> {
  return db.$transaction(
    async (tx) => {
      const rows = await tx.$queryRaw<OutboxRow[]>`
      UPDATE outbox SET enqueued_at = clock_timestamp(), attempts = attempts + 1
      WHERE id IN (
        SELECT id FROM outbox
        WHERE done_at IS NULL
          AND (enqueued_at IS NULL OR enqueued_at < clock_timestamp() - make_interval(secs => 5 * 2 ^ least(attempts - 1, 3)))
        ORDER BY id LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED)
      RETURNING id, topic, entity_ids AS "entityIds", correlation_id AS "correlationId"`
      if (rows.length > 0) await deliver(rows)
      return rows.length
    },
    { timeout: 10_000 },
  )
}

/** More things than this in one job, and its memory and its bursts on Redis grow with the size of a bulk edit. */
export const JOB_ENTITIES = 4_000

/** The rows of one claim as jobs of a bounded size, in their order. */
export function jobsOf<Row extends { readonly entityIds: readonly number[] }>(rows: readonly Row[]): Row[][] {
  const jobs: Row[][] = []
  let entities = JOB_ENTITIES
  for (const row of rows) {
    entities += row.entityIds.length
    const last = jobs.at(-1)
    if (last && entities <= JOB_ENTITIES) last.push(row)
    else {
      jobs.push([row])
      entities = row.entityIds.length
    }
  }
  return jobs
}

/** @returns those of `ids` that are not done */
export async function pendingOutbox(db: Db, ids: readonly string[]): Promise<OutboxRow[]> {
  return db.outbox.findMany({
    where: { id: { in: ids.map(BigInt) }, doneAt: null },
    select: { id: true, topic: true, entityIds: true, correlationId: true },
    orderBy: { id: 'asc' },
  })
}

/** @returns what the rows speak of, each thing once, by kind */
export function entitiesOf(rows: readonly OutboxRow[]): Map<string, number[]> {
  const byKind = Map.groupBy(rows, ({ topic }) => topic)
  return new Map([...byKind].map(([kind, those]) => [kind, [...new Set(those.flatMap(({ entityIds }) => entityIds))]]))
}
