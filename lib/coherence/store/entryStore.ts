/**
 * Keeps bodies: in the process (L1) and in Redis, which the fleet shares. The store does not judge: the index decides what
 * is fresh. So an old body that is stored late, by a slow render or a slow instance, does no harm.
 */
import { LRUCache } from 'lru-cache'
import { decode, encode } from './codec.ts'
import {
  isAhead,
  isBehind,
  judge,
  withSharedTags,
  type Dependencies,
  type RenderStart,
  type Snapshot,
  type Verdict,
} from '../protocol/freshness.ts'
import { FreshnessError } from '../protocol/errors.ts'
import { withJitter } from '../protocol/keys.ts'
import { silent, unmeasured, type Log, type Ports, type RedisClient } from '../ports.ts'
import type { VersionIndex } from '../index/versionIndex.ts'
import { parseTag } from '../tags.ts'
import type { BodyRoom } from './bodyRoom.ts'
import { noteMadeFrom } from './madeFrom.ts'

export interface Entry<T> extends RenderStart {
  readonly value: T
  readonly dependencies: Dependencies
  /** Seconds the body may be kept. */
  readonly ttl: number
}

export interface Found<T> {
  readonly entry: Entry<T>
  /** `unconfirmed`: neither Redis nor Postgres answered, and the entry was confirmed a moment ago. */
  readonly verdict: Exclude<Verdict, 'stale'> | 'unconfirmed'
  readonly snapshot: Snapshot
  /** The index has yet to hear of what the entry shows: see `confirmedEntry.ts`. */
  readonly ahead: boolean
  readonly layer: 'l1' | 'redis'
  /** It ends soon, here and in Redis, and is to be made again before it does. */
  readonly due?: true
}

/** The answer of the index about an entry: the many readers that share the answer share this. */
interface Judgement {
  readonly states: Snapshot['states']
  readonly verdict: Verdict
  readonly ahead: boolean
}

export interface EntryStoreOptions<T> {
  /** For the metrics: `page`, `data`. */
  readonly name: string
  readonly redis: RedisClient
  readonly room: BodyRoom
  readonly index: VersionIndex
  readonly redisKey: (key: string) => string
  /** Resource kinds whose changes take bodies out of Redis: see `madeFrom.ts`. */
  readonly clearedKinds?: ReadonlySet<string>
  readonly maxBytes: number
  readonly sizeOf: (value: T) => number
  /** Checks whether a value from Redis is one of ours. */
  readonly isValue: (value: unknown) => value is T
  /** Called with each entry that this process held and holds no longer. */
  readonly onGone?: (key: string, entry: Entry<T>) => void
  readonly metrics?: Ports['metrics']
  readonly log?: Ports['log']
}

const READS = {
  name: 'cache_reads_total',
  help: 'Reads of a cache by outcome: the layer that answered, a miss, or bodies rejected as stale',
  labels: ['store', 'outcome'],
}
const BYTES = { name: 'l1_bytes', help: 'Bytes of bodies held in this process', labels: ['store'] }
/**
 * In the heap: of an entry, and of each tag in its lists, with the room that V8 leaves beside what is in use. A product page has some
 * seventy, 5.6 kB beside a body of 55.
 */
const ENTRY_BYTES = 1_024
const TAG_BYTES = 80
/** Milliseconds that a Redis for bodies only is left alone after it did not answer: a miss waits for it once. */
const AWAY_MS = 500
/** Milliseconds, and the share of a lifetime: what is read once in that time, or more often, is made again before it ends. */
const EARLY = { ms: 10_000, share: 0.1 }
/** The share of a lifetime before which nothing is made again, however often it is read: chance would have one of 20,000 readers do it at once. */
const NEVER_BEFORE = 0.5
const NOTHING_KNOWN: Snapshot = { from: 'source', epoch: undefined, states: new Map() }

export class EntryStore<T> {
  readonly #options: EntryStoreOptions<T>
  readonly #local: LRUCache<string, Entry<T>>
  /** When an entry of this process was last confirmed, by the process' monotonic clock. */
  readonly #confirmedAt = new WeakMap<Entry<T>, number>()
  readonly #judgements = new WeakMap<Entry<T>, Judgement>()
  /** Bodies on their way from Redis, and those that will be asked for once these are here: see `#fetch`. */
  readonly #fetching = new Map<string, Promise<Entry<T> | undefined>>()
  readonly #fetchingNext = new Map<string, Promise<Entry<T> | undefined>>()
  readonly #log: Log
  #awayUntil = -Infinity
  /** How often an entry was forgotten. */
  #forgotten = 0
  readonly counts = { l1: 0, redis: 0, stale: 0, unconfirmed: 0, miss: 0 }

