/** Raises and resolves alerts by the findings of a check. Safe with any number of finders: the database deduplicates. */
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { Db } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import type { Finding } from './finding.ts'

/** The process that looks: each resolves only what it has raised itself. */
export type Scope = `monitor:${string}` | 'edge' | 'watchdog' | 'change-stream' | `probe${string}`

export interface Reconciled {
  readonly raised: readonly string[]
  readonly resolved: readonly string[]
}

interface Options {
  /** Milliseconds that a finding must be absent before its alert is resolved, so that one that comes and goes is one alert. */
  readonly quietMs?: number
}

/** True where a warning that is open has become critical: that is news of its own. */
const WORSE = Prisma.sql`(alerts.severity = 'warning' AND excluded.severity = 'critical')`

/**
 * Raises an alert for each finding that has none open, and renews those that have; resolves nothing.
 * @returns the keys of the alerts that are new
 */
export async function raiseAlerts(db: Db, scope: Scope, findings: readonly Finding[]): Promise<string[]> {
  const distinct = new Map(findings.map((finding) => [`${scope}/${finding.dedupKey}`, finding]))
  const rows = [...distinct].map(([key, { kind, severity, summary, detail }]) => ({
    key,
    kind,
    severity,
    summary,
    detail,
  }))
  if (rows.length === 0) return []
  const seen = await db.$queryRaw<{ key: string; raised: boolean }[]>`
    INSERT INTO alerts (dedup_key, kind, severity, summary, detail, raised_at, last_seen_at, tell_after)
    SELECT key, kind, severity, summary, detail, clock_timestamp(), clock_timestamp(), clock_timestamp()
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS found(key text, kind text, severity text, summary text, detail jsonb)
    ORDER BY key
    ON CONFLICT (dedup_key) WHERE resolved_at IS NULL DO UPDATE SET
      last_seen_at = excluded.last_seen_at, severity = excluded.severity, summary = excluded.summary, detail = excluded.detail,
      raised_told_at = CASE WHEN ${WORSE} THEN NULL ELSE alerts.raised_told_at END,
      tell_attempts = CASE WHEN ${WORSE} THEN 0 ELSE alerts.tell_attempts END,
      tell_after = CASE WHEN ${WORSE} THEN clock_timestamp() ELSE alerts.tell_after END
    RETURNING dedup_key AS key, xmax = 0 AS raised`
  const raised = seen.filter((row) => row.raised).map(({ key }) => key)
  for (const key of raised) logger('alerts').warn({ alert: key, summary: distinct.get(key)?.summary }, 'alert raised')
  return raised
}

/**
 * Raises and renews alerts, and resolves the open ones of `scope` that were not found any more.
 * @param findings all that is wrong now, as far as `scope` can see
 * @returns the keys of the alerts that were raised and resolved by this call
 */
export async function reconcileAlerts(
  db: Db,
  scope: Scope,
  findings: readonly Finding[],
  { quietMs = 0 }: Options = {},
): Promise<Reconciled> {
  const raised = await raiseAlerts(db, scope, findings)
  const gone = await db.$queryRaw<{ key: string }[]>`
    UPDATE alerts SET resolved_at = clock_timestamp(), tell_after = clock_timestamp(), tell_attempts = 0
    WHERE resolved_at IS NULL AND starts_with(dedup_key, ${`${scope}/`}) AND NOT dedup_key = ANY(${findings.map(({ dedupKey }) => `${scope}/${dedupKey}`)}::text[])
      AND last_seen_at <= clock_timestamp() - make_interval(secs => ${quietMs / 1000})
    RETURNING dedup_key AS key`
  const resolved = gone.map(({ key }) => key)
  for (const key of resolved) logger('alerts').info({ alert: key }, 'alert resolved')
  return { raised, resolved }
}
