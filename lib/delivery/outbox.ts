/** Reads and claims rows of the outbox: committed changes that are not in every layer yet. */
import { Prisma } from '#lib/generated/prisma/client.ts'
import { runPrepared, type Db } from '#lib/platform/db.ts'
import { CHANNEL } from './changes/relayAwakeLock.ts'
import { traceClosed } from './traceRows.ts'

export interface OutboxRow {
  readonly id: bigint
  /** A resource kind. */
  readonly topic: string
  readonly entityIds: number[]
  /** The versions of the entities, in their order. */
  readonly versions: bigint[]
  readonly correlationId: string | null
  readonly createdAt: Date
  /** When it was in the version index; null before. */
  readonly indexedAt: Date | null
  /** The number of times that a relay has taken it. */
  readonly attempts: number
  /** The number of deliveries after which a page did not show its change. */
  readonly failures: number
}

/** More things than this in one job, and its memory and its bursts on Redis grow with the size of a bulk edit. */
export const JOB_ENTITIES = 4_000
/** Changes of a transaction whose jobs its readers would feel. */
const LARGE = 1_000
/** From so many failures on a row is quarantined: alerted, tried again rarely, and no part of the backlog. */
export const QUARANTINE_AFTER = 3
/** Rows that have failed before, in one claim: each is a job of its own. */
const ALONE_AT_ONCE = 2
/** Seconds until a row is taken again that is not done, doubled with each attempt: its queue may have lost it. */
const LOST_AFTER = { firstS: 5, doublings: 3 }
/** Seconds until a row is taken again that the queue refused. */
const REFUSED_FOR = { firstS: 0.25, doublings: 4 }
/** Seconds from one delivery of a row that fails to the next. */
const FAILED_FOR = { firstS: 1, quarantinedS: 30 }

/** Seconds after which a row is taken that no source has named: what named it may have died, or come too late. */
const UNNAMED_S = 5

/**
 * The due rows to take: all; those that were taken before and are not done, or lie there unnamed; or those that
 * transactions have written, named by their whole ids.
 */
export type Due = 'all' | 'again' | readonly bigint[]

function isAmong(due: Due): Prisma.Sql {
  if (due === 'all') return Prisma.sql`true`
  return due === 'again'
    ? Prisma.sql`(attempts > 0 OR created_at < clock_timestamp() - make_interval(secs => ${UNNAMED_S}))`
    : Prisma.sql`xid = ANY(${due.map(String)}::xid8[])`
}

/**
 * Takes rows that are due and says so in the database, before anything is done with them: what dies then, the next relay takes
 * after the back-off. A job takes as many as it may, so that an edit among many costs little, except for rows that have
 * failed: each is a job of its own.
 *
 * There is no cursor: ids become visible out of order.
 * @returns the rows of each job; no more than one job of rows that have not failed
 */
export async function claimOutbox(db: Db, among: Due = 'all'): Promise<OutboxRow[][]> {
  const rows = await db.$queryRaw<OutboxRow[]>`
    WITH due AS (
      SELECT id, failures, cardinality(entity_ids) AS entities FROM outbox
      WHERE done_at IS NULL AND (retry_at IS NULL OR retry_at <= clock_timestamp()) AND ${isAmong(among)}
      ORDER BY id LIMIT ${JOB_ENTITIES} FOR UPDATE SKIP LOCKED
    ), counted AS (
      SELECT id, failures, row_number() OVER of_its_kind AS nth, sum(entities) OVER of_its_kind AS entities
      FROM due WINDOW of_its_kind AS (PARTITION BY failures > 0 ORDER BY id)
    )
    UPDATE outbox SET enqueued_at = clock_timestamp(), attempts = attempts + 1,
      retry_at = clock_timestamp() + make_interval(secs => ${LOST_AFTER.firstS} * 2 ^ least(attempts, ${LOST_AFTER.doublings}))
    WHERE id IN (
      SELECT id FROM counted
      WHERE CASE WHEN failures > 0 THEN nth <= ${ALONE_AT_ONCE} ELSE nth = 1 OR entities <= ${JOB_ENTITIES} END)
    RETURNING id, topic, entity_ids AS "entityIds", versions, correlation_id AS "correlationId", created_at AS "createdAt", indexed_at AS "indexedAt", attempts, failures`
  const together = rows.filter(({ failures }) => failures === 0).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const alone = rows.filter(({ failures }) => failures > 0).map((row) => [row])
  return together.length > 0 ? [together, ...alone] : alone
}

/**
 * Claims, then hands each job to `enqueue`, then gives back what that refused: after a back-off that grows, and which no roll-back
 * forgets.
 * @returns the entities that were handed over
 * @throws what `enqueue` threw
 */
export async function handOver(
  db: Db,
  enqueue: (rows: readonly OutboxRow[]) => Promise<void>,
  among: Due = 'all',
): Promise<number> {
  const jobs = await claimOutbox(db, among)
  await Promise.all(
    jobs.map(async (rows) => {
      try {
        await enqueue(rows)
      } catch (error) {
        await release(db, rows, error instanceof Error ? error.message : String(error))
        throw error
      }
    }),
  )
  return jobs.flat().reduce((sum, { entityIds }) => sum + entityIds.length, 0)
}

/**
 * Puts off the jobs of a transaction that has changed much. The index has the changes as soon as ever. To be called when it changes
 * nothing more.
 */
