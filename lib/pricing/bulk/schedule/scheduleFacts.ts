/** The sales that are active at the same time for the same products, and which of them the shop shows. */
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { Db } from '#lib/platform/db.ts'
import type { ScheduleOverlap } from './scheduleContract.ts'
import { inZone } from './wallTime.ts'

interface StoredOverlap {
  readonly of: string | null
  readonly id: string
  readonly bulkEditId: string
  readonly reason: string
  readonly timeZone: string
  readonly startsAt: Date
  readonly endsAt: Date
  readonly products: number
  readonly wins: boolean | null
}

/**
 * @param own a query of `id, bulk_edit_id, starts_at, ends_at, priority`; an id of null is a sale that is not planned yet
 * @returns the sales that each of them meets, the first to start first
 */
async function overlapsWith(db: Db, own: Prisma.Sql): Promise<(ScheduleOverlap & { readonly of: string | null })[]> {
  const rows = await db.$queryRaw<StoredOverlap[]>`
    WITH pairs AS (
      SELECT a.id AS of, a.bulk_edit_id AS own, b.id, b.bulk_edit_id AS other, b.time_zone, GREATEST(a.starts_at, b.starts_at) AS starts_at,
        LEAST(a.ends_at, b.ends_at) AS ends_at, (a.priority, a.starts_at, a.id) > (b.priority, b.starts_at, b.id) AS wins
      FROM (${own}) a JOIN price_schedules b ON b.id IS DISTINCT FROM a.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
      WHERE b.state IN ('pending', 'running')
    )
    SELECT p.of, p.id, p.other AS "bulkEditId", e.reason, p.time_zone AS "timeZone", p.starts_at AS "startsAt", p.ends_at AS "endsAt",
      common.products, p.wins
    FROM pairs p JOIN bulk_edits e ON e.id = p.other CROSS JOIN LATERAL (
      SELECT count(*)::int AS products FROM bulk_edit_rows r JOIN bulk_edit_rows o USING (product_id)
      WHERE r.bulk_edit_id = p.own AND o.bulk_edit_id = p.other AND r.state IN ('pending', 'applied') AND o.state IN ('pending', 'applied')) common
    WHERE common.products > 0 ORDER BY p.starts_at, p.id`
  return rows.map(({ startsAt, endsAt, timeZone, wins, ...rest }) => ({
    ...rest,
    shows: wins === null ? 'undecided' : wins ? 'this' : 'other',
    startsAt: inZone(startsAt, timeZone),
    endsAt: inZone(endsAt, timeZone),
  }))
}

/** @returns by schedule, the sales that are active at the same time for some of its products, the first to start first */
export async function overlapsOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, ScheduleOverlap[]>> {
  const found = new Map<string, ScheduleOverlap[]>()
  if (ids.length === 0) return found
  const own = Prisma.sql`SELECT id, bulk_edit_id, starts_at, ends_at, priority FROM price_schedules
    WHERE id = ANY(${[...ids]}::uuid[]) AND state IN ('pending', 'running')`
  for (const { of, ...overlap } of await overlapsWith(db, own))
    if (of !== null) found.set(of, [...(found.get(of) ?? []), overlap])
  return found
}

/** A sale as it is about to be planned, or to be moved. */
export interface Plan {
  /** The id of the schedule that is to be moved; null: it is new. */
  readonly id: string | null
  readonly bulkEditId: string
  readonly startsAt: Date
  readonly endsAt: Date
  readonly priority: number
}

/** @returns the sales that it would meet, the first to start first */
export async function overlapsOfPlan(db: Db, plan: Plan): Promise<ScheduleOverlap[]> {
  const { id, bulkEditId, startsAt, endsAt, priority } = plan
  const own = Prisma.sql`SELECT ${id}::uuid AS id, ${bulkEditId}::uuid AS bulk_edit_id, ${startsAt}::timestamptz AS starts_at,
    ${endsAt}::timestamptz AS ends_at, ${priority}::int AS priority`
  return (await overlapsWith(db, own)).map(({ of: _of, ...overlap }) => overlap)
}
