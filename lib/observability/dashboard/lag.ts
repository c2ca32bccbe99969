/** Lag as the ledger has it: for each change and layer, from its commit to the first time it was read back. */
import type { Db } from '#lib/platform/db.ts'
import { WINDOWS, type LagPoint, type LayerLag, type WindowName } from './shapes.ts'

interface LagRow {
  layer: string
  samples: number
  p50: number
  p95: number
  p99: number
  max: number
}

export function lagByLayer(db: Db, window: WindowName): Promise<LayerLag[]> {
  return lagOver(db, WINDOWS[window].seconds)
}

/** A job that is run again confirms a layer again: only the first time says how long the change took. */
export async function lagOver(db: Db, seconds: number): Promise<LayerLag[]> {
  return db.$queryRaw<LagRow[]>`
    SELECT layer, count(*)::int AS samples, max(lag_ms)::int AS max,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY lag_ms) AS p50,
      percentile_cont(0.95) WITHIN GROUP (ORDER BY lag_ms) AS p95,
      percentile_cont(0.99) WITHIN GROUP (ORDER BY lag_ms) AS p99
    FROM (
      SELECT layer, min(lag_ms) AS lag_ms FROM invalidations
      WHERE created_at > statement_timestamp() - make_interval(secs => ${seconds}) AND lag_ms IS NOT NULL
      GROUP BY job_id, layer) AS seen
    GROUP BY layer`
}

export async function lagSeries(db: Db, window: WindowName): Promise<LagPoint[]> {
  const { seconds, bucketSeconds } = WINDOWS[window]
  const rows = await db.$queryRaw<(Omit<LagPoint, 'at'> & { at: Date })[]>`
    SELECT layer, at, count(*)::int AS samples,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY lag_ms) AS p50,
      percentile_cont(0.99) WITHIN GROUP (ORDER BY lag_ms) AS p99
    FROM (
      SELECT layer, min(lag_ms) AS lag_ms,
        date_bin(make_interval(secs => ${bucketSeconds}), min(created_at), timestamptz '2026-01-01') AS at
      FROM invalidations
      WHERE created_at > statement_timestamp() - make_interval(secs => ${seconds}) AND lag_ms IS NOT NULL
      GROUP BY job_id, layer) AS seen
    GROUP BY layer, at ORDER BY at`
  return rows.map((row) => ({ ...row, at: row.at.getTime() }))
}
