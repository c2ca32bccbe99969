/**
 * The source for a reader that does not believe the index. Other readers may believe the index for a while longer, and would then
 * show less. So a version is shown once it is known to be in the index, or once no process can believe a lease any more.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { SourceVersions, Term, VersionSource } from '../ports.ts'
import { FreshnessError, replacedSource } from '../protocol/errors.ts'
import type { ReadStart, Snapshot } from '../protocol/freshness.ts'
import { leaseNameOf, Unchanged, type LeaseTimes } from '../protocol/lease.ts'
import { UNKNOWN_TAG } from '../protocol/tagState.ts'
import { serialBatch } from './batching.ts'

/** Milliseconds from one look to the next, while a reader waits. */
const AGAIN_AFTER_MS = 25

/** The count of refreshes. Another source may have the same one: its refreshes are others. */
const renewalsOf = ({ identity, renewals }: Pick<Term, 'identity' | 'renewals'>): string => `${identity} ${renewals}`

const isReplaced = ({ term, current }: Term): boolean => term > 0 && !current

export class GuardedSource {
  readonly #source: VersionSource
  readonly #times: LeaseTimes
  readonly #rows: (tags: Iterable<string>) => Promise<SourceVersions>
  readonly #termNow: (keys: Iterable<never>) => Promise<Term>
  readonly #raise: (read: SourceVersions) => Promise<void>
  readonly #renewals = new Unchanged<string>()
  #term = 0
  #identity: string | undefined
  #answersSince = -Infinity
  #lookedAt = -Infinity

  /** @param raise brings what was read to the index, where it answers */
  constructor(source: VersionSource, times: LeaseTimes, raise: (read: SourceVersions) => Promise<void>) {
    this.#raise = raise
    this.#source = source
    this.#times = times
    this.#rows = serialBatch((tags: string[]) => this.#read(tags))
    this.#termNow = serialBatch<never, Term>(async () => this.saw(await this.#source.term()))
  }

  /** As last heard of. */
  get term(): number {
    return this.#term
  }

  /** Milliseconds for which no refresh was counted, as this process saw it. */
  get unrenewedMs(): number {
    return this.#renewals.forMs
  }

  /** When the source that answers now was first heard, by `performance.now()`: the one before had ended by then. */
  get answersSince(): number {
    return this.#answersSince
  }

  /** Takes into account what the source has just said. */
  saw<T extends Pick<Term, 'term' | 'renewals' | 'identity'>>(answer: T): T {
    this.#renewals.saw(renewalsOf(answer))
    this.#term = answer.term
    if (answer.identity !== this.#identity) this.#answersSince = performance.now()
    this.#identity = answer.identity
    return answer
  }

  /** To be taken before values are read from the source in any other way than by `read`: asks it only until it has answered once. */
  async readStart(): Promise<ReadStart> {
    if (this.#identity === undefined) await this.#termNow([]).catch(() => undefined)
    return { source: this.#identity }
  }

  /** To be called in doubt, as often as one likes: from the first look on the process knows how long nothing was refreshed. */
  async look(): Promise<void> {
    const now = performance.now()
    if (now - this.#lookedAt < this.#times.refreshMs) return
    this.#lookedAt = now
    await this.#termNow([]).catch(() => undefined)
  }

  /** @param lease its name; read after the call began. @throws {FreshnessError} SOURCE_UNAVAILABLE */
  async isCurrent(lease: string): Promise<boolean> {
    if (lease === '') return false
    const now = await this.#termNow([])
    return now.current && leaseNameOf(now) === lease
  }

  /**
   * To be called after values were read from the source in any other way. A source that has taken the place of another one uses numbers
   * of versions again that were shown with other values, until T1 says that it has been raised above them. And what was read from the
   * one before, which may be lost, is not its to confirm: so the source that answers now has to be the one of `start`. A process that had
   * not heard of a new one when it began hears of it here, and is refused. One that had heard of it can only have read from it, as one
   * Postgres answers at a time: the check takes a connection of its own, and does not notice an old one that goes on answering on another.
   * @param start taken before the values were read
   * @returns the term, read after the call began
   * @throws {FreshnessError} SOURCE_UNAVAILABLE
   */
  async requireCurrent({ source }: ReadStart): Promise<Term> {
    const now = await this.#termNow([])
    if (isReplaced(now) || now.identity !== source) throw replacedSource()
    return now
  }

  /**
   * @param tags with versions
   * @param fromIndex asked again and again while this waits: an answer that is believed ends the wait
   * @throws {FreshnessError} SOURCE_UNAVAILABLE when the source does not answer, or what it has may not be shown in time
   */
  async read(tags: readonly string[], fromIndex: () => Promise<Snapshot | undefined> | undefined): Promise<Snapshot> {
    const { waitMs, leaseMs } = this.#times
    const deadline = performance.now() + waitMs + leaseMs
    for (;;) {
      const { term, rows, pending } = await this.#rows(tags)
      const replaced = isReplaced(term)
      if (!replaced && !tags.some((name) => pending.has(name))) {
        const states = new Map(tags.map((name) => [name, { ...UNKNOWN_TAG, ...rows.get(name) }]))
        return { from: 'source', epoch: term.term > 0 ? term.epoch : undefined, states }
      }
      if (performance.now() > deadline) {
        if (replaced) throw replacedSource()
        const message = 'this has just changed, and other readers may still be shown what it was'
        throw new FreshnessError('SOURCE_UNAVAILABLE', message, { retryable: true })
      }
      await delay(AGAIN_AFTER_MS)
      const found = await fromIndex()
      if (found) return found
    }
  }

  async #read(tags: string[]): Promise<SourceVersions> {
    const settled = this.#renewals.forMs >= this.#times.waitMs ? this.#renewals.value : undefined
    const answer = await this.#source.readGuarded(tags, settled)
    this.saw(answer.term)
    // Also where no process believes it: a source that takes the place of this one is raised above it, and so above what was shown.
    if (!isReplaced(answer.term)) await this.#raise(answer)
    return answer
  }
}
