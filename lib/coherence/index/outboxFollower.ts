/** Follows the outbox: advances the index to each committed change that is not marked as indexed, and marks it. */
import { randomUUID } from 'node:crypto'
import type { RedisClient, VersionSource } from '../ports.ts'
import { keys } from '../protocol/keys.ts'
import { serialBatch } from './batching.ts'
import type { Publisher } from './publisher.ts'

/** Changes in one scan above which one process applies them, and the others wait: two would do the same work twice. */
const LARGE = 1_000
/** The beginning of a claim by a process that shows a whole commit at once: see `preparedCommit.ts`. */
export const SHOWS = 'show:'
/** Milliseconds after which a process that applies a large part no longer keeps others from it: it may be gone. */
const CLAIM_MS = 2_500

export interface Step {
  /** Whether there was anything to apply. */
  readonly isNews: boolean
  /** Whether there may be more to apply. */
  readonly more: boolean
  /** Whether nothing was applied here, because another process applies a large part. */
  readonly isLeft: boolean
  /** Whether that one shows a whole commit at once, and marks it in a moment: until then nothing can be said of the index. */
  readonly isShownElsewhere: boolean
  /** The position after the last change: every change before it is in the index. */
  readonly position: string
}

export class OutboxFollower {
  readonly #source: VersionSource
  readonly #publisher: Publisher
  readonly #redis: RedisClient
  readonly #token = randomUUID()
  /** Whether the last scan was large: then the next one is, too, and is worth a question first. */
  #large = false
  /** One scan at a time: relay and keeper of a process would do the same work twice. */
  readonly #inTurn = serialBatch(async (leases: string[]) => {
    const steps = new Map<string, Step | undefined>()
    for (const lease of leases) steps.set(lease, await this.#apply(lease))
    return steps
  })

  constructor({ source, indexRedis }: { source: VersionSource; indexRedis: RedisClient }, publisher: Publisher) {
    this.#source = source
    this.#publisher = publisher
    this.#redis = indexRedis
  }

  /**
   * Applies one part of what is in the outbox, in any number of processes at once. Its scan begins after the call.
   * @param lease its name
   * @returns undefined when it does not live on the server that took the changes, or is not the one of the source's term
   * @throws {FreshnessError} INDEX_UNAVAILABLE, SOURCE_UNAVAILABLE
   */
  async apply(lease: string): Promise<Step | undefined> {
    return (await this.#inTurn([lease])).get(lease)
  }

  async #apply(lease: string): Promise<Step | undefined> {
    if (this.#large) {
      const holder = await this.#holder()
      if (holder) return leftTo(holder)
    }
    // The snapshot of this statement is the scan's own: what it does not see commits later. Where it leaves nothing out, it has all
    // of each commit that is not in the index.
    const { ids, versions, more, position } = await this.#source.unindexed()
    this.#large = versions.length > LARGE
    const done = { isNews: ids.length > 0, more, isLeft: false, isShownElsewhere: false, position }
    if (ids.length === 0) return done
    if (this.#large && !(await this.#claim())) return leftTo(await this.#holder())
    try {
      const { written } = await this.#publisher.advance(versions, more)
      if (written.lease !== lease) return undefined
      return (await this.#source.markIndexed(ids, lease)) ? done : undefined
    } finally {
      if (this.#large) await this.#redis.releaseLease(keys.applying, this.#token).catch(() => undefined)
    }
  }

  async #holder(): Promise<string> {
    return (await this.#redis.get(keys.applying).catch(() => null)) ?? ''
  }

  /** A claim that Redis does not state is no reason to wait. */
  async #claim(): Promise<boolean> {
    const taken = await this.#redis.set(keys.applying, this.#token, 'PX', CLAIM_MS, 'NX').catch(() => 'OK')
    return taken === 'OK'
  }
}

const leftTo = (holder: string): Step => ({
  isNews: true,
  more: true,
  isLeft: true,
  isShownElsewhere: holder.startsWith(SHOWS),
  position: '',
})
