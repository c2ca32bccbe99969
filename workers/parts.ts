/** The parts of a worker process: workers/index.ts makes them once, and hands each role what it needs. */
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import type { Coherence, RedisClient } from '#lib/coherence/index.ts'
import type { InvalidationContext } from '#lib/delivery/invalidation.ts'
import type { PageSamples } from '#lib/delivery/readBack.ts'
import type { Db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import type { BulkQueue } from '#lib/queue/bulkQueue.ts'
import type { InvalidationQueue } from '#lib/queue/invalidationQueue.ts'

export interface WorkerParts {
  readonly db: Db
  readonly indexRedis: RedisClient
  readonly cacheRedis: RedisClient
  readonly coherence: Coherence
  readonly edge: EdgePort | undefined
  readonly invalidationQueue: InvalidationQueue
  readonly bulkQueue: BulkQueue
  /** Page reads, of jobs and of the monitor. */
  readonly samples: PageSamples
}

/** For the job, and for the monitor that stands in for it. */
export function invalidationContext({ db, cacheRedis, coherence, samples }: WorkerParts): InvalidationContext {
  const { index, publisher, ports } = coherence
  return {
    db,
    source: ports.source,
    index,
    publisher,
    cacheRedis,
    samples,
    webUrls: env().webUrls,
    internalSecret: env().INTERNAL_SECRET,
  }
}
