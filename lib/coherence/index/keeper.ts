/**
 * Keeps the index lease: refreshes it after each scan of the outbox, and begins a new term where there is none to refresh.
 * Any process can do it, and several at once do no harm. docs/decisions/index-lease.md has the steps, R0 to R4 and T1 to T4, and
 * why each is needed.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Cluster } from 'ioredis'
import {
  silent,
  type Log,
  type Ports,
  type RedisClient,
  type Term,
  type TermReason,
  type VersionSource,
} from '../ports.ts'
import { dataSetOf, newDataSet } from '../protocol/epoch.ts'
import { firstHead, termOfHead } from '../protocol/head.ts'
import { keys } from '../protocol/keys.ts'
import { Unchanged } from '../protocol/lease.ts'
import type { OutboxFollower } from './outboxFollower.ts'
import { inspectServer, type Found } from './inspectServer.ts'
import { Resync } from './resync.ts'
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
  readonly #resync: Resync
  readonly #reconnect: () => void
  readonly #log: Log
  #running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined
  /** Whether this process made the last refresh: then it makes the next one, too. */
  #mine = false
  #followedAt = -Infinity
  #quick = 0
  /** The last term that this process began. */
  #begun = 0
  #refreshes = 0
  #reconnectedAt = -Infinity
  #failing = false
  /** The lease that is gone from its server, as `nameOf` spells it, while no other is found there. */
  readonly #gone = new Unchanged<string>()

  constructor(ports: Ports, index: VersionIndex, publisher: Publisher, follower: OutboxFollower) {
    const { indexRedis, source, log = silent, reconnect = () => undefined } = ports
    this.#redis = indexRedis
    this.#source = source
    this.#index = index
    this.#follower = follower
    this.#log = log('index')
    this.#resync = new Resync(indexRedis, source, publisher, this.#log)
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
  }

  /** Applies what is in the outbox now, without waiting for the next refresh. @throws as `OutboxFollower.apply` */
  async follow(): Promise<void> {
    for (let more = true; more;) {
      this.#followedAt = performance.now()
      const step = await this.#follower.apply(this.#index.link.belief.term)
      more = step?.more === true
      // Until all of it is applied, the lease says so.
      if (more) this.#quick = Math.max(this.#quick, 1)
      if (step?.left) await delay(LEFT_MS)
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { refreshMs } = this.#index.link.times
    while (!signal.aborted) {
      if (this.#isDue()) {
        await this.#keep(signal).then(
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

  async #keep(signal: AbortSignal): Promise<void> {
    const { belief } = this.#index.link
    // A lease that is not found has gone if it was seen before; one that comes later is another one.
    const { term: seenBefore } = belief
    const found = await inspectServer(this.#redis) // R0
    this.#gone.saw(found.lease === undefined ? nameOf({ term: seenBefore, server: found.server }) : undefined)
    // Another process has refreshed it since this one looked.
    if (!this.#mine && found.term === belief.term && found.nonce > belief.nonce) return this.#index.link.look()
    if (found.term > 0 && (await this.#refresh(found))) return
    this.#mine = false
    await this.#consider(found, signal)
  }

  /** @returns whether the lease was extended, here or by another process; false when its term is over */
  async #refresh({ lease = '', term, epoch }: Found): Promise<boolean> {
    const { leaseMs } = this.#index.link.times
    const began = performance.now()
    const renewed = await this.#source.renew(term) // R1
    if (renewed === undefined) return false
    this.#index.guarded.saw({ term, renewals: renewed.renewals })
    if (renewed.epoch !== epoch) await this.#redis.raiseEpoch(keys.indexLease, keys.epoch, renewed.epoch)
    const step = await this.#follower.apply(term) // R2, R3
    if (step === undefined || step.shows || performance.now() - began >= leaseMs) return true
    const position = step.more ? '' : step.position
    const extended = await this.#redis.refreshIndexLease(keys.indexLease, keys.position, lease, leaseMs, position) // R4
    if (step.more) this.#quick = Math.max(this.#quick, 1)
    this.#mine = extended === 1
    await this.#index.link.look()
    if (this.#mine && ++this.#refreshes % LOOK_EVERY === 0) void this.#lookElsewhere(lease)
    return true
  }

  /** No lease lives here, or its term is over: begins a term, unless others are about to, or keep one elsewhere. */
  async #consider(found: Found, signal: AbortSignal): Promise<void> {
    const { refreshMs, waitMs, leaseMs } = this.#index.link.times
    const { guarded, link } = this.#index
    const seen = guarded.saw(await this.#source.term())
    if (seen.term > 0 && seen.current) {
      if (guarded.unrenewedMs < 2 * refreshMs) {
        if (seen.server !== found.server)
          this.#leave('this Redis is not the one that holds the index: connecting again')
        return
      }
      // One that another process has just begun; one of its own has come to nothing.
      if (seen.ageMs < waitMs + leaseMs && seen.term !== this.#begun) return
    }
    const continues = this.#continues(found, seen)
    const reason = reasonOf(seen, found)
    const next = {
      server: found.server,
      epoch: continues ? seen.epoch : newDataSet(),
      reason,
      above: Math.max(link.belief.term, termOfHead(found.head)),
    }
    // Another source may lack what was shown. Nothing is shown from it until T1 says that it is the one, so it is put right before.
    if (seen.term > 0 && !seen.current) await this.#resync.rebuild(true)
    const begun = await this.#source.beginTerm(seen, next) // T1
    if (!begun) return
    this.#begun = begun.term
    guarded.saw(begun)
    this.#log.warn({ term: begun.term, reason, rebuilt: !continues }, 'a new term of the index begins')
    await this.#begin(begun, seen, found, continues, signal)
  }

  /** The data set says how far it has got in this source, whose log reaches back to there. */
  #continues({ position, epoch }: Found, seen: Term): boolean {
    if (!seen.current || dataSetOf(epoch) !== dataSetOf(seen.epoch)) return false
    return this.#source.reaches(position, seen)
  }

  async #begin(term: Term, before: Term, found: Found, continues: boolean, signal: AbortSignal): Promise<void> {
    const { leaseMs, refreshMs } = this.#index.link.times
    // Others leave a term alone that has just begun.
    const beginning = setInterval(() => void this.#source.stillBeginning(term.term).catch(() => undefined), leaseMs)
    const position = await (
      continues ? this.#resync.catchUp(found.position) : this.#resync.rebuild(!before.current)
    ).finally(() => clearInterval(beginning)) // T3
    for (let leftMs = 1; (leftMs = this.#believedMs(before)) > 0 && !signal.aborted;)
      // T2
      await delay(Math.min(refreshMs, leftMs + 1), undefined, { signal, ref: false }).catch(() => undefined)
    if (signal.aborted) return
    // A purge of everything may have begun another generation.
    const { term: current, epoch } = await this.#source.term()
    if (current !== term.term) return
    const created = await this.#redis.createIndexLease(
      keys.indexLease,
      keys.position,
      keys.epoch,
      keys.head,
      term.term,
      found.server,
      leaseMs,
      found.position,
      position,
      epoch,
      firstHead(term.term),
    ) // T4
    await this.#index.link.look()
    if (created === 1) this.#quick = QUICK_REFRESHES
    else this.#log.warn({ term: term.term }, 'the lease of the new term was not created; it is tried again')
  }

  /**
   * Milliseconds for which a process may still believe a lease of `term` or of an earlier one. A lease lives on one server and is made
   * once: when it has lived there, and is gone, nothing extends it any more.
   */
  #believedMs(term: Term): number {
    const { guarded, link } = this.#index
    const { waitMs, goneMs } = link.times
    if (term.term === 0) return 0
    const goneForMs = this.#gone.value === nameOf(term) ? this.#gone.forMs : 0
    return Math.min(waitMs - guarded.unrenewedMs, goneMs - goneForMs)
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

/** The lease of a term: there is one, on one server. */
function nameOf({ term, server }: Pick<Term, 'term' | 'server'>): string {
  return `${term} ${server}`
}

function reasonOf(seen: Term, found: Found): TermReason {
  if (seen.term === 0) return 'first'
  if (!seen.current) return 'postgres-changed'
  return seen.server === found.server ? 'lease-lost' : 'redis-changed'
}
