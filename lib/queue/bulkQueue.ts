/** The queue of bulk edits that a worker applies. A job is only the id: what is to be done stands in Postgres. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Processor, Queue, Worker } from 'bullmq'
import { keys } from '#lib/freshness/keys.ts'
import { env } from '#lib/platform/env.ts'
import { processSingleton } from '#lib/platform/processSingleton.ts'
import { connectRedis } from '#lib/platform/redis.ts'

export interface BulkJob {
  readonly editId: string
}

export type BulkQueue = Queue<BulkJob, void, 'apply'>

const NAME = 'bulk'
const PREFIX = keys.queuePrefix
/** A killed worker's job runs again after at most these two. */
const LOCK_MS = 5_000
const STALL_CHECK_MS = 2_000
const CONCURRENCY = 2
const ENQUEUE_TIMEOUT_MS = 2_000

export function bulkQueue(): BulkQueue {
  return processSingleton('bulkQueue', () => {
    const queue: BulkQueue = new Queue(NAME, {
      prefix: PREFIX,
      connection: connectRedis(env().REDIS_URL, 'bulk-queue', { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 2_000 }),
      defaultJobOptions: {
        attempts: 20,
        // Of one length: whoever is away for a minute is not waited for much longer than that.
        backoff: { type: 'fixed', delay: 1_000, jitter: 0.5 },
        removeOnComplete: { age: 3_600, count: 1_000 },
        removeOnFail: { age: 86_400, count: 1_000 },
      },
    })
    // Reported once by the connection itself, and to whoever adds a job.
    queue.on('error', () => undefined)
    return queue
  })
}

/** @throws when Redis did not confirm in time; a job that it took nevertheless finds nothing left to do */
export async function enqueueBulkEdit(queue: BulkQueue, job: BulkJob): Promise<void> {
  const gaveUp = new AbortController()
  const added = queue.add('apply', job).finally(() => gaveUp.abort())
  const late = delay(ENQUEUE_TIMEOUT_MS, undefined, { signal: gaveUp.signal }).then(() => {
    throw new Error(`Redis did not take a job within ${ENQUEUE_TIMEOUT_MS} ms`)
  })
  late.catch(() => undefined)
  added.catch(() => undefined)
  await Promise.race([added, late])
}

/** @returns the edits that a job is waiting or running for */
export async function queuedBulkEdits(queue: BulkQueue): Promise<Set<string>> {
  const jobs = await queue.getJobs(['active', 'waiting', 'delayed', 'prioritized'])
  return new Set(jobs.map(({ data }) => data.editId))
}

export function startBulkWorker(processor: Processor<BulkJob, void, 'apply'>): Worker<BulkJob, void, 'apply'> {
  return new Worker(NAME, processor, {
    prefix: PREFIX,
    connection: connectRedis(env().REDIS_URL, 'bulk-worker', { maxRetriesPerRequest: null }),
    lockDuration: LOCK_MS,
    stalledInterval: STALL_CHECK_MS,
    maxStalledCount: 100,
    concurrency: CONCURRENCY,
  })
}
