/**
 * Finds the time at which a schedule must be prepared. A start or an end is one transaction, which is prepared ahead and committed at its
 * time. The number of its prices decides how long before.
 */
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'

/** Prices that are prepared in a second, with versions, history and outbox, and brought to Redis: 40,000 took 5.9 s beside 200 reads a second. */
const ROWS_A_SECOND = 12_000
/** The factor on the time that a preparation may take: with 1.7 two cores beside 200 reads a second were late by 0.3 to 1 s. */
const SLOWER = 2.5
/** Before all that: workers look each second, and the edge hears of the switch before it. */
const LEAD_S = 1.5

export type SwitchKind = 'start' | 'end'

/** Counts the switched prices, in a statement with a schedule `s` and its edit `e`. */
const ROWS: Readonly<Record<SwitchKind, Prisma.Sql>> = {
  start: Prisma.sql`COALESCE((e.summary->>'changed')::int, (SELECT count(*) FROM bulk_edit_rows r WHERE r.bulk_edit_id = e.id))`,
  end: Prisma.sql`COALESCE((e.counts->>'applied')::int, (SELECT count(*) FROM sale_prices l WHERE l.sale_id = s.id))`,
}
const TIME: Readonly<Record<SwitchKind, Prisma.Sql>> = {
  start: Prisma.sql`s.starts_at`,
  end: Prisma.sql`s.ends_at`,
}

/** A moment that cannot be before all prices are prepared, from now. */
export const READY_AT: Readonly<Record<SwitchKind, Prisma.Sql>> = {
  start: Prisma.sql`clock_timestamp() + make_interval(secs => ${ROWS.start}::float8 / ${ROWS_A_SECOND}::int)`,
  end: Prisma.sql`clock_timestamp() + make_interval(secs => ${ROWS.end}::float8 / ${ROWS_A_SECOND}::int)`,
}

/** When the preparation begins. */
const prepareAt = (kind: SwitchKind) =>
  Prisma.sql`${TIME[kind]} - make_interval(secs => ${LEAD_S}::float8 + ${SLOWER}::float8 * ${ROWS[kind]} / ${ROWS_A_SECOND}::int)`

/** True of a layer `l` of a sale `s` that another one follows which begins when this one ends, and is shown over it. */
export const FOLLOWED = Prisma.sql`EXISTS (
  SELECT FROM price_schedules b JOIN bulk_edits f ON f.id = b.bulk_edit_id JOIN bulk_edit_rows r ON r.bulk_edit_id = f.id
  WHERE b.state = 'pending' AND f.state = 'approved' AND b.starts_at <= s.ends_at AND b.ends_at > s.ends_at AND b.priority >= s.priority
    AND r.product_id = l.product_id AND r.state = 'pending')`

/** True of a sale `s` that was ended in time but for layers which another one was to follow, where that one was cancelled by then. */
const IS_LEFT_ALONE = Prisma.sql`(s.ended_at <= s.ends_at AND EXISTS (
  SELECT FROM sale_prices l JOIN prices p ON p.product_id = l.product_id AND p.sale_id = s.id WHERE l.sale_id = s.id AND NOT ${FOLLOWED}))`

/**
 * Finds switches to start or to end: also a start that an earlier release left halfway, and of an end what was refused, again after a
 * moment.
 */
const OPEN: Readonly<Record<SwitchKind, Prisma.Sql>> = {
  start: Prisma.sql`(e.state IN ('approved', 'applying') AND (s.state = 'pending' OR (s.state IN ('running', 'done')
    AND s.started_at > clock_timestamp() - interval '7 days' AND COALESCE(s.ends_at > clock_timestamp(), true))))`,
  end: Prisma.sql`(s.state = 'running' AND (s.ended_at IS NULL OR s.ended_at < clock_timestamp() - interval '5 seconds' OR ${IS_LEFT_ALONE}))`,
}

/** True of a schedule `s` with its edit `e` whose preparation is due. */
export const isDue = (kind: SwitchKind) => Prisma.sql`(${OPEN[kind]} AND ${prepareAt(kind)} <= clock_timestamp())`

/** @returns ids of the schedules to prepare now, the next one first; those that a worker is at are among them */
export async function dueSwitches(kind: SwitchKind): Promise<string[]> {
  const rows = await db().$queryRaw<{ id: string }[]>`
    SELECT s.id FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id WHERE ${isDue(kind)} ORDER BY ${TIME[kind]}, s.id LIMIT 100`
  return rows.map(({ id }) => id)
}

/** @returns milliseconds until the next preparation, by the database's clock; undefined when none is planned beside those that are due */
export async function nextDueMs(kind: SwitchKind): Promise<number | undefined> {
  const [next] = await db().$queryRaw<{ ms: number | null }[]>`
    SELECT (EXTRACT(EPOCH FROM min(${prepareAt(kind)}) - clock_timestamp()) * 1000)::float8 AS ms
    FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id
    WHERE s.state = ${kind === 'start' ? 'pending' : 'running'}::price_schedule_state AND ${prepareAt(kind)} > clock_timestamp()`
  return next?.ms === null || next?.ms === undefined ? undefined : Math.max(0, next.ms)
}
