/**
 * Watches the monitor, from other processes: the web instances. A monitor that is dead cannot say so, and everything
 * that it would raise is unknown then.
 */
import type { Db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { readHeartbeats, silentAfterMs } from '#lib/platform/process/heartbeat.ts'
import { logger } from '#lib/platform/logger.ts'
import { runPeriodically } from '#lib/platform/process/periodic.ts'
import { untilShutdown } from '#lib/platform/process/shutdown.ts'
import type { Finding } from '#lib/alerts/finding.ts'
import { reconcileAlerts } from '#lib/alerts/reconcile.ts'
import { startAlertNotifier } from '#lib/alerts/alertNotifier.ts'
import { MOST_LISTED, nameProducts, showMs } from './context.ts'

/** The monitor's state, as far as the database knows it. */
async function waitingProducts(database: Db): Promise<number[]> {
  const rows = await database.$queryRaw<{ id: number }[]>`
    SELECT DISTINCT entity.id FROM outbox, unnest(entity_ids) AS entity(id) WHERE done_at IS NULL AND topic = 'price' LIMIT ${MOST_LISTED}`
  return rows.map(({ id }) => id)
}

/**
 * Raises `monitor-silent`, or resolves it.
 * @param watchedForMs how long the caller has watched: a monitor that never beat is silent only after that
 */
export async function watchMonitor(database: Db, limitMs: number, watchedForMs: number): Promise<void> {
  const beats = new Map((await readHeartbeats(database)).map(({ name, ageMs }) => [name, ageMs]))
  const beatAgo = beats.get('monitor')
  const ageMs = beatAgo ?? watchedForMs
  // A watchdog that has just started knows nothing yet: it must not resolve what another has raised.
  if (watchedForMs <= limitMs && (beatAgo === undefined || beatAgo > limitMs)) return
  const findings: Finding[] = []
  if (ageMs > limitMs) {
    const silent = ['monitor', 'relay', 'invalidator'].filter((role) => (beats.get(role) ?? watchedForMs) > limitMs)
    const productIds = await waitingProducts(database)
    findings.push({
      dedupKey: 'monitor',
      kind: 'monitor-silent',
      severity: 'critical',
      summary: `The monitor has been silent for ${showMs(ageMs)}${silent.length > 1 ? `, and so have ${silent.slice(1).join(' and ')}` : ''}: a stale price goes unnoticed${productIds.length > 0 ? ` (${nameProducts(productIds)} on the way)` : ''}.`,
      detail: { layer: 'monitor', silent, silentMs: Math.round(ageMs), productId: productIds[0] ?? null, productIds },
    })
  }
  await reconcileAlerts(database, 'watchdog', findings)
}

export function startWatchdog(db: Db): void {
  const startedAt = performance.now()
  const everyMs = env().MONITOR_INTERVAL_MS
  const failed = (error: unknown) => logger('watchdog').debug({ err: error }, 'the heartbeats could not be read')
  untilShutdown('watchdog', (signal) =>
    runPeriodically(() => watchMonitor(db, silentAfterMs(), performance.now() - startedAt), {
      everyMs,
      signal,
      failed,
    }),
  )
  startAlertNotifier(db, everyMs)
}
