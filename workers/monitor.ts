/** Runs the monitor: in one process of the fleet, the one that holds the lock. */
import type { Client } from 'pg'
import { LOCALES } from '#lib/platform/locales.ts'
import { startAlertNotifier } from '#lib/alerts/alertNotifier.ts'
import { Monitor } from '#lib/observability/monitor/monitor.ts'
import { env } from '#lib/platform/env.ts'
import { beat } from '#lib/platform/process/heartbeat.ts'
import { logger } from '#lib/platform/logger.ts'
import { OwnConnection } from '#lib/platform/process/ownConnection.ts'
import { runPeriodically } from '#lib/platform/process/periodic.ts'
import { untilShutdown } from '#lib/platform/process/shutdown.ts'
import { invalidationContext, type WorkerParts } from './parts.ts'

/** Milliseconds: the pause after a first refusal is as long. */
const TELL_EVERY_MS = 1_000
/** Any number that no other lock in this database has. */
const LOCK = 7_391_205

/** The right to be the monitor: held by a session of its own, so that it ends with the process, however that ends. */
class FleetLock {
  readonly #connection = new OwnConnection({ name: 'monitor' })
  #holder: Client | undefined

  async held(): Promise<boolean> {
    const client = await this.#connection.client()
    if (this.#holder === client) return true
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [LOCK])
    this.#holder = rows[0]?.held === true ? client : undefined
    return this.#holder !== undefined
  }

  release(): Promise<void> {
    return this.#connection.close()
  }
}

export function startMonitor(parts: WorkerParts): void {
  const log = logger('monitor')
  const { db, indexRedis, edge, invalidationQueue } = parts
  const { MONITOR_INTERVAL_MS: intervalMs, FRESHNESS_P99_BUDGET_MS: budgetMs } = env()
  const monitor = new Monitor({
    ...invalidationContext(parts),
    indexRedis,
    queue: invalidationQueue,
    budgetMs,
    intervalMs,
    locales: LOCALES,
    hasEdge: edge !== undefined,
  })
  const lock = new FleetLock()

  async function round(signal: AbortSignal): Promise<void> {
    if (!(await lock.held())) return monitor.forget()
    await monitor.round(signal)
    await beat(db, 'monitor', monitor.state())
  }

  async function glance(signal: AbortSignal): Promise<void> {
    // The rounds say so, too, and not every two seconds.
    const held = await lock.held().catch(() => false)
    if (held) await monitor.glance(signal)
  }

  const failed = (error: unknown) => log.warn({ err: error }, 'a round of the monitor failed, the next one comes')
  startAlertNotifier(db, TELL_EVERY_MS)
  untilShutdown('monitor', async (signal) => {
    await Promise.all([
      runPeriodically(() => glance(signal), { everyMs: monitor.glanceMs, signal, failed }),
      runPeriodically(() => round(signal), { everyMs: intervalMs, signal, failed }),
    ])
    await lock.release()
  })
}
