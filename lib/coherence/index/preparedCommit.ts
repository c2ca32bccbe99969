/**
 * A commit of any size that every cache shows at once, at a known time, such as the start of a sale. Its changes are in Redis
 * before the commit, and one script of constant time shows them after it: no reader waits for Postgres or for a long script, and none
 * finds a part of the commit. A keeper brings them to their tags afterwards.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log, OuterCache, Uncommitted, VersionSource } from '../ports.ts'
import { FreshnessError } from '../protocol/errors.ts'
import { keys } from '../protocol/keys.ts'
import { tag, type VersionedTag, type VersionedValue } from '../tags.ts'
import { SHOWS } from './outboxFollower.ts'
import { leavesAPart } from './pendingCommits.ts'
import type { VersionIndex } from './versionIndex.ts'

/** With more tags, readers ask the source until the outbox has been followed. */
const MOST_SHOWN = 100_000
const SCRIPT_TAGS = 1_000
/** Milliseconds for which a Redis that does not answer in time is asked again to show what was committed, and from one time to the next. */
const SHOWN_WITHIN_MS = 3_000
const AGAIN_AFTER_MS = 50
/** Milliseconds for which what is staged waits for its commit. */
const STAGED_MS = 900_000
/** Versions that the outer cache hears of in one call. */
const OUTER_PART = 10_000
/** Milliseconds that the outbox is left to a commit, from a moment before it. No lease is refreshed beside another large commit for so long. */
const CLAIM_MS = 1_200

export interface CommitPorts {
  readonly index: VersionIndex
  readonly source: VersionSource
  readonly outer: OuterCache
  readonly log: Log
}

export class PreparedCommit {
  readonly #ports: CommitPorts
  readonly #outboxIds: readonly string[]
  readonly #parts: readonly (readonly VersionedTag[])[]
  readonly #staging = keys.staged(randomUUID())
  readonly #holder = SHOWS + randomUUID()
  #staged = 0
  /** The name of the lease of that time. */
  #lease = ''

