/** Runs invalidation jobs. */
import { invalidate } from '#lib/freshness/invalidation.ts'
import { db } from '#lib/platform/db.ts'
import { keepBeating } from '#lib/platform/heartbeat.ts'
import { logger } from '#lib/platform/logger.ts'
import { onShutdown } from '#lib/platform/shutdown.ts'
import { startInvalidationWorker } from '#lib/queue/invalidationQueue.ts'
import { invalidationContext } from './invalidationContext.ts'

export function startInvalidator(): void {
  const log = logger('invalidator')
  const worker = startInvalidationWorker(async (job) => {
    await invalidate(invalidationContext(), job.data.outboxIds, { id: job.id ?? 'unnamed', attempt: job.attemptsMade + 1 })
  })
  worker.on('failed', (job, error) => log.warn({ err: error, job: job?.id, attempt: job?.attemptsMade }, 'invalidation failed'))
  worker.on('error', (error) => log.debug({ err: error }, 'queue connection'))
  keepBeating(db(), 'invalidator', () => worker.isRunning() && !worker.isPaused())
  onShutdown('invalidator', () => worker.close())
}
