/**
 * The connection of a process to the Redis that holds the index. Every answer carries the lease, and is judged by it. A poll in
 * the background keeps the lease believed, so that a reader need not wait.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { silent, unmeasured, type Log, type Ports, type RedisClient } from '../ports.ts'
import { FreshnessError } from '../protocol/errors.ts'
import { keys } from '../protocol/keys.ts'
import { Belief, LEASE_MS, leaseTimes, NO_LEASE, parseLease, type LeaseTimes } from '../protocol/lease.ts'
import { defineIndexCommands } from '../redis/commands.ts'

/** Milliseconds that a process waits at its start for a Redis that is away. */
const CONNECT_WITHIN_MS = 2_000
/** By default. At some 30 bytes a tag. */
const LOG_LENGTH = 10_000
/** Changes that a reader takes from the log at once. */
const MOST_CHANGES = 500
/** Refreshes. Another process takes over when the lease was not refreshed for so long. */
const PATIENCE = 1.2
const BELIEVED = {
  name: 'index_believed',
  help: '1 while this process believes the version index, 0 while it asks the source',
}
const BEHIND = {
  name: 'index_behind',
  help: '1 while the index may lack a commit, or have a part of one: this process reads versions from the source, too',
}
const TERM = { name: 'index_term', help: 'The term of the index lease that this process saw last' }

/** The answer of the index to a write. */
export interface Written {
  /** The name of the lease on the server that took the write, empty when none lived. */
  readonly lease: string
  /** Whether an answer of the index may be believed now. */
  readonly believed: boolean
}

/** The answer of the index to two writes together. */
export function bothWritten(one: Written, other: Written): Written {
  return { lease: one.lease === other.lease ? one.lease : '', believed: one.believed && other.believed }
}

export interface Polled {
  readonly believed: boolean
  /** The name of the lease. */
  readonly lease: string
  /** The states may be those of before changes that were committed: the source is to be asked, too. */
  readonly behind: boolean
  readonly epoch: string | null
  readonly head: number
  /** The server's clock in microseconds. */
  readonly now: number
  /** The changes since the head that the caller named, as far as the log has them: see `redis/log.lua`. */
  readonly log: readonly string[]
  /** The states of the tags, in their order. */
  readonly states: readonly (string | null)[]
}

export class IndexLink {
  readonly times: LeaseTimes
  readonly belief: Belief
  readonly redis: RedisClient
  readonly logLength: number
  readonly #log: Log
  readonly #onFirstUse: () => void
  readonly #onDoubt: () => void
  /** Whether the last command was answered: while it was not, no reader waits for another one. */
  #answers = true
  #watching = false
  #behind = false

