/** Counts which price changes were in every layer in time, minute by minute, and says when too many are not. */
import type { Db } from '#lib/platform/db.ts'
import { WRONG_VERDICTS } from '#lib/verification/verdict.ts'
import type { Check } from '../context.ts'
import { monitorMetrics } from '../metrics.ts'
import { BURN_WINDOWS, burnFindings, type BurnWindow, type ChangeCounts } from './burnRates.ts'

/** Minutes that are counted again: a change becomes visible when it commits, and the prober may contradict a layer later. */
const AGAIN_MINUTES = 5
const KEPT_DAYS = 3

/**
 * Counts the changes whose time is over and that are not counted yet, as the table of nines does: an outbox row is done when
 * every layer was read back, and what the prober saw wrong later than that makes a change late all the same.
 * @param budgetMs the time that a change has
 * @returns what is new since the last count
 */
export async function countMinutes(db: Db, budgetMs: number): Promise<ChangeCounts> {
  const budgetS = budgetMs / 1_000
  const [row] = await db.$queryRaw<ChangeCounts[]>`
    WITH since AS (
      SELECT date_trunc('minute', greatest(clock_timestamp() - make_interval(days => ${KEPT_DAYS}),
        least(clock_timestamp() - make_interval(mins => ${AGAIN_MINUTES}), COALESCE(max(minute), '-infinity')))) AS at FROM freshness_minutes
    ), due AS (
      SELECT o.id, o.entity_ids, o.versions, o.created_at + make_interval(secs => ${budgetS}) AS at,
        o.done_at IS NULL OR o.done_at > o.created_at + make_interval(secs => ${budgetS}) AS late
      FROM outbox o WHERE o.topic = 'price' AND (o.correlation_id IS NULL OR o.correlation_id NOT LIKE 'seed-%')
        AND o.created_at >= (SELECT at FROM since) - make_interval(secs => ${budgetS})
        AND o.created_at < statement_timestamp() - make_interval(secs => ${budgetS})
    ), contradicted AS (
      SELECT due.id, count(DISTINCT wrong.product_id) AS changes FROM probe_readings wrong
      JOIN due ON NOT due.late AND wrong.product_id = ANY(due.entity_ids)
        AND due.versions[array_position(due.entity_ids, wrong.product_id)] = wrong.expected_version
      WHERE wrong.verdict = ANY(${WRONG_VERDICTS}) AND wrong.probed_at > wrong.expected_at + make_interval(secs => ${budgetS})
        AND wrong.probed_at > (SELECT at FROM since) - make_interval(secs => ${budgetS})
      GROUP BY due.id
    ), counted AS (
      SELECT date_trunc('minute', due.at) AS minute, sum(cardinality(entity_ids))::int AS changes,
        sum(CASE WHEN late THEN cardinality(entity_ids) ELSE COALESCE(contradicted.changes, 0) END)::int AS late
      FROM due LEFT JOIN contradicted USING (id) GROUP BY 1
    ), before AS (
      SELECT * FROM freshness_minutes WHERE minute >= (SELECT at FROM since)
    ), written AS (
      INSERT INTO freshness_minutes AS kept SELECT minute, changes, late FROM counted
      ON CONFLICT (minute) DO UPDATE SET changes = greatest(kept.changes, excluded.changes), late = greatest(kept.late, excluded.late)
      RETURNING minute, changes, late
    ), dropped AS (
      DELETE FROM freshness_minutes WHERE minute < statement_timestamp() - make_interval(days => ${KEPT_DAYS + 1})
    )
    SELECT COALESCE(sum(w.changes - COALESCE(b.changes, 0)), 0)::int AS changes, COALESCE(sum(w.late - COALESCE(b.late, 0)), 0)::int AS late
    FROM written w LEFT JOIN before b USING (minute)`
  return row ?? { changes: 0, late: 0 }
}

export async function countsByWindow(db: Db): Promise<Record<BurnWindow, ChangeCounts>> {
  const rows = await db.$queryRaw<(ChangeCounts & { name: BurnWindow })[]>`
    SELECT windows.name, COALESCE(sum(changes), 0)::int AS changes, COALESCE(sum(late), 0)::int AS late
    FROM unnest(${Object.keys(BURN_WINDOWS)}::text[], ${Object.values(BURN_WINDOWS)}::int[]) AS windows(name, seconds)
    LEFT JOIN freshness_minutes ON minute > statement_timestamp() - make_interval(secs => seconds)
    GROUP BY windows.name`
  const of = (name: BurnWindow): ChangeCounts => {
    const { changes = 0, late = 0 } = rows.find((row) => row.name === name) ?? {}
    return { changes, late }
  }
  return {
    '5 min': of('5 min'),
    '30 min': of('30 min'),
    '1 h': of('1 h'),
    '2 h': of('2 h'),
    '6 h': of('6 h'),
    '1 d': of('1 d'),
    '3 d': of('3 d'),
  }
}

export const burnCheck: Check = {
  name: 'burn',
  async run({ db, budgetMs }) {
    const { changes, late } = await countMinutes(db, budgetMs)
    monitorMetrics().changes.inc(changes)
    monitorMetrics().lateChanges.inc(late)
    return burnFindings(await countsByWindow(db), budgetMs)
  },
}
