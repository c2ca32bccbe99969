/**
 * The version index: Redis' copy of the current version of every tag, with Postgres behind it.
 *
 * What the rest of the system builds on: a response never carries a version below the index when its
 * read began (`read`), and never one above the index when it is sent (`raiseToAtLeast`). Both ends follow one
 * register that only grows, so no two reads of one client, one after the other, go backwards, whichever
 * instances, pages and caches they meet.
 *
 * While the index cannot be believed (`IndexHealth`) the versions come from Postgres.
 */
import { once } from 'node:events'
import type { Redis } from 'ioredis'
import { db } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import { processSingleton } from '#lib/platform/processSingleton.ts'
import { indexRedis } from '#lib/platform/redis.ts'
import { serialBatch, batchPerTick } from './batching.ts'
import { newDataSet, nextGeneration } from '../protocol/epoch.ts'
import { FreshnessError } from '../protocol/errors.ts'
import type { Dependencies, Snapshot } from '../protocol/freshness.ts'
import { IndexHealth } from './indexHealth.ts'
import { keys, TAG_TTL_S, withJitter } from '../protocol/keys.ts'
import { indexReadSeconds } from '../metrics.ts'
import { beforeIndex, afterIndex } from './cdnPublisher.ts'
import { parseTag, parseVersionedTag, tag, type VersionedTag } from '../protocol/tags.ts'
import { ADVANCE, parseTagState, REPAIR, REVALIDATE, UNKNOWN_TAG, type TagState } from '../protocol/tagState.ts'
import { PostgresVersionSource, type VersionSource } from './versionSource.ts'

const SCRIPT_KEYS = 1_000
const CONNECT_TIMEOUT_MS = 2_000

/** The answer for all tags that several reads asked for together. */
interface Batch extends Snapshot {
  /** Tags whose version Redis lacks: Postgres is asked, by those reads that need it. */
  readonly unknown: ReadonlySet<string>
}

export class VersionIndex {
  readonly #redis: Redis
  readonly #fromSource: (tags: Iterable<string>) => Promise<ReadonlyMap<string, number>>
  /** Takes whole lists: the readers of one entry hand over the same one, and it is counted once. */
  readonly #fromRedis: (tags: readonly string[]) => Promise<Batch>
  readonly #trust: IndexHealth

