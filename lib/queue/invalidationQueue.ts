/**
 * The queue that drives invalidation, and the contract of its one job. A job names outbox rows; versions are
 * read from Postgres when it runs, so a job that waits never brings old ones. No deduplication: every mode that
 * BullMQ has drops work that arrives while a job is active. Running a job twice is harmless.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Queue, Worker, type Processor } from 'bullmq'
import type { Redis } from 'ioredis'
import { connectRedis } from '#lib/platform/redis.ts'
import { env } from '#lib/platform/env.ts'
import { keys } from '#lib/freshness/keys.ts'

export interface InvalidationJob {
  /** Ids of outbox rows, as decimal text: they are 64 bits wide. */
  readonly outboxIds: readonly string[]
}

export type InvalidationQueue = Queue<InvalidationJob, void, 'invalidate'>

export const INVALIDATION_QUEUE = 'invalidation'
const PREFIX = keys.queuePrefix
/** A killed worker's job runs again after at most these two. */
const LOCK_MS = 5_000
const STALL_CHECK_MS = 2_000
const CONCURRENCY = 4
const ENQUEUE_TIMEOUT_MS = 2_000

/** @param connection by default one of its own, which fails at once while Redis is away: the relay comes back to the row */
export function openInvalidationQueue(
  connection: Redis = connectRedis(env().REDIS_URL, 'queue', { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 2_000 }),
): InvalidationQueue {
  const queue: InvalidationQueue = new Queue(INVALIDATION_QUEUE, {
    prefix: PREFIX,
    connection,
    defaultJobOptions: {
      attempts: 5,
      backoff: { type: 'exponential', delay: 250, jitter: 0.5 },
      removeOnComplete: { age: 3_600, count: 1_000 },
      removeOnFail: { age: 86_400, count: 5_000 },
    },
  })
  // Reported once by the connection itself, and to whoever adds a job.
  queue.on('error', () => undefined)
  return queue
}

/**
 * Adds a job, within a bound: BullMQ waits for as long as Redis is away. A job that is added after its caller
 * gave up is one job more, which is harmless.
 * @throws when Redis did not confirm in time
 */
export async function enqueueInvalidation(queue: InvalidationQueue, job: InvalidationJob): Promise<void> {
  const gaveUp = new AbortController()
  const added = queue.add('invalidate', job).finally(() => gaveUp.abort())
  const late = delay(ENQUEUE_TIMEOUT_MS, undefined, { signal: gaveUp.signal }).then(() => {
    throw new Error(`Redis did not take a job within ${ENQUEUE_TIMEOUT_MS} ms`)
  })
  late.catch(() => undefined)
  added.catch(() => undefined)
  await Promise.race([added, late])
}

export function startInvalidationWorker(processor: Processor<InvalidationJob, void, 'invalidate'>): Worker<InvalidationJob, void, 'invalidate'> {
  return new Worker(INVALIDATION_QUEUE, processor, {
    prefix: PREFIX,
    connection: connectRedis(env().REDIS_URL, 'queue-worker', { maxRetriesPerRequest: null }),
    lockDuration: LOCK_MS,
    stalledInterval: STALL_CHECK_MS,
    maxStalledCount: 10,
    concurrency: CONCURRENCY,
  })
}
