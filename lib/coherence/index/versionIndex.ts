/**
 * The version index: Redis' copy of the current version of every tag, with the source behind it.
 *
 * What the rest of the system builds on: a response never carries a version below the index when its
 * read began (`read`), and never one above the index when it is sent (`Publisher.raiseToAtLeast`). Both ends follow one
 * register that only grows, so no two reads of one client, one after the other, go backwards, on any instance, page or
 * cache.
 *
 * While the index cannot be believed (`IndexHealth`) the versions come from the source.
 */
import { once } from 'node:events'
import { silent, unmeasured, type Log, type Ports, type RedisClient, type VersionSource } from '../ports.ts'
import { serialBatch, batchPerTick } from './batching.ts'
import { dataSetOf, newDataSet, nextGeneration } from '../protocol/epoch.ts'
import { FreshnessError } from '../protocol/errors.ts'
import type { Snapshot } from '../protocol/freshness.ts'
import { IndexHealth } from './indexHealth.ts'
import { keys, TAG_TTL_S, withJitter } from '../protocol/keys.ts'
import { parseTag, tag, type TagRef, type VersionedTag } from '../tags.ts'
import { parseTagState, UNKNOWN_TAG, type TagState } from '../protocol/tagState.ts'
import { defineIndexCommands } from '../redis/commands.ts'

const SCRIPT_KEYS = 1_000
const CONNECT_TIMEOUT_MS = 2_000
const READ_SECONDS = {
  name: 'index_read_seconds',
  help: 'Time of one look-up in the version index, by where the answer came from',
  labels: ['from'],
}
/** Seconds: from a loopback round trip to a time-out. */
const ROUND_TRIP_BUCKETS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1]

type IndexPorts = Pick<Ports, 'indexRedis' | 'source' | 'log' | 'metrics'>

/** The answer for all tags that several reads asked for together. */
interface Batch extends Snapshot {
  /** Tags whose version Redis lacks: the source is asked, by those reads that need it. */
  readonly unknown: ReadonlySet<string>
}

export class VersionIndex {
  readonly #redis: RedisClient
  readonly #source: VersionSource
  readonly #fromSource: (tags: Iterable<string>) => Promise<ReadonlyMap<string, number>>
  /** Takes whole lists: the readers of one entry hand over the same one, and it is counted once. */
  readonly #fromRedis: (tags: readonly string[]) => Promise<Batch>
  readonly #health: IndexHealth
  readonly #log: Log
  readonly #time: ReturnType<typeof unmeasured.timer>

  /** @param publish applies changes after an outage; the publisher's, where there is one */
  constructor(
    { indexRedis: redis, source, log = silent, metrics = unmeasured }: IndexPorts,
    publish: (changes: readonly VersionedTag[]) => Promise<unknown> = (changes) => this.raise(changes),
  ) {
    defineIndexCommands(redis)
    this.#redis = redis
    this.#source = source
    this.#log = log('index')
    this.#time = metrics.timer(READ_SECONDS, ROUND_TRIP_BUCKETS)
    this.#fromSource = serialBatch((tags: string[]) => source.versions(tags))
    this.#fromRedis = batchPerTick((lists: (readonly string[])[]) => this.#readBatch([...new Set(lists.flat())]))
    this.#health = new IndexHealth(async (seconds) => {
      await redis.ping()
      const changes = await source.recentChanges(seconds)
      await publish(changes)
      return changes.length
    }, this.#log)
    redis.on('close', () => this.#health.lose())
  }

  /** True while answers come from Redis. */
  get trusted(): boolean {
    return this.#health.believed
  }

  /** Waits for the first resync, so that a process starts with an index it believes, if Redis is there. */
  async connect(): Promise<void> {
    if (this.#redis.status !== 'ready')
      await once(this.#redis, 'ready', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) }).catch(() => undefined)
    this.#health.check()
    await this.#health.settled()
  }

  /**
   * The state of `tags` now, read after the call began. Of no tags: whether one of the two stores answers.
   * @throws {FreshnessError} SOURCE_UNAVAILABLE when the source was needed and did not answer
   */
  async read(tags: readonly string[]): Promise<Snapshot> {
    if (this.#health.check()) {
      try {
        return await this.#readRedis(tags)
      } catch (error) {
        if (error instanceof FreshnessError) throw error
        this.#health.lose()
      }
    }
    const end = this.#time({ from: 'source' })
    const versions = await this.#fromSource(tags.filter((name) => this.#isVersioned(name)))
    const states = new Map<string, TagState>()
    for (const [name, version] of versions) states.set(name, { ...UNKNOWN_TAG, version })
    end()
    return { epoch: undefined, states, now: undefined }
  }

  async #readRedis(tags: readonly string[]): Promise<Snapshot> {
    const snapshot = await this.#fromRedis(tags)
    const missing = snapshot.unknown.size === 0 ? [] : tags.filter((name) => snapshot.unknown.has(name))
    if (missing.length === 0) return snapshot
    const found = await this.#fromSource(missing)
    await this.raise([...found].flatMap(([name, version]) => refOf(name, version)))
    const states = new Map(snapshot.states)
    for (const [name, version] of found) states.set(name, { ...(states.get(name) ?? UNKNOWN_TAG), version })
    return { ...snapshot, states }
  }

  /** One round trip for all the reads that wait: under load a check costs a fraction of a command. */
  async #readBatch(tags: string[]): Promise<Batch> {
    const end = this.#time({ from: 'redis' })
    const [epoch, ...texts] = await this.#redis.mget([keys.epoch, ...tags.map(keys.tag)])
    end()
    const states = new Map<string, TagState>()
    const unknown = new Set<string>()
    let deadline = false
    tags.forEach((name, i) => {
      const state = parseTagState(texts[i] ?? null)
      states.set(name, state)
      deadline ||= state.deadline > 0
      if (state.version === 0 && this.#isVersioned(name)) unknown.add(name)
    })
    return {
      epoch: epoch ?? (await this.#createEpoch()),
      states,
      unknown,
      now: deadline ? await this.now() : undefined,
    }
  }

  /** A tag of another kind is a plain one: it has no version to ask for. */
  #isVersioned(name: string): boolean {
    const ref = parseTag(name)
    return ref !== undefined && this.#source.kinds.has(ref.kind)
  }

  /**
   * Raises the versions of tags in Redis; never lowers one. Safe to repeat, in any order. `Publisher.publish` is what a
   * writer calls.
   * @throws {FreshnessError} INDEX_UNAVAILABLE when Redis did not confirm within its time-out
   */
  async raise(changes: readonly VersionedTag[]): Promise<void> {
    for (let at = 0; at < changes.length; at += SCRIPT_KEYS) {
      const part = changes.slice(at, at + SCRIPT_KEYS)
      const names = part.map(({ kind, id }) => keys.tag(tag(kind, id)))
      const versions = part.map(({ version }) => version)
      await this.#confirmed('advance', () =>
        this.#redis.advanceTags(part.length, ...names, withJitter(TAG_TTL_S), ...versions),
      )
    }
  }

