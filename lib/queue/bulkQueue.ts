/** The queue of bulk edits that a worker applies. A job is only the id: what is to be done stands in Postgres. */
import { type Processor, Queue, Worker } from 'bullmq'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import { addedInTime, producerConnection, QUEUE_PREFIX, workerOptions } from './sharedQueue.ts'

export interface BulkJob {
  readonly editId: string
}

export type BulkQueue = Queue<BulkJob, void, 'apply'>

const NAME = 'bulk'
const CONCURRENCY = 2

export function bulkQueue(): BulkQueue {
  return processSingleton('bulkQueue', () => {
    const queue: BulkQueue = new Queue(NAME, {
      prefix: QUEUE_PREFIX,
      connection: producerConnection('bulk-queue'),
      defaultJobOptions: {
        attempts: 20,
        // The pauses have one length: a store that is away for a minute is not waited for much longer than that.
        backoff: { type: 'fixed', delay: 1_000, jitter: 0.5 },
        removeOnComplete: { age: 3_600, count: 1_000 },
        removeOnFail: { age: 86_400, count: 1_000 },
      },
    })
    // Reported once by the connection itself, and to the caller that adds a job.
    queue.on('error', () => undefined)
    return queue
  })
}

/** @throws when Redis did not confirm in time; a job that it took nevertheless finds nothing left to do */
export async function enqueueBulkEdit(queue: BulkQueue, job: BulkJob): Promise<void> {
  await addedInTime(queue.add('apply', job))
}

/** @returns the edits that a job is waiting or running for */
export async function queuedBulkEdits(queue: BulkQueue): Promise<Set<string>> {
  const jobs = await queue.getJobs(['active', 'waiting', 'delayed', 'prioritized'])
  return new Set(jobs.map(({ data }) => data.editId))
}

export function startBulkWorker(processor: Processor<BulkJob, void, 'apply'>): Worker<BulkJob, void, 'apply'> {
  return new Worker(NAME, processor, {
    ...workerOptions('bulk-worker'),
    maxStalledCount: 100,
    concurrency: CONCURRENCY,
  })
}
