/** Runs invalidation jobs. */
import { EdgeDelivery } from '#lib/delivery/cdnDelivery.ts'
import { edge } from '#lib/cdn/edgePort.ts'
import { invalidate } from '#lib/delivery/invalidation.ts'
import { purgeCounter } from '#lib/delivery/purgeMetrics.ts'
import { versionSource } from '#lib/catalog/coherence.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { keepBeating } from '#lib/platform/process/heartbeat.ts'
import { logger } from '#lib/platform/logger.ts'
import { onShutdown } from '#lib/platform/process/shutdown.ts'
import { startInvalidationWorker } from '#lib/queue/invalidationQueue.ts'
import { startEdgeConfirmer } from './edgeConfirmer.ts'
import { invalidationContext } from './invalidationContext.ts'

/** The edge's part of each job, where there is an edge: it goes on beside the queue. */
function startEdge(): EdgeDelivery | undefined {
  const port = edge()
  if (!port) return undefined
  const source = versionSource()
  const delivery = new EdgeDelivery({ db: db(), source, edge: port, alertAfterMs: env().FRESHNESS_P99_BUDGET_MS / 2 })
  const stopConfirming = startEdgeConfirmer(port, source)
  onShutdown('edge', async () => {
    await stopConfirming?.()
    await delivery.stop()
  })
  return delivery
}

export function startInvalidator(): void {
  const log = logger('invalidator')
  purgeCounter()
  const delivery = startEdge()
  const worker = startInvalidationWorker(async (job) => {
    const context = { ...invalidationContext(), ...(delivery && { edge: delivery }) }
    await invalidate(context, job.data.outboxIds, { id: job.id ?? 'unnamed', attempt: job.attemptsMade + 1 })
  })
  worker.on('failed', (job, error) =>
    log.warn({ err: error, job: job?.id, attempt: job?.attemptsMade }, 'invalidation failed'),
  )
  worker.on('error', (error) => log.debug({ err: error }, 'queue connection'))
  keepBeating(db(), 'invalidator', () => worker.isRunning() && !worker.isPaused())
  onShutdown('invalidator', () => worker.close())
}
