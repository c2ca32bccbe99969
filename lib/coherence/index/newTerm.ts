/**
 * Begins a new term of the index, where its lease cannot be refreshed any more. docs/decisions/index-lease.md has the steps, T1 to
 * T4, and why each is needed.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Log, Ports, RedisClient, Term, TermReason, VersionSource } from '../ports.ts'
import { dataSetOf, newDataSet } from '../protocol/epoch.ts'
import { firstHead, termOfHead } from '../protocol/head.ts'
import { keys } from '../protocol/keys.ts'
import { leaseNameOf, Unchanged } from '../protocol/lease.ts'
import type { ServerState } from './inspectServer.ts'
import type { Publisher } from './publisher.ts'
import { Resync } from './resync.ts'
import type { VersionIndex } from './versionIndex.ts'

/** `elsewhere`: the term is kept, on another server. `leftToOthers`: it is, or another process begins one, or this one tries again. */
type Outcome = 'begun' | 'elsewhere' | 'leftToOthers'

export class NewTerm {
  readonly #redis: RedisClient
  readonly #source: VersionSource
  readonly #index: VersionIndex
  readonly #resync: Resync
  readonly #log: Log
  /** The lease of the last term that this process began. */
  #begun = ''
  /** The name of the lease that is gone from its server, while no other is found there. */
  readonly #gone = new Unchanged<string>()
  /** The lease that this process has refreshed last, and when that began. */
  #refreshed = { name: '', at: -Infinity }

  constructor({ indexRedis, source }: Ports, index: VersionIndex, publisher: Publisher, log: Log) {
    this.#redis = indexRedis
    this.#source = source
    this.#index = index
    this.#resync = new Resync(indexRedis, source, publisher, log)
    this.#log = log
  }

  /**
   * Takes into account what the server has. Called with each look at it.
   * @param seenBefore the name of the last lease that this process had seen before that look: where none is found on its server, it has gone
   */
  saw({ name, server }: ServerState, seenBefore: string): void {
    this.#gone.saw(name === '' && seenBefore.endsWith(` ${server}`) ? seenBefore : undefined)
  }

  /** This process has extended the lease. @param at by `performance.now()`, before the source counted that */
  refreshed(name: string, at: number): void {
    this.#refreshed = { name, at }
  }

  /**
   * Where no lease lives, or its term is over. A term that was begun is finished, also by a process that is to stop: others leave it
   * alone for longer than that takes.
   * @throws {FreshnessError} SOURCE_UNAVAILABLE, INDEX_UNAVAILABLE, LOG_FORGOTTEN
   */
  async begin(found: ServerState): Promise<Outcome> {
    const { refreshMs, waitMs, leaseMs } = this.#index.link.times
    const { guarded, link } = this.#index
    const seen = guarded.saw(await this.#source.term())
    if (seen.term > 0 && seen.current) {
      if (guarded.unrenewedMs < 2 * refreshMs) return seen.server === found.server ? 'leftToOthers' : 'elsewhere'
      // One that another process has just begun; one of its own has come to nothing.
      if (seen.ageMs < waitMs + leaseMs && leaseNameOf(seen) !== this.#begun) return 'leftToOthers'
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
    if (!begun) return 'leftToOthers'
    this.#begun = leaseNameOf(begun)
    guarded.saw(begun)
    this.#log.warn({ term: begun.term, reason, rebuilt: !continues }, 'a new term of the index begins')
    const position = await this.#repair(begun, seen, continues ? found.position : undefined) // T3
    if (!(await this.#noneIsBelieved(seen, begun))) return 'leftToOthers' // T2
    if (!(await this.#createLease(begun, found, position))) return 'leftToOthers' // T4
    return 'begun'
  }

  /** The data set says how far it has got in this source, whose log reaches back to there. */
  #continues({ position, epoch, shown }: ServerState, seen: Term): boolean {
    // What was shown while another source took over may be what that one lacks.
    if (seen.replacedSource && shown.length > 0) return false
    if (!seen.current || dataSetOf(epoch) !== dataSetOf(seen.epoch)) return false
    return this.#source.reaches(position, seen)
  }

  /**
   * Brings the data set up to date with the source.
   * @param from the position from which it goes on; undefined: all of it is compared
   * @returns the position that it has then
   */
  async #repair({ term }: Term, before: Term, from: string | undefined): Promise<string> {
    const { leaseMs } = this.#index.link.times
    // Others leave a term alone that has just begun.
    const beginning = setInterval(() => void this.#source.stillBeginning(term).catch(() => undefined), leaseMs)
    const repair = from === undefined ? this.#resync.rebuild(!before.current) : this.#resync.catchUp(from)
    return repair.finally(() => clearInterval(beginning))
  }

  /** @returns true when no process believes a lease of `before`, or of an earlier one, any more; false once another term has followed `begun` */
  async #noneIsBelieved(before: Term, begun: Term): Promise<boolean> {
    const { guarded, link } = this.#index
    // An answer of before T1 may come late.
    while (guarded.term <= begun.term) {
      const leftMs = this.#believedMs(before)
      if (leftMs <= 0) return true
      await delay(Math.min(link.times.refreshMs, leftMs + 1), undefined, { ref: false })
    }
    return false
  }

  /** @param found the server as it was before its data were repaired @param position of the data now @returns whether it was created */
  async #createLease(begun: Term, found: ServerState, position: string): Promise<boolean> {
    const { link } = this.#index
    const { term } = begun
    // A purge of everything may have begun another generation; another source may have the same term.
    const now = this.#index.guarded.saw(await this.#source.term())
    if (leaseNameOf(now) !== leaseNameOf(begun) || now.identity !== begun.identity) return false
    const created = await this.#redis.createIndexLease(
      keys.indexLease,
      keys.position,
      keys.epoch,
      keys.head,
      term,
      found.server,
      link.times.leaseMs,
      found.position,
      position,
      now.epoch,
      firstHead(term),
    )
    await link.look()
    if (created === 0) this.#log.warn({ term }, 'the lease of the new term was not created; it is tried again')
    return created === 1
  }

  /**
   * Milliseconds for which a process may still believe a lease of `term` or of an earlier one. A lease lives on one server and is made
   * once: when it has lived there, and is gone, nothing extends it any more.
   */
  #believedMs(term: Term): number {
    const { guarded, link } = this.#index
    const { waitMs, goneMs } = link.times
    if (term.term === 0) return 0
    const isLast = term.current || this.#isLastOfAnother(term)
    const goneForMs = isLast && this.#gone.value === leaseNameOf(term) ? this.#gone.forMs : 0
    return Math.min(waitMs - guarded.unrenewedMs, goneMs - goneForMs)
  }

  /**
   * A source that took the place of another one may have lost the beginning of a later term, whose lease this process has never seen. Not
   * where this process had refreshed the lease of `term` within LEASE before: a keeper that begins the next term waits for longer after that
   * before T4, which asks the same source again.
   */
  #isLastOfAnother(term: Term): boolean {
    const { name, at } = this.#refreshed
    const { guarded, link } = this.#index
    return name === leaseNameOf(term) && guarded.answersSince - at <= link.times.leaseMs
  }
}

function reasonOf(seen: Term, found: ServerState): TermReason {
  if (seen.term === 0) return 'first'
  if (!seen.current) return 'postgres-changed'
  return seen.server === found.server ? 'lease-lost' : 'redis-changed'
}