export async function deliverFrom(tx: Pick<Db, '$executeRaw'>, from: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE outbox SET retry_at = ${from}
    WHERE xid = pg_current_xact_id_if_assigned()
      AND (SELECT sum(cardinality(entity_ids)) FROM outbox WHERE xid = pg_current_xact_id_if_assigned()) > ${LARGE}`
}

/**
 * @param xid of a transaction that has changed so many prices
 * @returns the ids of its rows, as texts; none where they say something else, too
 */
export async function rowsOfPrices(xid: string, prices: number): Promise<string[]> {
  const [row] = await runPrepared<{ ids: string[] }>(Prisma.sql`
    SELECT array_agg(id::text) AS ids FROM outbox WHERE xid = ${xid}::xid8
    HAVING bool_and(topic = 'price') AND sum(cardinality(entity_ids)) = ${prices}`)
  return row?.ids ?? []
}

/**
 * Lets the jobs of changes begin that their transactions have put off, each to a time of its own. To be called in the last of these
 * transactions.
 */
export async function deliverNow(tx: Pick<Db, '$executeRaw'>, correlationId: string): Promise<void> {
  await tx.$executeRaw`
    WITH due AS (
      UPDATE outbox SET retry_at = NULL
      WHERE done_at IS NULL AND attempts = 0 AND retry_at > clock_timestamp() AND correlation_id = ${correlationId} RETURNING id)
    SELECT pg_notify(${CHANNEL}, '') FROM due LIMIT 1`
}

/** @returns whether no row of the transactions waits to be taken the first time; what was taken, and is not done, is due again */
export async function areClaimed(db: Db, xids: readonly bigint[]): Promise<boolean> {
  const [left] = await db.$queryRaw<{ id: bigint }[]>`
    SELECT id FROM outbox WHERE ${isAmong(xids)} AND attempts = 0 AND done_at IS NULL LIMIT 1`
  return left === undefined
}

async function release(db: Db, rows: readonly OutboxRow[], why: string): Promise<void> {
  await db.$executeRaw`
    UPDATE outbox SET enqueued_at = NULL, last_error = ${why},
      retry_at = clock_timestamp() + make_interval(secs => ${REFUSED_FOR.firstS} * 2 ^ least(attempts - 1, ${REFUSED_FOR.doublings}))
    WHERE id = ANY(${idsOf(rows)}::bigint[]) AND done_at IS NULL`
}

/** @returns those of `ids` that are not done */
export async function pendingOutbox(db: Db, ids: readonly string[]): Promise<OutboxRow[]> {
  return db.$queryRaw<OutboxRow[]>`
    SELECT id, topic, entity_ids AS "entityIds", versions, correlation_id AS "correlationId", created_at AS "createdAt", indexed_at AS "indexedAt", attempts, failures
    FROM outbox WHERE id = ANY(${ids.map(BigInt)}::bigint[]) AND done_at IS NULL ORDER BY id`
}

export async function closeOutbox(db: Db, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return
  await db.$executeRaw`
    UPDATE outbox SET done_at = clock_timestamp(), last_error = NULL WHERE id = ANY(${idsOf(rows)}::bigint[]) AND done_at IS NULL`
  traceClosed(rows)
}

/** A row of which a page did not show some changes. */
export interface FailedRow {
  readonly row: OutboxRow
  readonly entityIds: readonly number[]
  readonly why: string
}

/** Puts off what failed. Where a row has other changes beside it, what failed gets a row of its own, and the rest goes on. */
export async function putOff(db: Db, failed: readonly FailedRow[]): Promise<void> {
  for (const { row, entityIds, why } of failed) {
    const failures = row.failures + 1
    const pauseS = failures < QUARANTINE_AFTER ? FAILED_FOR.firstS * 2 ** row.failures : FAILED_FOR.quarantinedS
    await (isWhole({ row, entityIds })
      ? db.$executeRaw`
        UPDATE outbox SET failures = ${failures}, last_error = ${why}, retry_at = clock_timestamp() + make_interval(secs => ${pauseS})
        WHERE id = ${row.id} AND done_at IS NULL`
      : db.$executeRaw`
        INSERT INTO outbox (topic, entity_ids, versions, correlation_id, created_at, indexed_at, enqueued_at, attempts, failures, last_error, retry_at)
        SELECT topic, array_agg(entity.id ORDER BY entity.id), array_agg(entity.version ORDER BY entity.id), correlation_id, created_at,
          indexed_at, enqueued_at, attempts, ${failures}, ${why}, clock_timestamp() + make_interval(secs => ${pauseS})
        FROM outbox, unnest(entity_ids, versions) AS entity(id, version)
        WHERE outbox.id = ${row.id} AND done_at IS NULL AND entity.id = ANY(${[...entityIds]}::int[])
        GROUP BY outbox.id`)
  }
}

/** Whether nothing of the row is left that goes on. */
export function isWhole({ row, entityIds }: Pick<FailedRow, 'row' | 'entityIds'>): boolean {
  return entityIds.length === row.entityIds.length
}

export function idsOf(rows: readonly { readonly id: bigint }[]): bigint[] {
  return rows.map(({ id }) => id)
}

/** @returns what the rows speak of, each thing once, by kind */
export function entitiesOf(rows: readonly OutboxRow[]): Map<string, number[]> {
  const byKind = Map.groupBy(rows, ({ topic }) => topic)
  return new Map([...byKind].map(([kind, those]) => [kind, [...new Set(those.flatMap(({ entityIds }) => entityIds))]]))
}
