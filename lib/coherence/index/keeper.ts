/**
 * Keeps the index lease: refreshes it after each scan of the outbox. Where there is none to refresh a new term begins (`newTerm.ts`).
 * Any process can do it, and several at once do no harm. docs/decisions/index-lease.md has the steps, R0 to R4, and why each is
 * needed.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Cluster } from 'ioredis'
import { silent, type Log, type Ports, type RedisClient, type VersionSource } from '../ports.ts'
import { keys } from '../protocol/keys.ts'
import type { OutboxFollower } from './outboxFollower.ts'
import { foldShown } from './foldShown.ts'
import { inspectServer, type ServerState } from './inspectServer.ts'
import { NewTerm } from './newTerm.ts'
import type { Publisher } from './publisher.ts'
import type { VersionIndex } from './versionIndex.ts'

/** Refreshes that follow a new term at once: readers believe it when they have seen two. */
const QUICK_REFRESHES = 5
/** Milliseconds: a relay looks twice as often, also while it sleeps. */
const FOLLOWED_LATELY_MS = 1_000
/** Milliseconds from one reconnect to the next. */
const RECONNECT_EVERY_MS = 2_000
/** Milliseconds until a process looks again that has left the outbox to another one. */
const LEFT_MS = 25
/** Refreshes after which the process that makes them looks whether a new connection leads to the same server. */
const LOOK_EVERY = 4

export class IndexKeeper {
  readonly #redis: RedisClient
  readonly #source: VersionSource
  readonly #index: VersionIndex
  readonly #follower: OutboxFollower
  readonly #newTerm: NewTerm
  readonly #reconnect: () => void
  readonly #log: Log
  #running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined
  /** Whether this process made the last refresh: then it makes the next one, too. */
  #mine = false
  /** When this process last applied the outbox for another reason than a refresh. */
  #followedAt = -Infinity
  /** Refreshes that are to be made at once, one after the other. */
  #quick = 0
  #refreshes = 0
  #reconnectedAt = -Infinity
  #failing = false
  #folding: Promise<void> | undefined

  constructor(ports: Ports, index: VersionIndex, publisher: Publisher, follower: OutboxFollower) {
    const { indexRedis, source, log = silent, reconnect = () => undefined } = ports
    this.#redis = indexRedis
    this.#source = source
    this.#index = index
    this.#follower = follower
    this.#log = log('index')
    this.#newTerm = new NewTerm(ports, index, publisher, this.#log)
    this.#reconnect = reconnect
    // Other connections of the process may lead to the same server, and notice later.
    let isUp = indexRedis.status === 'ready'
    indexRedis.on('ready', () => (isUp = true))
    indexRedis.on('close', () => {
      if (isUp) this.#leave('the connection to the index was lost: connecting again')
      isUp = false
    })
  }

  /** Takes part in the duty, until `stop`. */
  start(): void {
    if (this.#running) return
    const stop = new AbortController()
    this.#running = { stop, ended: this.#run(stop.signal) }
  }

  /** @returns when nothing of it is under way any more */
  async stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    running?.stop.abort()
    await running?.ended
    await this.#folding
  }