  constructor(redis: Redis, source: VersionSource) {
    this.#redis = redis
    this.#fromSource = serialBatch((tags: string[]) => source.versions(tags))
    this.#fromRedis = batchPerTick((lists: (readonly string[])[]) => this.#readBatch([...new Set(lists.flat())]))
    this.#trust = new IndexHealth(async (seconds) => {
      await redis.ping()
      const changes = await source.recentChanges(seconds)
      await this.advance(changes)
      return changes.length
    })
    redis.on('close', () => this.#trust.lose())
  }

  /** True while answers come from Redis. */
  get trusted(): boolean {
    return this.#trust.believed
  }

  /** Waits for the first resync, so that a process starts with an index it believes, if Redis is there. */
  async connect(): Promise<void> {
    if (this.#redis.status !== 'ready')
      await once(this.#redis, 'ready', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) }).catch(() => undefined)
    this.#trust.check()
    await this.#trust.settled()
  }

  /**
   * The state of `tags` now, read after the call began.
   * @throws {FreshnessError} SOURCE_UNAVAILABLE when Postgres was needed and did not answer
   */
  async read(tags: readonly string[]): Promise<Snapshot> {
    if (this.#trust.check()) {
      try {
        return await this.#readRedis(tags)
      } catch (error) {
        if (error instanceof FreshnessError) throw error
        this.#trust.lose()
      }
    }
    const end = indexReadSeconds().startTimer({ from: 'postgres' })
    const versions = await this.#fromSource(tags.filter((name) => parseTag(name)))
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
    await this.#advance([...found])
    const states = new Map(snapshot.states)
    for (const [name, version] of found) states.set(name, { ...(states.get(name) ?? UNKNOWN_TAG), version })
    return { ...snapshot, states }
  }

  /** One round trip for all the reads that wait: under load a check costs a fraction of a command. */
  async #readBatch(tags: string[]): Promise<Batch> {
    const end = indexReadSeconds().startTimer({ from: 'redis' })
    const [epoch, ...texts] = await this.#redis.mget([keys.epoch, ...tags.map(keys.tag)])
    end()
    const states = new Map<string, TagState>()
    const unknown = new Set<string>()
    let deadline = false
    tags.forEach((name, i) => {
      const state = parseTagState(texts[i] ?? null)
      states.set(name, state)
      deadline ||= state.deadline > 0
      if (state.version === 0 && parseTag(name)) unknown.add(name)
    })
    return {
      epoch: epoch ?? (await this.#createEpoch()),
      states,
      unknown,
      now: deadline ? await this.now() : undefined,
    }
  }

  /**
   * Raises the versions of tags; never lowers one. Safe to repeat, in any order. The edge hears of them first: nobody
   * who has seen a version in the fleet may see an older one there.
   * @returns false when the edge could not be told in time
   * @throws {FreshnessError} INDEX_UNAVAILABLE when Redis did not confirm within its time-out
   */
  async advance(changes: readonly VersionedTag[]): Promise<boolean> {
    const edgeKnows = await beforeIndex(changes)
    await this.#advance(changes.map((change) => [tag(change.kind, change.id), change.version]))
    return (await afterIndex(changes)) && edgeKnows
  }

  async #advance(changes: (readonly [string, number])[]): Promise<void> {
    for (let at = 0; at < changes.length; at += SCRIPT_KEYS) {
      const part = changes.slice(at, at + SCRIPT_KEYS)
      await this.#confirmed('advance', () =>
        this.#redis.eval(
          ADVANCE,
          part.length,
          ...part.map(([name]) => keys.tag(name)),
          withJitter(TAG_TTL_S),
          ...part.map(([, version]) => version),
        ),
      )
    }
  }

  /**
   * Before a response is sent: raises the index to what the response shows, where that is newer. A render may
   * have read a row between its commit and the writer's advance; the next page must not show less.
   * @param snapshot read after the values were
   */
  async raiseToAtLeast(dependencies: Pick<Dependencies, 'versions'>, snapshot: Snapshot): Promise<void> {
    if (snapshot.epoch === undefined) return // the versions came from Postgres: nothing shown can be ahead of it
    const newer = [...dependencies.versions].filter(
      ([base, version]) => version > (snapshot.states.get(base)?.version ?? 0),
    )
    if (newer.length === 0) return
    try {
      const changes = newer.flatMap(([base, version]) => parseVersionedTag(`${base}@${version}`) ?? [])
      await beforeIndex(changes)
      await this.#advance(newer)
      await afterIndex(changes)
    } catch (error) {
      // From here on this process reads Postgres, which has those versions.
      logger('index').warn({ err: error }, 'could not raise the index to what was read')
    }
  }

  /**
   * Marks entries that carry any of `tags` as outdated, by Redis' clock. `price:42` is about every entry made so far;
   * `price:42@8` about those that were made from an older version or that name none: one that is current stays.
   * @param graceSeconds 0: gone at once; otherwise they are served while one render replaces them, for so long. Of an
   *   older version there is no grace.
   * @throws {FreshnessError} INDEX_UNAVAILABLE: an invalidation is never lost in silence
   */
  async revalidate(tags: readonly string[], graceSeconds = 0): Promise<void> {
    const versions = tags.flatMap((name) => parseVersionedTag(name) ?? [])
    if (versions.length > 0) {
      const { states } = await this.read(versions.map(({ kind, id }) => tag(kind, id)))
      // The index has heard of what is delivered, and so has the edge.
      const news = versions.filter(({ kind, id, version }) => version > (states.get(tag(kind, id))?.version ?? 0))
      if (news.length > 0) await this.advance(news)
    }
    const names = [...versions.map(({ kind, id }) => tag(kind, id)), ...tags.filter((name) => !parseVersionedTag(name))]
    if (names.length === 0) return
    const grace = Math.min(Math.round(graceSeconds * 1e6), Number.MAX_SAFE_INTEGER / 4)
    await this.#confirmed('revalidate', () =>
      this.#redis.eval(REVALIDATE, names.length, ...names.map(keys.tag), withJitter(TAG_TTL_S), grace, versions.length),
    )
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
   * Compares `tags` with Postgres and puts right what the index has too high: an advance follows a commit, so a
   * version that is read from Postgres after the index and is lower was never there. Without this, every
   * render of such a page would be stale for good.
   * @returns the tags that were wrong
   */
  async reconcile(tags: readonly string[]): Promise<string[]> {
    const { epoch, states } = await this.read(tags)
    if (epoch === undefined) return []
    const truth = await this.#fromSource(tags.filter((name) => parseTag(name)))
    const wrong = [...truth].filter(([name, version]) => (states.get(name)?.version ?? 0) > version)
    for (const [name, version] of wrong) {
      const found = states.get(name)?.version ?? 0
      logger('index').error({ tag: name, index: found, postgres: version }, 'the index was ahead of Postgres')
      await this.#confirmed('repair', () =>
        this.#redis.eval(REPAIR, 1, keys.tag(name), withJitter(TAG_TTL_S), found, version),
      )
    }
    return wrong.map(([name]) => name)
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
      this.#trust.lose()
      throw new FreshnessError('INDEX_UNAVAILABLE', `Redis did not confirm: ${action}`, { cause, retryable: true })
    }
  }

  async #createEpoch(): Promise<string> {
    await this.#redis.set(keys.epoch, newDataSet(), 'NX')
    return (await this.#redis.get(keys.epoch)) ?? ''
  }
}

/** The process' version index. */
export function versionIndex(): VersionIndex {
  return processSingleton('versionIndex', () => new VersionIndex(indexRedis(), new PostgresVersionSource(db)))
}
