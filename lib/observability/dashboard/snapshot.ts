/** All that the dashboard shows, at one moment. */
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import { processSingleton } from '#lib/platform/processSingleton.ts'
import { queueState } from '#lib/queue/queueState.ts'
import { openAlertCount, openAlerts, resolvedAlerts } from './alerts.ts'
import { driftingProducts, pendingOutboxSize } from './drift.ts'
import { HitRatios } from './hitRatio.ts'
import { lagByLayer, lagSeries } from './lag.ts'
import { readFreshnessSlo } from './freshnessSlo.ts'
import { probedMismatches, probedTargets } from './probes.ts'
import type { Delivery, Snapshot, WindowName } from './shapes.ts'

const HIT_RATIO_OVER_MS = 5 * 60_000

function hitRatios(): HitRatios {
  return processSingleton('dashboardHitRatios', () => new HitRatios(HIT_RATIO_OVER_MS))
}

/** Redis may be away: that is when the page is needed most. */
async function queueIfThere(): Promise<Delivery['queue']> {
  try {
    return await queueState()
  } catch (error) {
    logger('dashboard').debug({ err: error }, 'the queue could not be read')
    return null
  }
}

/** @throws Prisma's error when Postgres does not answer */
export async function readSnapshot(window: WindowName): Promise<Snapshot> {
  const [lag, series, nines, probed, mismatches, hitRatio, drift, queue, outbox, open, openCount, resolved] =
    await Promise.all([
      lagByLayer(db(), window),
      lagSeries(db(), window),
      readFreshnessSlo(db(), window),
      probedTargets(db(), window),
      probedMismatches(db(), window),
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
    nines,
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
