/** All that the dashboard shows, at one moment, and again every two seconds for the dashboards that are open. */
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import { runPeriodically } from '#lib/platform/process/periodic.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import { fromReplica } from '#lib/platform/replica.ts'
import { type InvalidationQueue, openInvalidationQueue } from '#lib/queue/invalidationQueue.ts'
import { queueState } from '#lib/queue/queueState.ts'
import { openAlertCount, openAlerts, resolvedAlerts } from './alerts.ts'
import { driftingProducts, pendingOutboxSize } from './drift.ts'
import { HitRatios } from './hitRatio.ts'
import { lagByLayer, lagSeries } from './lag.ts'
import { readFreshnessSlo } from './freshnessSlo.ts'
import { probedMismatches, probedTargets } from './probes.ts'
import type { Delivery, Snapshot, WindowName } from './shapes.ts'

const PERIOD_MS = 2_000
const HIT_RATIO_OVER_MS = 5 * 60_000

function hitRatios(): HitRatios {
  return processSingleton('dashboardHitRatios', () => new HitRatios(HIT_RATIO_OVER_MS))
}

function queue(): InvalidationQueue {
  return processSingleton('invalidationQueueToLookAt', openInvalidationQueue)
}

/** Redis may be away: that is when the page is needed most. */
async function queueIfThere(): Promise<Delivery['queue']> {
  try {
    return await queueState(queue())
  } catch (error) {
    logger('dashboard').debug({ err: error }, 'the queue could not be read')
    return null
  }
}

/** @throws Prisma's error when Postgres does not answer */
export async function readSnapshot(window: WindowName): Promise<Snapshot> {
  const [lag, series, freshnessSlo, probed, mismatches, hitRatio, drift, queue, outbox, open, openCount, resolved] =
    await Promise.all([
      fromReplica((replica) => lagByLayer(replica, window)),
      fromReplica((replica) => lagSeries(replica, window)),
      fromReplica((replica) => readFreshnessSlo(replica, window)),
      fromReplica((replica) => probedTargets(replica, window)),
      fromReplica((replica) => probedMismatches(replica, window)),
      hitRatios().sample(env().webUrls),
      driftingProducts(db()),
      queueIfThere(),
      pendingOutboxSize(db()),
      openAlerts(db()),
      openAlertCount(db()),
      resolvedAlerts(db()),
    ])
  return {
    at: new Date().toISOString(),
    window,
    budgetMs: env().FRESHNESS_P99_BUDGET_MS,
    lag,
    series,
    freshnessSlo,
    probed,
    mismatches,
    hitRatio: hitRatio.unreachable === hitRatio.instances ? null : hitRatio,
    drift,
    delivery: { queue, outbox },
    openAlerts: open,
    openAlertCount: openCount,
    resolvedAlerts: resolved,
  }
}

/** @param snapshot undefined when it could not be read: the database is away */
export type SnapshotListener = (snapshot: Snapshot | undefined) => void

/** However many dashboards are open, each window is read once in two seconds. */
export class SnapshotFeed {
  readonly #read: (window: WindowName) => Promise<Snapshot>
  readonly #periodMs: number
  readonly #listeners = new Map<WindowName, Set<SnapshotListener>>()

  constructor(read: (window: WindowName) => Promise<Snapshot> = readSnapshot, periodMs = PERIOD_MS) {
    this.#read = read
    this.#periodMs = periodMs
  }

  /** @returns a function that ends the subscription */
  subscribe(window: WindowName, listener: SnapshotListener): () => void {
    const listeners = this.#listeners.get(window)
    if (listeners) listeners.add(listener)
    else this.#poll(window, new Set([listener]))
    return () => this.#listeners.get(window)?.delete(listener)
  }

  /** Until a round finds no listener. */
  #poll(window: WindowName, listeners: Set<SnapshotListener>): void {
    this.#listeners.set(window, listeners)
    const stop = new AbortController()
    const notify = (snapshot: Snapshot | undefined) => {
      for (const listener of listeners) listener(snapshot)
    }
    const round = async () => {
      if (listeners.size > 0) return notify(await this.#read(window))
      this.#listeners.delete(window)
      stop.abort()
    }
    const failed = (error: unknown) => {
      logger('dashboard').warn({ err: error }, 'no snapshot, it is tried again')
      notify(undefined)
    }
    void runPeriodically(round, { everyMs: this.#periodMs, signal: stop.signal, failed })
  }
}

export function snapshotFeed(): SnapshotFeed {
  return processSingleton('snapshotFeed', () => new SnapshotFeed())
}
