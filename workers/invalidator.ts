/** Runs invalidation jobs. */
import { EdgeDelivery } from '#lib/delivery/cdnDelivery.ts'
import { invalidate } from '#lib/delivery/invalidation.ts'
import { purgeCounter } from '#lib/delivery/purgeMetrics.ts'
import { env } from '#lib/platform/env.ts'
import { keepBeating } from '#lib/platform/process/heartbeat.ts'
import { logger } from '#lib/platform/logger.ts'
import { onShutdown, untilShutdown } from '#lib/platform/process/shutdown.ts'
import { startInvalidationWorker } from '#lib/queue/invalidationQueue.ts'
import { confirmEdge } from './edgeConfirmer.ts'
import { invalidationContext, type WorkerParts } from './parts.ts'

/** The edge's part of each job, where there is an edge: it goes on beside the queue. */
function startEdge({ db, edge, coherence }: WorkerParts): EdgeDelivery | undefined {
  if (!edge) return undefined
  const { source } = coherence.ports
  const delivery = new EdgeDelivery({ db, source, edge, alertAfterMs: env().FRESHNESS_P99_BUDGET_MS / 2 })
  onShutdown('edge', () => delivery.stop())
  untilShutdown('edge confirmations', (signal) => confirmEdge(edge, source, signal))
  return delivery
}

export function startInvalidator(parts: WorkerParts): void {
  const log = logger('invalidator')
  purgeCounter()
  const delivery = startEdge(parts)
  const context = { ...invalidationContext(parts), ...(delivery && { edge: delivery }) }
  const worker = startInvalidationWorker(async (job) => {
    await invalidate(context, job.data.outboxIds, { id: job.id ?? 'unnamed', attempt: job.attemptsMade + 1 })
  })
  worker.on('failed', (job, error) =>
    log.warn({ err: error, job: job?.id, attempt: job?.attemptsMade }, 'invalidation failed'),
  )
  worker.on('error', (error) => log.debug({ err: error }, 'queue connection'))
  keepBeating(parts.db, 'invalidator', () => worker.isRunning() && !worker.isPaused())
  onShutdown('invalidator', () => worker.close())
}