  constructor(options: EntryStoreOptions<T>) {
    this.#options = options
    this.#local = new LRUCache({
      maxSize: Math.floor(options.maxBytes),
      sizeCalculation: ({ value, dependencies }) =>
        options.sizeOf(value) + ENTRY_BYTES + TAG_BYTES * dependencies.tags.length,
      ...(options.onGone && { dispose: (entry: Entry<T>, key: string) => options.onGone?.(key, entry) }),
    })
    const { name: store, metrics = unmeasured, log = silent } = options
    this.#log = log('entry-store')
    metrics.counter(READS, () =>
      Object.entries(this.counts).map(([outcome, value]) => ({ labels: { store, outcome }, value })),
    )
    metrics.gauge(BYTES, () => [{ labels: { store }, value: this.#local.calculatedSize }])
  }

  /** The value under `key` in this process, unchecked. */
  peek(key: string): Entry<T> | undefined {
    return this.#local.peek(key)
  }

  /**
   * The freshest usable entry, checked against the index after the call began.
   * @throws {FreshnessError} SOURCE_UNAVAILABLE when neither index nor source answered and no entry was confirmed just before
   */
  async get(key: string): Promise<Found<T> | undefined> {
    const local = this.#local.get(key)
    const forgotten = this.#forgotten
    const found = local && (await this.#check(local, 'l1'))
    const earlyMs = found?.verdict === 'fresh' ? this.#endsWithin(key, found.entry) : undefined
    if (found && found.verdict !== 'replaceable' && earlyMs === undefined) return this.#count(found)
    // What was asked for before an entry was kept or forgotten does not take its place afterwards.
    const mayKeep = () => this.#forgotten === forgotten && this.#local.peek(key) === local
    const shared = await this.#fetch(key)
    if (!shared || (local && shared.startedAt <= local.startedAt))
      return this.#count(found && earlyMs !== undefined ? await this.#renewed(key, found, earlyMs, mayKeep) : found)
    const sharedFound = await this.#check(shared, 'redis')
    if (!sharedFound) return this.#count(found)
    if (mayKeep()) this.#keep(key, shared)
    return this.#count(sharedFound)
  }

  /**
   * Keeps an entry here at once, and in Redis.
   * @returns when the fleet can read it, or it turned out that it cannot: that is only a later miss
   */
  async put(key: string, entry: Entry<T>): Promise<void> {
    this.#keep(key, entry)
    await this.#share(key, entry)
  }

  /** Takes away the entry under `key`, here and in Redis. @throws when Redis does not answer */
  async forget(key: string): Promise<void> {
    this.#forgotten++
    this.#local.delete(key)
    await this.#options.redis.unlink(this.#options.redisKey(key))
  }

  async #check(entry: Entry<T>, layer: 'l1' | 'redis'): Promise<Found<T> | undefined> {
    let snapshot: Snapshot
    try {
      snapshot = await this.#options.index.read(entry.dependencies.tags)
    } catch (error) {
      // Neither store can say. Others may be able to, so it is for a moment only, as long as a lease is believed.
      const known = error instanceof FreshnessError ? error.known : undefined
      if (known && isBehind(entry.dependencies, known)) return undefined
      const age = performance.now() - (this.#confirmedAt.get(entry) ?? -Infinity)
      if (age > this.#options.index.link.times.leaseMs) throw error
      return { entry, verdict: 'unconfirmed', snapshot: NOTHING_KNOWN, ahead: false, layer }
    }
    const { verdict, ahead } = this.#judge(entry, snapshot)
    if (verdict === 'stale') {
      this.counts.stale++
      return undefined
    }
    return { entry, verdict, snapshot, ahead, layer }
  }

  #judge(entry: Entry<T>, snapshot: Snapshot): Judgement {
    const known = this.#judgements.get(entry)
    if (known?.states === snapshot.states) {
      if (known.verdict !== 'stale') this.#confirmedAt.set(entry, performance.now())
      return known
    }
    const verdict = judge(entry.dependencies, entry, snapshot)
    const judgement = { states: snapshot.states, verdict, ahead: isAhead(entry.dependencies, snapshot) }
    this.#judgements.set(entry, judgement)
    if (verdict !== 'stale') this.#confirmedAt.set(entry, performance.now())
    return judgement
  }

  /**
   * Whether a read is one that sees to it that the entry does not end: the more likely, the sooner that is. So of many readers one
   * comes early, and of what is read rarely none.
   * Source: Vattani et al., Optimal Probabilistic Cache Stampede Prevention, VLDB 2015.
   * @returns the milliseconds within which this one lets nothing end; undefined for most reads
   */
  #endsWithin(key: string, { ttl }: Entry<T>): number | undefined {
    const drawnMs = -Math.log(Math.random()) * Math.min(EARLY.ms, ttl * 1_000 * EARLY.share)
    const earlyMs = Math.min(drawnMs, ttl * 1_000 * NEVER_BEFORE)
    return this.#local.getRemainingTTL(key) < earlyMs ? earlyMs : undefined
  }

  /** Keeps an entry here for as long as Redis keeps it; one that ends there as well is due. */
  async #renewed(key: string, found: Found<T>, earlyMs: number, mayKeep: () => boolean): Promise<Found<T>> {
    const { redis, redisKey } = this.#options
    const leftMs = await redis.pttl(redisKey(key)).catch(() => 0)
    if (leftMs < earlyMs) return { ...found, due: true }
    if (mayKeep()) this.#local.set(key, found.entry, { ttl: leftMs })
    return found
  }

  #count(found: Found<T> | undefined): Found<T> | undefined {
    this.counts[found?.verdict === 'unconfirmed' ? 'unconfirmed' : (found?.layer ?? 'miss')]++
    return found
  }

  #keep(key: string, entry: Entry<T>): void {
    this.#local.set(key, entry, { ttl: withJitter(entry.ttl) * 1000 })
  }

  /** One body at a time is unpacked for all readers; a reader that comes while it travels may need the next one. */
  #fetch(key: string): Promise<Entry<T> | undefined> {
    const { redis, index } = this.#options
    const isAway = redis === index.link.redis ? !index.link.answers : performance.now() < this.#awayUntil
    if (isAway) return Promise.resolve(undefined)
    const next = this.#fetchingNext.get(key)
    if (next) return next
    const current = this.#fetching.get(key)
    if (!current) return this.#startFetch(key)
    const queued = current.then(() => this.#startFetch(key))
    this.#fetchingNext.set(key, queued)
    return queued
  }

  #startFetch(key: string): Promise<Entry<T> | undefined> {
    this.#fetchingNext.delete(key)
    const fetch = this.#load(key).finally(() => {
      if (this.#fetching.get(key) === fetch) this.#fetching.delete(key)
    })
    this.#fetching.set(key, fetch)
    return fetch
  }

  async #load(key: string): Promise<Entry<T> | undefined> {
    try {
      const bytes = await this.#options.redis.getBuffer(this.#options.redisKey(key))
      const value = bytes ? decode(bytes) : undefined
      if (!isEntry(value, this.#options.isValue)) return undefined
      return { ...value, dependencies: withSharedTags(value.dependencies) }
    } catch (error) {
      this.#awayUntil = performance.now() + AWAY_MS
      this.#log.debug({ err: error }, 'Redis did not answer for a body')
      return undefined
    }
  }

  async #share(key: string, entry: Entry<T>): Promise<void> {
    if (entry.epoch === undefined) return // it could never be checked again
    const { redis, redisKey, clearedKinds, room } = this.#options
    try {
      if (!(await room.hasRoom())) return
      const bytes = await encode(entry)
      const rows = [...entry.dependencies.versions].filter(([name]) => clearedKinds?.has(parseTag(name)?.kind ?? ''))
      // Noted first: what cannot be found cannot be cleared.
      await Promise.all([
        noteMadeFrom(redis, redisKey(key), rows),
        redis.set(redisKey(key), bytes, 'EX', withJitter(entry.ttl)),
      ])
    } catch (error) {
      this.#log.debug({ err: error }, 'a body could not be shared')
    }
  }
}

function isEntry<T>(value: unknown, isValue: (value: unknown) => value is T): value is Entry<T> {
  if (typeof value !== 'object' || value === null) return false
  if (!('value' in value && 'dependencies' in value && 'startedAt' in value && 'ttl' in value)) return false
  if (!('epoch' in value && 'source' in value)) return false
  const { dependencies } = value
  return (
    typeof dependencies === 'object' &&
    dependencies !== null &&
    'versions' in dependencies &&
    dependencies.versions instanceof Map &&
    'tags' in dependencies &&
    Array.isArray(dependencies.tags) &&
    'slots' in dependencies &&
    dependencies.slots instanceof Set &&
    typeof value.startedAt === 'number' &&
    typeof value.ttl === 'number' &&
    isValue(value.value)
  )
}