  /**
   * @param onFirstUse called once, when the process begins to use the index
   * @param onDoubt called when an answer fails to come, and while no process seems to refresh the lease
   */
  constructor(
    {
      indexRedis,
      log = silent,
      metrics = unmeasured,
      leaseMs = LEASE_MS,
      logLength = LOG_LENGTH,
    }: Omit<Ports, 'cacheRedis' | 'buildId' | 'maxBytes'>,
    onFirstUse: () => void,
    onDoubt: () => void,
  ) {
    defineIndexCommands(indexRedis)
    this.redis = indexRedis
    this.logLength = logLength
    this.times = leaseTimes(leaseMs)
    this.belief = new Belief(leaseMs)
    this.#log = log('index')
    this.#onFirstUse = onFirstUse
    this.#onDoubt = onDoubt
    metrics.gauge(BELIEVED, () => [{ value: this.trusted ? 1 : 0 }])
    metrics.gauge(BEHIND, () => [{ value: this.trusted && this.#behind ? 1 : 0 }])
    metrics.gauge(TERM, () => [{ value: this.belief.term }])
  }

  /** True while answers come from Redis. */
  get trusted(): boolean {
    return this.#answers && this.belief.holds
  }

  /**
   * Whether a poll is worth its time: belief that has just ended, as in a process that stood still for a second, may be back with
   * the next answer, which is judged by itself.
   */
  get mayAnswer(): boolean {
    return this.#answers && this.belief.remainingMs > -this.times.leaseMs
  }

  /** Whether the last answer said that the index does not have all that was committed. */
  get behind(): boolean {
    return this.#behind
  }

  /** False while the server does not answer: what waits for it waits for a time-out. */
  get answers(): boolean {
    return this.#answers
  }

  /** Waits until the index is believed, if Redis is there: at most until a new term can have begun. */
  async connect(): Promise<void> {
    const { waitMs, leaseMs } = this.times
    const began = performance.now()
    const bound = () => (this.redis.status === 'ready' && this.#answers ? waitMs + 2 * leaseMs : CONNECT_WITHIN_MS)
    this.watch()
    while (!this.trusted && performance.now() - began < bound()) await delay(5)
  }

  /** Polls the lease until the connection ends. */
  watch(): void {
    if (this.#watching) return
    this.#watching = true
    void this.#watchLease()
    this.#onFirstUse()
  }

  /** Polls the lease now. */
  async look(): Promise<void> {
    await this.poll([], Infinity).catch(() => undefined)
  }

  /** @param followed a head: what has changed since then is answered */
  async poll(tags: readonly string[], followed: number): Promise<Polled> {
    const sentAt = performance.now()
    const names = [keys.log, keys.position, keys.indexLease, keys.epoch, keys.head, ...tags.map(keys.tag)]
    const [here, [seconds, micros], values, log] = await this.#answered(() =>
      this.redis.pollIndex(names.length, ...names, Math.min(followed, Number.MAX_SAFE_INTEGER), MOST_CHANGES),
    )
    const [lease, epoch = null, head, ...states] = values
    const seen = here === 1 && lease ? parseLease(lease) : NO_LEASE
    this.#behind = seen.behind
    return {
      believed: this.belief.saw(seen, sentAt),
      lease: seen.name,
      behind: seen.behind,
      epoch,
      head: Number(head ?? 0),
      now: Number(seconds) * 1e6 + Number(micros),
      log,
      states,
    }
  }

  /**
   * @param action for the message
   * @param run sends a script that answers with name and nonce of the lease
   * @throws {FreshnessError} INDEX_UNAVAILABLE when Redis did not take it within its time-out
   */
  async write(action: string, run: () => Promise<readonly [string, number, ...unknown[]]>): Promise<Written> {
    try {
      const sentAt = performance.now()
      const [name, nonce] = await this.#answered(run)
      return { lease: name, believed: this.belief.saw({ name, nonce }, sentAt) }
    } catch (cause) {
      throw new FreshnessError('INDEX_UNAVAILABLE', `Redis did not confirm: ${action}`, { cause, retryable: true })
    }
  }

  /**
   * Says to every process that there are committed changes that the index does not have: each reads versions from the source, too,
   * with its next poll, until a complete refresh takes that back.
   * @throws {FreshnessError} INDEX_UNAVAILABLE when Redis did not take it within its time-out
   */
  markBehind(): Promise<Written> {
    return this.write('mark behind', () => this.redis.markIndexBehind(keys.indexLease))
  }

  /** A server that refuses a command answers; one that is away does not. */
  async #answered<T>(run: () => Promise<T>): Promise<T> {
    try {
      const answer = await run()
      this.#answers = true
      return answer
    } catch (error) {
      const answers = error instanceof Error && error.name === 'ReplyError'
      // A process that stood still for a second finds its time-outs before the answers that have come: asked once more.
      if (this.#answers && !answers) {
        setImmediate(() => void this.look())
        this.#onDoubt()
      }
      this.#answers = answers
      throw error
    }
  }

  async #watchLease(): Promise<void> {
    const { leaseMs, refreshMs } = this.times
    let logged = false
    while (this.redis.status !== 'end') {
      if (this.redis.status === 'ready') await this.look()
      if (this.trusted !== logged) {
        logged = this.trusted
        this.#log.info(
          { term: this.belief.term },
          logged ? 'version index is believed' : 'version index is not believed',
        )
      }
      // The waits of the protocol begin with the first look at what stands still.
      if (this.belief.unchangedMs > PATIENCE * refreshMs) this.#onDoubt()
      const soon = this.belief.remainingMs < leaseMs / 4
      await delay(soon ? refreshMs / 10 : refreshMs / 2, undefined, { ref: false })
    }
  }
}