  /**
   * Applies what is in the outbox now, without waiting for the next refresh.
   * @returns whether there was anything; @throws as `OutboxFollower.apply`
   */
  async follow(): Promise<boolean> {
    let isNews = false
    for (let more = true; more;) {
      this.#followedAt = performance.now()
      const step = await this.#follower.apply(this.#index.link.belief.lease)
      more = step?.more === true
      isNews ||= step?.isNews === true
      // Until all of it is applied, the lease says so.
      if (more) this.#quick = Math.max(this.#quick, 1)
      if (step?.isLeft) await delay(LEFT_MS)
    }
    return isNews
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { refreshMs } = this.#index.link.times
    while (!signal.aborted) {
      if (this.#isDue()) {
        await this.#keep().then(
          () => (this.#failing = false),
          (error: unknown) => this.#failed(error),
        )
      }
      const pauseMs = this.#quick > 0 ? refreshMs / 10 : refreshMs / 4
      await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  #failed(error: unknown): void {
    this.#mine = false
    if (!this.#failing) this.#log.warn({ err: error }, 'the index lease was not refreshed')
    // A network that drops packets keeps a connection open for minutes.
    else if (!this.#index.link.answers) this.#leave('Redis does not answer: connecting again')
    this.#failing = true
  }

  /**
   * A process that does not have the duty leaves it to the one that has, for as long as that one refreshes. One that follows the
   * outbox in any case takes it: another would apply the same changes a second time.
   */
  #isDue(): boolean {
    const { refreshMs } = this.#index.link.times
    if (this.#redis.status !== 'ready') return false
    if (this.#quick > 0) return this.#quick-- > 0
    const follows = performance.now() - this.#followedAt < FOLLOWED_LATELY_MS
    // Until it is taken back each read costs a query.
    if (this.#mine && this.#index.link.behind) return true
    const patience = this.#mine ? 0.9 : follows ? 0.7 : 1.2 + Math.random() / 2
    return this.#index.link.belief.unchangedMs >= refreshMs * patience
  }

  async #keep(): Promise<void> {
    const { belief } = this.#index.link
    const { lease: seenBefore } = belief
    const found = await inspectServer(this.#redis) // R0
    this.#newTerm.saw(found, seenBefore)
    // Another process has refreshed it since this one looked.
    if (!this.#mine && found.name === belief.lease && found.nonce > belief.nonce) return this.#index.link.look()
    if (found.name !== '' && (await this.#refresh(found))) return
    this.#mine = false
    const outcome = await this.#newTerm.begin(found)
    if (outcome === 'begun') this.#quick = QUICK_REFRESHES
    if (outcome === 'elsewhere') this.#leave('this Redis is not the one that holds the index: connecting again')
  }

  /** @returns false when the lease is not the one of the source's term; else it was extended, or the next look shows why not */
  async #refresh({ lease, name, epoch, server, shown }: ServerState): Promise<boolean> {
    const { leaseMs } = this.#index.link.times
    const began = performance.now()
    const renewed = await this.#source.renew(name) // R1
    if (renewed === undefined) return false
    this.#index.guarded.saw(renewed)
    if (renewed.epoch !== epoch) await this.#redis.raiseEpoch(keys.indexLease, keys.epoch, renewed.epoch)
    const step = await this.#follower.apply(name) // R2, R3
    if (step === undefined || step.isShownElsewhere || performance.now() - began >= leaseMs) return true
    const position = step.more ? '' : step.position
    const extended = await this.#redis.refreshIndexLease(keys.indexLease, keys.position, lease, leaseMs, position) // R4
    if (step.more) this.#quick = Math.max(this.#quick, 1)
    this.#mine = extended === 1
    if (this.#mine) this.#newTerm.refreshed(name, began)
    await this.#index.link.look()
    if (this.#mine && ++this.#refreshes % LOOK_EVERY === 0) void this.#lookElsewhere(lease)
    if (this.#mine && shown.length > 0) this.#folding ??= this.#fold(server, shown)
    return true
  }

  /** Beside the refreshes: a large commit takes longer than the time from one to the next. */
  async #fold(server: string, shown: readonly string[]): Promise<void> {
    await foldShown(this.#redis, server, shown).catch(() => undefined) // with a later refresh again
    this.#folding = undefined
  }

  /**
   * A primary that is cut off from the others, and takes writes, would keep its term for as long as this process holds on to it,
   * while others are led elsewhere.
   */
  async #lookElsewhere(lease: string): Promise<void> {
    if (this.#redis instanceof Cluster) return // it follows its nodes
    const other = this.#redis.duplicate({ lazyConnect: true, retryStrategy: () => null })
    other.on('error', () => undefined) // the command below reports it
    try {
      await other.connect()
      const [, run = ''] = /^run_id:(\w+)/m.exec(await other.info('server')) ?? []
      if (!lease.includes(` ${run}:`)) this.#leave('a new connection leads to another Redis: connecting again')
    } catch {
      // A connection that fails leads no process elsewhere.
    } finally {
      other.disconnect()
    }
  }

  /** A connection that leads nowhere is left: behind a proxy or a name, a new one may lead elsewhere. */
  #leave(why: string): void {
    if (performance.now() - this.#reconnectedAt < RECONNECT_EVERY_MS) return
    this.#reconnectedAt = performance.now()
    this.#log.warn({ term: this.#index.guarded.term }, why)
    this.#reconnect()
  }
}