  private constructor(ports: CommitPorts, { ids, versions }: Uncommitted) {
    this.#ports = ports
    this.#outboxIds = ids
    this.#parts = partsOf(
      versions.map(({ kind, id, version }) => ({ kind, id, version })),
      OUTER_PART,
    )
  }

  /**
   * Stages what a transaction has changed. To be called in it, when it changes nothing more: its locks hold the versions.
   * @param own reads in the transaction
   * @throws {FreshnessError} SOURCE_UNAVAILABLE
   */
  static async prepare(ports: CommitPorts, own: Pick<VersionSource, 'uncommitted'>): Promise<PreparedCommit> {
    const changed = await own.uncommitted()
    const commit = new PreparedCommit(ports, changed)
    await commit.#stage(changed.versions).catch((error: unknown) => {
      ports.log.warn({ err: error }, 'a commit could not be staged: after it readers ask the source for a while')
    })
    return commit
  }

  async #stage(versions: readonly VersionedValue[]): Promise<void> {
    if (versions.length > MOST_SHOWN) return
    const { index, source } = this.#ports
    const { redis } = index.link
    // Seen from outside of the transaction, whose locks let no other commit of these rows come now. To show a row is to show what an
    // earlier commit made of it; where the index lacks the rest of that one, readers ask the source.
    const names = new Set(versions.map(({ kind, id }) => tag(kind, id)))
    if (leavesAPart(await source.pendingCommits([...names]), names)) return
    this.#lease = index.link.belief.lease
    let staged = 0
    for (const part of partsOf(versions, SCRIPT_TAGS)) {
      const staging = [this.#staging, ...part.map(({ kind, id }) => keys.tag(tag(kind, id)))]
      const values = part.flatMap(({ version, payload = '' }) => [version, payload])
      staged = await redis.stageTags(staging.length, ...staging, STAGED_MS, ...values)
    }
    if (staged === versions.length && this.#lease !== '') this.#staged = staged
  }

  /**
   * To be called shortly before the commit. When this settles, the outer cache knows the versions, keeps nothing older and asks the
   * shop each time. A commit that does not come after all costs it hits until the versions are reached.
   */
  async publishAhead(): Promise<void> {
    await Promise.all(this.#parts.map((part) => this.#ports.outer.beforeIndex(part)))
  }

  /**
   * To be called at most 0.2 s before the commit. A process that follows the outbox between the commit and `show` leaves it alone
   * then: it would apply the commit part by part, and readers would ask the source until that is done.
   */
  async claim(): Promise<void> {
    if (this.#staged <= SCRIPT_TAGS) return
    // Without an answer it is as without a claim.
    await this.#ports.index.link.redis.set(keys.applying, this.#holder, 'PX', CLAIM_MS, 'NX').catch(() => undefined)
  }

  /**
   * To be called after the commit.
   * @returns true when each read that starts from then on in a process that believes the index shows all of it. False when Redis
   *   did not take it, or has no lease of the present term: then a read may show what was before, until the outbox is followed
   */
  async show(): Promise<boolean> {
    if (this.#parts.length === 0) return true
    const { index, outer, log } = this.#ports
    const shown = await this.#raise().catch((error: unknown) => {
      log.warn({ err: error }, 'what was staged could not be shown')
      return ''
    })
    // A server that others have left takes the word, too: the term says whether it counts.
    const knowing = shown || (await this.#markBehind())
    if (knowing !== '') await Promise.all(this.#parts.map((part) => outer.afterIndex(part)))
    return index.isCurrent(knowing)
  }

  /** To be called when the commit does not come. */
  async drop(): Promise<void> {
    if (this.#staged === 0) return
    await this.#ports.index.link.redis.unlink(this.#staging).catch(() => undefined) // it expires
    await this.#release()
  }

  /** @returns the name of the lease of the index that has all of it; empty when it has not */
  async #raise(): Promise<string> {
    if (this.#staged === 0) return ''
    try {
      const lease = await this.#showStaged()
      if (lease === '') return ''
      // As after each part of the outbox: nothing is left of this commit for the refresh that comes next.
      await this.#ports.source.markIndexed(this.#outboxIds, lease)
      return lease
    } finally {
      await this.#release()
    }
  }

  async #release(): Promise<void> {
    await this.#ports.index.link.redis.releaseLease(keys.applying, this.#holder).catch(() => undefined) // it expires
  }

  /** @returns the name of the lease; empty when the index did not take all of it */
  async #showStaged(): Promise<string> {
    const { link } = this.#ports.index
    const own = [keys.indexLease, keys.head, keys.log, keys.position, keys.applying, this.#staging]
    let shown = -1
    const began = performance.now()
    for (;;) {
      try {
        const { lease } = await link.write('show a commit', async () => {
          const values = [link.logLength, this.#holder, this.#lease, this.#staged]
          const answer = await link.redis.showStagedTags(...own, ...values)
          shown = answer[2]
          return answer
        })
        return shown === this.#staged ? lease : ''
      } catch (error) {
        // Redis may be busy with it, or with something else, for longer than a command may take. The same again does it once.
        if (!isTimeout(error) || performance.now() - began > SHOWN_WITHIN_MS) throw error
        await delay(AGAIN_AFTER_MS)
      }
    }
  }

  /** @returns the name of the lease that says it; empty when none does */
  async #markBehind(): Promise<string> {
    const written = await this.#ports.index.link.markBehind().catch((error: unknown) => {
      this.#ports.log.warn({ err: error }, 'the index could not be marked as behind')
    })
    return written?.lease ?? ''
  }
}

/** As ioredis says it. */
const isTimeout = (error: unknown): boolean =>
  error instanceof FreshnessError && error.cause instanceof Error && error.cause.message === 'Command timed out'

function partsOf<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = []
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size))
  return parts
}
