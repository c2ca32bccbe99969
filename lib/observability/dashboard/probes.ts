/** The results of the prober, for the dashboard. */
import type { Db } from '#lib/platform/db.ts'
import { isVerdict, WRONG_VERDICTS } from '#lib/verification/verdict.ts'
import { sloOf } from './freshnessSlo.ts'
import { WINDOWS, type ProbedMismatch, type ProbedTarget, type WindowName } from './shapes.ts'

const MOST_MISMATCHES = 10

interface Row {
  layer: string
  target: string
  reads: number
  wrong: number
  unreadable: number
  samples: number
  p50: number | null
  p95: number | null
  p99: number | null
}

/** By layer and place, in their order. */
export async function probedTargets(db: Db, window: WindowName): Promise<ProbedTarget[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT layer, target, count(*)::int AS reads, count(*) FILTER (WHERE verdict = ANY(${WRONG_VERDICTS}))::int AS wrong,
      count(*) FILTER (WHERE verdict = 'unreadable')::int AS unreadable, count(lag_ms)::int AS samples,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY lag_ms) AS p50,
      percentile_cont(0.95) WITHIN GROUP (ORDER BY lag_ms) AS p95,
      percentile_cont(0.99) WITHIN GROUP (ORDER BY lag_ms) AS p99
    FROM probe_readings WHERE probed_at > statement_timestamp() - make_interval(secs => ${WINDOWS[window].seconds})
    GROUP BY layer, target ORDER BY layer DESC, target`
  return rows.map(({ layer, target, reads, wrong, unreadable, samples, p50, p95, p99 }) => {
    const { nines, supported } = sloOf({ withinMs: 0, changes: reads - unreadable, late: wrong })
    return {
      layer,
      target,
      reads,
      wrong,
      unreadable,
      nines,
      supported,
      lag: samples === 0 ? null : { samples, p50: p50 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0 },
    }
  })
}

/** The newest first. */
export async function probedMismatches(db: Db, window: WindowName): Promise<ProbedMismatch[]> {
  const since = new Date(Date.now() - WINDOWS[window].seconds * 1_000)
  const rows = await db.probeReading.findMany({
    where: { verdict: { in: [...WRONG_VERDICTS] }, probedAt: { gt: since } },
    orderBy: { probedAt: 'desc' },
    take: MOST_MISMATCHES,
  })
  return rows.flatMap(
    ({ id, layer, target, url, productId, verdict, expectedVersion, shownVersion, probedAt, evidence }) =>
      isVerdict(verdict)
        ? [
            {
              id: id.toString(),
              layer,
              target,
              url,
              productId,
              verdict,
              evidence,
              expectedVersion: Number(expectedVersion),
              shownVersion: shownVersion === null ? null : Number(shownVersion),
              probedAt: probedAt.toISOString(),
            },
          ]
        : [],
  )
}
