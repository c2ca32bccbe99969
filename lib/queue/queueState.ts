/** The waiting work and the last worker, for operators. */
import type { InvalidationQueue } from './invalidationQueue.ts'

export interface QueueState {
  readonly waiting: number
  readonly active: number
  readonly delayed: number
  readonly failed: number
  /** Milliseconds that the oldest job without a worker has waited. */
  readonly oldestMs: number
}

/** @throws when Redis does not answer */
export async function queueState(queue: InvalidationQueue): Promise<QueueState> {
  const [counts, [oldest]] = await Promise.all([
    queue.getJobCounts('waiting', 'active', 'delayed', 'failed'),
    queue.getJobs('waiting', 0, 0, true),
  ])
  const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts
  // A job that is tried again has waited since its last try.
  const oldestMs = oldest ? Math.max(0, Date.now() - (oldest.processedOn ?? oldest.timestamp)) : 0
  return { waiting, active, delayed, failed, oldestMs }
}

/** Jobs that `consumersOf` looks through, from the newest on. */
const LOOKED_THROUGH = 200

/**
 * @param outboxIds of rows, as decimal text
 * @returns for a row about which one of the last jobs was called done: the consumer that did, by the name that it gives itself
 * @throws when Redis does not answer
 */
export async function consumersOf(
  queue: InvalidationQueue,
  outboxIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const asked = new Set(outboxIds)
  const done = await queue.getJobs('completed', 0, LOOKED_THROUGH - 1)
  return new Map(
    done.flatMap(({ data, processedBy = 'a consumer without a name' }) =>
      data.outboxIds.filter((id) => asked.has(id)).map((id) => [id, processedBy] as const),
    ),
  )
}
