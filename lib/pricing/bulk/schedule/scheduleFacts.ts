/** The facts about schedules that a price manager must know: other sales over the same products, and failures. */
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db as ownDb, type Db } from '#lib/platform/db.ts'
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

/** A start or an end is given this long before it is called stuck. */
const STUCK_S = 30

/** The prices that did not follow a schedule `s` and its edit `e`, as JSON. */
export const SCHEDULE_TROUBLE = Prisma.sql`jsonb_build_object(
  'missed', s.state = 'failed',
  'startStuck', e.state IN ('approved', 'applying') AND CASE WHEN s.state = 'pending' THEN s.starts_at
    WHEN s.state IN ('running', 'done') THEN s.started_at END < clock_timestamp() - make_interval(secs => ${STUCK_S}),
  'conflicts', CASE WHEN s.started_at IS NOT NULL THEN COALESCE((e.counts->>'conflict')::int, 0) ELSE 0 END,
  'refused', CASE WHEN s.started_at IS NOT NULL THEN COALESCE((e.counts->>'refused')::int, 0) - COALESCE((e.summary->>'refused')::int, 0) ELSE 0 END,
  'retried', EXISTS (SELECT FROM bulk_edits f WHERE f.of_id = e.id AND f.kind = 'retry' AND f.state IN ('approved', 'applying', 'applied')),
  'notEnded', CASE WHEN s.state = 'running' AND s.ends_at < clock_timestamp() - make_interval(secs => ${STUCK_S})
    THEN (SELECT count(*) FROM sale_prices l WHERE l.sale_id = s.id) ELSE 0 END)`

export interface Trouble {
  readonly missed: boolean
  readonly startStuck: boolean
  readonly conflicts: number
  readonly refused: number
  readonly retried: boolean
  readonly notEnded: number
}

const prices = (count: number) => (count === 1 ? '1 price' : `${count.toLocaleString('en')} prices`)

/** @returns what went wrong and what to do; null: nothing did */
export function problemOf({ missed, startStuck, conflicts, refused, retried, notEnded }: Trouble): string | null {
  if (notEnded > 0)
    return `${prices(notEnded)} did not go back at the end. Change the base price of these products, or ask for the log of the workers; the end goes on by itself.`
  if (missed) return 'No price was changed. Preview the edit again and plan it for another time.'
  if (startStuck)
    return 'It has not started yet: no worker runs, or another change holds one of its prices. Look at the workers on the Freshness page; it starts by itself.'
  if (conflicts > 0 && !retried)
    return `${prices(conflicts)} did not start: edited after the preview. Open the edit and retry the conflicts.`
  if (refused > 0 && !retried)
    return `${prices(refused)} did not start: refused. Open the edit to see why, and plan these products anew.`
  return null
}

/** A schedule that did not reach all of its prices. */
export interface ScheduleProblem {
  readonly id: string
  readonly bulkEditId: string
  readonly reason: string
  readonly problem: string
  /** Prices of a sale that is over are shown. */
  readonly atEnd: boolean
}

const MAX_PROBLEMS = 20

/** The problems of the last day and of running schedules. The newest first. */
export async function scheduleProblems(db: Db = ownDb()): Promise<ScheduleProblem[]> {
  const rows = await db.$queryRaw<{ id: string; bulkEditId: string; reason: string; trouble: Trouble }[]>`
    SELECT s.id, s.bulk_edit_id AS "bulkEditId", e.reason, ${SCHEDULE_TROUBLE} AS trouble
    FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id
    WHERE s.state = 'running' OR (s.state = 'pending' AND s.starts_at < clock_timestamp()) OR (s.state IN ('done', 'failed') AND s.starts_at > clock_timestamp() - interval '1 day')
    ORDER BY s.starts_at DESC, s.id`
  return rows
    .flatMap(({ trouble, ...schedule }) => {
      const problem = problemOf(trouble)
      return problem === null ? [] : [{ ...schedule, problem, atEnd: trouble.notEnded > 0 }]
    })
    .slice(0, MAX_PROBLEMS)
}
