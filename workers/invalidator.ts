/** Runs invalidation jobs. */
import { invalidate } from '#lib/freshness/invalidation.ts'
import { PostgresVersionSource } from '#lib/freshness/versionSource.ts'
import { versionIndex } from '#lib/freshness/versionIndex.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { keepBeating } from '#lib/platform/heartbeat.ts'
import { logger } from '#lib/platform/logger.ts'
import { cacheRedis, indexRedis } from '#lib/platform/redis.ts'
import { onShutdown } from '#lib/platform/shutdown.ts'
import { startInvalidationWorker } from '#lib/queue/invalidationQueue.ts'

export function startInvalidator(): void {
  const log = logger('invalidator')
  const worker = startInvalidationWorker(async (job) => {
    const context = {
      db: db(),
      source: new PostgresVersionSource(db),
      index: versionIndex(),
      indexRedis: indexRedis(),
      cacheRedis: cacheRedis(),
      webUrls: env().webUrls,
      internalSecret: env().INTERNAL_SECRET,
    }
    await invalidate(context, job.data.outboxIds, { id: job.id ?? 'unnamed', attempt: job.attemptsMade + 1 })
  })
  worker.on('failed', (job, error) => log.warn({ err: error, job: job?.id, attempt: job?.attemptsMade }, 'invalidation failed'))
  worker.on('error', (error) => log.debug({ err: error }, 'queue connection'))
  keepBeating(db(), 'invalidator', () => worker.isRunning() && !worker.isPaused())
  onShutdown('invalidator', () => worker.close())
}