  /**
   * Marks entries that carry any of `names` as outdated, by Redis' clock: of the first `versioned` names only those that
   * carry the name without a version. `Publisher.revalidate` is what others call.
   * @param graceSeconds 0: gone at once; otherwise they are served while one render replaces them, for so long
   * @throws {FreshnessError} INDEX_UNAVAILABLE
   */
  async outdate(names: readonly string[], versioned: number, graceSeconds: number): Promise<void> {
    if (names.length === 0) return
    const grace = Math.min(Math.round(graceSeconds * 1e6), Number.MAX_SAFE_INTEGER / 4)
    await this.#confirmed('revalidate', () =>
      this.#redis.revalidateTags(names.length, ...names.map(keys.tag), withJitter(TAG_TTL_S), grace, versioned),
    )
  }

  /**
   * What stands in Redis, for those who watch over it: unlike `read` it neither asks the source nor fills anything in.
   * @returns a version for each of `refs`, 0 where Redis holds none; @throws when Redis does not answer
   */
  async held(refs: readonly TagRef[]): Promise<number[]> {
    if (refs.length === 0) return []
    const texts = await this.#redis.mget(refs.map(({ kind, id }) => keys.tag(tag(kind, id))))
    return texts.map((text) => parseTagState(text).version)
  }

  /**
   * Outdates every entry that was made so far, in every process and whatever it was made from, those under way included.
   * @throws {FreshnessError} INDEX_UNAVAILABLE
   */
  async outdateAll(): Promise<void> {
    await this.#confirmed('outdate all', async () => {
      const epoch = (await this.#redis.get(keys.epoch)) ?? (await this.#createEpoch())
      await this.#redis.set(keys.epoch, nextGeneration(epoch))
    })
  }

  /**
   * Compares `tags` with the source and puts right what the index has too high: an advance follows a commit, so a
   * version that is read from the source after the index and is lower was never there. Without this, every
   * render of such a page would be stale for good.
   * @returns the tags that were wrong
   */
  async reconcile(tags: readonly string[]): Promise<string[]> {
    const { epoch, states } = await this.read(tags)
    if (epoch === undefined) return []
    const truth = await this.#fromSource(tags.filter((name) => this.#isVersioned(name)))
    const wrong = [...truth].filter(([name, version]) => (states.get(name)?.version ?? 0) > version)
    for (const [name, version] of wrong) {
      const found = states.get(name)?.version ?? 0
      this.#log.error({ tag: name, index: found, source: version }, 'the index was ahead of the source')
      await this.#confirmed('repair', () =>
        this.#redis.repairTag(keys.tag(name), withJitter(TAG_TTL_S), found, version),
      )
    }
    return wrong.map(([name]) => name)
  }

  /** Which set of data Redis holds, undefined when it holds none. One that lost its data begins another. */
  async dataSet(): Promise<string | undefined> {
    const epoch = await this.#redis.get(keys.epoch)
    return epoch === null ? undefined : dataSetOf(epoch)
  }

  /** Redis' clock in microseconds. @throws when Redis cannot be reached */
  async now(): Promise<number> {
    const [seconds, micros] = await this.#redis.time()
    return Number(seconds) * 1e6 + Number(micros)
  }

  async #confirmed(action: string, run: () => Promise<unknown>): Promise<void> {
    try {
      await run()
    } catch (cause) {
      this.#health.lose()
      throw new FreshnessError('INDEX_UNAVAILABLE', `Redis did not confirm: ${action}`, { cause, retryable: true })
    }
  }

  async #createEpoch(): Promise<string> {
    await this.#redis.set(keys.epoch, newDataSet(), 'NX')
    return (await this.#redis.get(keys.epoch)) ?? ''
  }
}

function refOf(name: string, version: number): VersionedTag[] {
  const ref = parseTag(name)
  return ref ? [{ ...ref, version }] : []
}
