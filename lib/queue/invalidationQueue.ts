/**
 * The queue that drives invalidation, and the contract of its one job. A job names outbox rows; versions are
 * read from Postgres when it runs, so a job that waits never brings old ones. No deduplication: every mode that
 * BullMQ has drops work that arrives while a job is active. Running a job twice is harmless.
 */
import { hostname } from 'node:os'
import { Queue, Worker, type Processor } from 'bullmq'
import type { RedisClient } from '#lib/coherence/index.ts'
import { addedInTime, producerConnection, QUEUE_PREFIX, workerOptions } from './sharedQueue.ts'

export interface InvalidationJob {
  /** Ids of outbox rows, as decimal text: they are 64 bits wide. */
  readonly outboxIds: readonly string[]
}

export type InvalidationQueue = Queue<InvalidationJob, void, 'invalidate'>

export const INVALIDATION_QUEUE = 'invalidation'
/** Jobs that one worker process runs at once. */
export const CONCURRENCY = 4

/** @param connection by default one of its own, which fails at once while Redis is away: the relay comes back to the row */
export function openInvalidationQueue(connection: RedisClient = producerConnection('queue')): InvalidationQueue {
  const queue: InvalidationQueue = new Queue(INVALIDATION_QUEUE, {
    prefix: QUEUE_PREFIX,
    connection,
    defaultJobOptions: {
      attempts: 5,
      backoff: { type: 'exponential', delay: 250, jitter: 0.5 },
      removeOnComplete: { age: 3_600, count: 1_000 },
      removeOnFail: { age: 86_400, count: 5_000 },
    },
  })
  // Reported once by the connection itself, and to the caller that adds a job.
  queue.on('error', () => undefined)
  return queue
}

/** @throws when Redis did not confirm in time; a job that it took nevertheless is one more, which is harmless */
export async function enqueueInvalidation(queue: InvalidationQueue, job: InvalidationJob): Promise<void> {
  await addedInTime(queue.add('invalidate', job))
}

export function startInvalidationWorker(
  processor: Processor<InvalidationJob, void, 'invalidate'>,
): Worker<InvalidationJob, void, 'invalidate'> {
  return new Worker(INVALIDATION_QUEUE, processor, {
    ...workerOptions('queue-worker'),
    // Kept with each job: an alert can name the worker that called it done.
    name: `invalidator ${process.pid} on ${hostname()}`,
    maxStalledCount: 10,
    concurrency: CONCURRENCY,
  })
}
