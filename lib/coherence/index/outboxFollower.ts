/** Follows the outbox: what was committed and is not known to be in the index is advanced there, and marked. */
import type { VersionSource } from '../ports.ts'
import type { Publisher } from './publisher.ts'

export class OutboxFollower {
  readonly #source: VersionSource
  readonly #publisher: Publisher

  constructor(source: VersionSource, publisher: Publisher) {
    this.#source = source
    this.#publisher = publisher
  }

  /**
   * Applies what is in the outbox, in any number of processes at once.
   * @returns the position that is proven by it: every change before it is in the index of `term`; undefined when the lease of
   *   that term does not live on the server that took the changes, or the source has another one
   * @throws {FreshnessError} INDEX_UNAVAILABLE, SOURCE_UNAVAILABLE
   */
  async apply(term: number): Promise<string | undefined> {
    for (;;) {
      // The snapshot of this statement is the scan's own: what it does not see commits later.
      const { ids, versions, more, position } = await this.#source.unindexed()
      if (ids.length === 0) return position
      const { written } = await this.#publisher.advance(versions)
      if (written.term !== term) return undefined
      if (!(await this.#source.markIndexed(ids, term))) return undefined
      if (!more) return position
    }
  }
}
