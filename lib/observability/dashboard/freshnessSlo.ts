/** The share of changes that were in every layer in time, as a number of nines, and what the sample can support. */
import type { Db } from '#lib/platform/db.ts'
import { WRONG_VERDICTS } from '#lib/verification/verdict.ts'
import { WINDOWS, type SloRow, type WindowName } from './shapes.ts'

/** One-sided, 95 %. */
const Z = 1.645

/** The highest share of late changes that the sample does not rule out, with 95 % confidence. */
function lateAtMost(changes: number, late: number): number {
  if (changes === 0) return 1
  // Nothing seen in n tries: the rule of three. Wilson's bound, used otherwise, is too kind there.
  if (late === 0) return Math.min(1, 3 / changes)
  const share = late / changes
  const z2 = Z * Z
  const centre = share + z2 / (2 * changes)
  const spread = Z * Math.sqrt((share * (1 - share)) / changes + z2 / (4 * changes * changes))
  return Math.min(1, (centre + spread) / (1 + z2 / changes))
}

/**
 * @returns `nines` as measured, null without a sample or without a miss; `supported`: what may be claimed
 * @example sloOf({ withinMs: 1000, changes: 3000, late: 0 }).supported // 3: fewer than one in a thousand is late
 */
export function sloOf({ withinMs, changes, late }: Pick<SloRow, 'withinMs' | 'changes' | 'late'>): SloRow {
  const measured = late === 0 ? null : -Math.log10(late / changes)
  return { withinMs, changes, late, nines: measured, supported: Math.max(0, -Math.log10(lateAtMost(changes, late))) }
}

const LIMITS_MS = [1_000, 5_000, 60_000]

/**
 * An outbox row is done when every layer was read back and showed the change. A change counts once its time is over,
 * so one that is on its way is neither in time nor late. A later mismatch of the prober overrules the ledger.
 * Changes of the seed have no reader to be late for.
 */
export async function readFreshnessSlo(db: Db, window: WindowName): Promise<SloRow[]> {
  const rows = await db.$queryRaw<{ withinMs: number; changes: number; late: number }[]>`
    WITH wrong AS (
      SELECT product_id, expected_version, expected_at, max(probed_at) AS at FROM probe_readings
      WHERE verdict = ANY(${WRONG_VERDICTS}) AND probed_at > statement_timestamp() - make_interval(secs => ${WINDOWS[window].seconds})
      GROUP BY product_id, expected_version, expected_at
    ), contradicted AS (
      SELECT limits.ms, o.id, count(*) AS changes
      FROM unnest(${LIMITS_MS}::int[]) AS limits(ms), wrong
      JOIN outbox o ON o.topic = 'price' AND wrong.product_id = ANY(o.entity_ids)
        AND o.versions[array_position(o.entity_ids, wrong.product_id)] = wrong.expected_version
        AND o.created_at > statement_timestamp() - make_interval(secs => ${WINDOWS[window].seconds})
      WHERE wrong.at > wrong.expected_at + make_interval(secs => limits.ms / 1000.0)
      GROUP BY limits.ms, o.id
    )
    SELECT limits.ms AS "withinMs", COALESCE(sum(cardinality(o.entity_ids)), 0)::int AS changes,
      COALESCE(sum(CASE WHEN o.done_at IS NULL OR o.done_at > o.created_at + make_interval(secs => limits.ms / 1000.0)
        THEN cardinality(o.entity_ids) ELSE COALESCE(c.changes, 0) END), 0)::int AS late
    FROM unnest(${LIMITS_MS}::int[]) AS limits(ms)
    LEFT JOIN outbox o ON o.topic = 'price' AND (o.correlation_id IS NULL OR o.correlation_id NOT LIKE 'seed-%')
      AND o.created_at > statement_timestamp() - make_interval(secs => ${WINDOWS[window].seconds})
      AND o.created_at < statement_timestamp() - make_interval(secs => limits.ms / 1000.0)
    LEFT JOIN contradicted c ON c.id = o.id AND c.ms = limits.ms
    GROUP BY limits.ms ORDER BY limits.ms`
  return rows.map(sloOf)
}
