/** Delivers changes for both sources: to the index at once, then as jobs whose size grows with the load. */
import type { Coherence } from '#lib/coherence/index.ts'
import type { Db } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import { CONCURRENCY, enqueueInvalidation, type InvalidationQueue } from '#lib/queue/invalidationQueue.ts'
import { areClaimed, handOver, idsOf, JOB_ENTITIES, type Due, type OutboxRow } from '../outbox.ts'
import { traceHandedOver } from '../traceRows.ts'
import type { Deliverer } from './changeSource.ts'

/** Milliseconds from one claim to the next: what comes in between is one job. */
export const CLAIM_MS = 250
/** Milliseconds for which nothing is claimed because jobs wait: then they grow, and cost less. */
const HELD_BACK_MS = 1_000

export class QueueDeliverer implements Deliverer {
  readonly #db: Db
  readonly #keeper: Coherence['keeper']
  readonly #queue: InvalidationQueue
  readonly #log = logger('relay')
  #livedAt = performance.now()
  #claimedAt = -Infinity

  constructor({ db, keeper, queue }: { db: Db; keeper: Coherence['keeper']; queue: InvalidationQueue }) {
    this.#db = db
    this.#keeper = keeper
    this.#queue = queue
  }

  /** Milliseconds since it last delivered, or found nothing to deliver. */
  get silentMs(): number {
    return performance.now() - this.#livedAt
  }

  lives(): void {
    this.#livedAt = performance.now()
  }

  advance(): Promise<boolean> {
    return this.#keeper.follow()
  }

  async handOver(due: Due): Promise<boolean> {
    let some = false
    while (!(await this.#isBehind())) {
      const entities = await handOver(this.#db, (rows) => this.#enqueue(rows), due)
      if (entities > 0) this.#claimedAt = performance.now()
      some ||= entities > 0
      // Nearly fills each job of a backlog.
      if (entities <= JOB_ENTITIES - 1_000) break
    }
    return some
  }

  isHandedOver(xids: readonly bigint[]): Promise<boolean> {
    return areClaimed(this.#db, xids)
  }

  /** Whether jobs wait for a worker: a queue that does not answer is found out by the job that it refuses. */
  async #isBehind(): Promise<boolean> {
    if (performance.now() - this.#claimedAt > HELD_BACK_MS) return false
    return (await this.#queue.getWaitingCount().catch(() => 0)) >= CONCURRENCY
  }

  async #enqueue(rows: readonly OutboxRow[]): Promise<void> {
    await enqueueInvalidation(this.#queue, { outboxIds: idsOf(rows).map(String) })
    traceHandedOver(rows)
    for (const correlationId of new Set(rows.map((row) => row.correlationId)))
      this.#log.info({ outboxId: rows[0]?.id.toString(), rows: rows.length, correlationId }, 'handed to the queue')
  }
}
