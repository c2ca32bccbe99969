/** The interface of a source of committed changes (outbox or CDC), and of the delivery that it drives. */
import type { Due } from '../outbox.ts'

/** Delivers a change that the source has heard of. All of it may be repeated, in any order. */
export interface Deliverer {
  /** Brings what stands in the outbox to the index. @returns whether there was anything; @throws FreshnessError while Redis or Postgres does not take part */
  advance(): Promise<boolean>
  /**
   * Hands rows of the outbox to the queue, until none is due or jobs wait for a worker.
   * @returns whether something was handed over
   * @throws what the queue threw; the rows are kept, and due again after a back-off
   */
  handOver(due: Due): Promise<boolean>
  /** @returns whether each row that these transactions wrote was taken, by this process or another */
  isHandedOver(xids: readonly bigint[]): Promise<boolean>
  /** Says that it is there and delivers: a role that says so no longer is alerted as silent. */
  lives(): void
}

export interface ChangeSource {
  /** Drives `deliverer` until `signal` is aborted; what fails on the way is tried again. */
  run(deliverer: Deliverer, signal: AbortSignal): Promise<void>
}
