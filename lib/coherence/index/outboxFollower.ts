/** Follows the outbox: what was committed and is not known to be in the index is advanced there, and marked. */
import type { VersionSource } from '../ports.ts'
import { serialBatch } from './batching.ts'
import type { Publisher } from './publisher.ts'

export interface Step {
  /** Whether there may be more to apply. */
  readonly more: boolean
  /** Where there is no more: every change before it is in the index. */
  readonly position: string
}

export class OutboxFollower {
  readonly #source: VersionSource
  readonly #publisher: Publisher
  /** One scan at a time: relay and keeper of a process would do the same work twice. */
  readonly #inTurn = serialBatch(async (terms: number[]) => {
    const steps = new Map<number, Step | undefined>()
    for (const term of terms) steps.set(term, await this.#apply(term))
    return steps
  })

  constructor(source: VersionSource, publisher: Publisher) {
    this.#source = source
    this.#publisher = publisher
  }

  /**
   * Applies one part of what is in the outbox, in any number of processes at once. Its scan begins after the call.
   * @returns undefined when the lease of `term` does not live on the server that took the changes, or the source has another term
   * @throws {FreshnessError} INDEX_UNAVAILABLE, SOURCE_UNAVAILABLE
   */
  async apply(term: number): Promise<Step | undefined> {
    return (await this.#inTurn([term])).get(term)
  }

  async #apply(term: number): Promise<Step | undefined> {
    // The snapshot of this statement is the scan's own: what it does not see commits later. Where it leaves nothing out, it has all
    // of each commit that is not in the index.
    const { ids, versions, more, position } = await this.#source.unindexed()
    if (ids.length === 0) return { more, position }
    const { written } = await this.#publisher.advance(versions, more)
    if (written.term !== term) return undefined
    return (await this.#source.markIndexed(ids, term)) ? { more, position } : undefined
  }
}
