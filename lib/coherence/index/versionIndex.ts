/**
 * The version index: Redis' copy of the current version of every tag, with the source behind it.
 *
 * The rest of the system builds on two promises:
 *
 * - **Never old, never backwards.** A response carries no version below the index when its read began (`read`), and none above the
 *   index when it is sent (`Publisher.raiseToAtLeast`). The index only grows, so of two reads of one client, one after the other,
 *   the second never shows less, on any instance, page or cache.
 * - **All of a commit or nothing.** While the index has a part of a commit it says that it is behind: the script that raises the
 *   part says so. Then one statement reads each list of tags from the source.
 *
 * Redis is believed while the index lease, which each answer carries, proves that it is current (`protocol/lease.ts`). Without
 * that the versions come from the source (`guardedSource.ts`).
 */
import {
  noOuterCache,
  silent,
  unmeasured,
  type Log,
  type PendingCommits,
  type Ports,
  type SourceVersions,
  type Term,
  type VersionSource,
} from '../ports.ts'
import { serialBatch } from './batching.ts'
import { FollowedIndex } from './followedIndex.ts'
import type { ChangeListener } from './followedTags.ts'
import { GuardedSource } from './guardedSource.ts'
import { bothWritten, IndexLink, type Written } from './indexLink.ts'
import { leavesAPart } from './pendingCommits.ts'
import { type Published, SourceFills, valueOf } from './sourceFills.ts'
import { nextGeneration } from '../protocol/epoch.ts'
import { FreshnessError, replacedSource } from '../protocol/errors.ts'
import { isBehind, type Dependencies, type RenderStart, type Snapshot } from '../protocol/freshness.ts'
import { BEFORE_ALL } from '../protocol/head.ts'
import { keys, TAG_TTL_S, withJitter } from '../protocol/keys.ts'
import { parseTag, tag, type TagRef, type VersionedValue } from '../tags.ts'
import { parseTagState, type TagState } from '../protocol/tagState.ts'

const SCRIPT_KEYS = 1_000
const READ_SECONDS = {
  name: 'index_read_seconds',
  help: 'Time of one look-up in the version index, by where the answer came from',
  labels: ['from'],
}
/** Seconds: from a loopback round trip to a time-out. */
const ROUND_TRIP_BUCKETS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1]

export class VersionIndex {
  readonly link: IndexLink
  readonly guarded: GuardedSource
  readonly #source: VersionSource
  readonly #fills: SourceFills
  readonly #pending: (tags: Iterable<string>) => Promise<PendingCommits>
  readonly #followed: FollowedIndex
  readonly #log: Log
  readonly #time: ReturnType<typeof unmeasured.timer>
  /** As the index or the source said it last. */
  #epoch: string | undefined

  /** @param onFirstUse called once, when the process begins to use the index */
  constructor(ports: Ports, onFirstUse: () => void = () => undefined) {
    const { source, outer = noOuterCache, log = silent, metrics = unmeasured } = ports
    this.link = new IndexLink(ports, onFirstUse, () => void this.guarded.look())
    this.guarded = new GuardedSource(source, this.link.times, (read) => this.raiseShown(read))
    this.#source = source
    this.#log = log('index')
    this.#time = metrics.timer(READ_SECONDS, ROUND_TRIP_BUCKETS)
    this.#fills = new SourceFills(source, outer, (changes, part) => this.raise(changes, part))
    this.#pending = serialBatch((tags: string[]) => source.pendingCommits(tags))
    this.#followed = new FollowedIndex(this.link, source, () => this.#time({ from: 'redis' }))
  }

  /** True while answers come from Redis. */
  get trusted(): boolean {
    return this.link.trusted
  }

  /** Waits until the index is believed, if Redis is there: at most until a new term can have begun. */
  connect(): Promise<void> {
    return this.link.connect()
  }

  /**
   * The state of `tags` now, read after the call began. Of no tags: whether one of the two stores answers. A tag of a kind that
   * has payloads comes with that of its version; without it only while the source does not answer, or has no such version.
   * @throws {FreshnessError} SOURCE_UNAVAILABLE when the source was needed and did not answer, or what it has may not be shown yet
   */
  read(tags: readonly string[]): Promise<Snapshot> {
    return this.#read(tags, true)
  }

  /** The same for a caller that needs no payload: none is asked for. @throws as `read` */
  readVersions(tags: readonly string[]): Promise<Snapshot> {
    return this.#read(tags, false)
  }

  async #read(tags: readonly string[], payloads: boolean): Promise<Snapshot> {
    this.link.watch()
    const found = this.link.mayAnswer ? await this.#readRedis(tags, payloads) : undefined
    if (found) return found
    const end = this.#time({ from: 'source' })
    const versioned = tags.filter((name) => this.#isVersioned(name))
    const again = () => (this.trusted ? this.#readRedis(tags, payloads) : undefined)
    const snapshot = await this.guarded.read(versioned, again)
    if (snapshot.from === 'source') this.#epoch = snapshot.epoch ?? this.#epoch
    end()
    return snapshot
  }

  /**
   * Hears of each change of the index, of any tag, with the next read of this process that believes the index, before that read is
   * answered. Changes in doubt are heard of when the index is believed again.
   * @param listener gets the tags; undefined when each of them may have changed
   * @returns a function that ends it
   */
  onChange(listener: ChangeListener): () => void {
    return this.#followed.onChange(listener)
  }

  /**
   * The head at which a render begins that starts now, and the source. Without belief it is one that each revalidation outdates, those of
   * before as well: such a render may use a value that was revalidated, as the source knows of no revalidation.
   */
  async renderStart(): Promise<RenderStart> {
    const found = await this.read([])
    const isKnown = found.from === 'index'
    const provenance = isKnown
      ? { startedAt: found.head, epoch: found.epoch }
      : { startedAt: BEFORE_ALL, epoch: this.#epoch }
    return { ...provenance, ...(await this.guarded.readStart()) }
  }

  /** @returns undefined when the answer may not be believed, or none came */
  async #readRedis(tags: readonly string[], payloads: boolean): Promise<Snapshot | undefined> {
    const reading = await this.#followed.read(tags)
    if (!reading) return undefined
    const { epoch } = reading.snapshot
    if (epoch !== '') this.#epoch = epoch
    return this.#fills.complete(reading, tags, payloads)
  }

  /** Brings to Redis, where it answers, what a reader that does not believe it is about to show. Others may believe it. */
  async raiseShown({ rows, pending }: SourceVersions): Promise<void> {
    if (!this.link.answers) return
    const values = [...rows].flatMap(([name, row]) => valueOf(name, row) ?? [])
    await this.raise(values, pending.size > 0).catch(() => undefined)
  }

  /** A tag of another kind is a plain one: it has no version to ask for. */
  #isVersioned(name: string): boolean {
    const ref = parseTag(name)
    return ref !== undefined && this.#source.kinds.has(ref.kind)
  }

  /**
   * Raises the versions of tags in Redis; never lowers one. Safe to repeat, in any order. `Publisher.publish` is what a
   * writer calls. A version without its payload gets it from the first reader that needs it.
   * @param part whether the index may have a part of a commit afterwards; else it may have while this takes several scripts
   * @throws {FreshnessError} INDEX_UNAVAILABLE when Redis did not take it within its time-out
   */
  async raise(
    changes: readonly VersionedValue[],
    part: boolean | Promise<boolean> = this.leavesAPart(changes),
  ): Promise<Written> {
    const behind = (await part) || changes.length > SCRIPT_KEYS ? 1 : 0
    let written: Written | undefined
    for (let at = 0; at < changes.length; at += SCRIPT_KEYS) {
      const some = changes.slice(at, at + SCRIPT_KEYS)
      const own = [keys.indexLease, keys.head, keys.log, keys.position]
      const names = [...own, ...some.map(({ kind, id }) => keys.tag(tag(kind, id)))]
      const values = some.flatMap(({ version, payload = '' }) => [version, payload])
      const { redis, logLength } = this.link
      const one = await this.link.write('advance', () =>
        redis.advanceTags(names.length, ...names, withJitter(TAG_TTL_S), logLength, behind, ...values),
      )
      written = written ? bothWritten(written, one) : one
    }
    return written ?? { lease: this.link.belief.lease, believed: this.trusted }
  }

  /** Whether the index may have a part of a commit once it is raised to `changes`; true when the source does not say. */
  async leavesAPart(changes: readonly VersionedValue[]): Promise<boolean> {
    if (changes.length === 0) return false
    if (changes.length > SCRIPT_KEYS) return true // they take several scripts
    const tags = new Set(changes.map(({ kind, id }) => tag(kind, id)))
    return this.#pending(tags).then(
      (pending) => leavesAPart(pending, tags),
      () => true,
    )
  }

  /** A few changes with the payloads that the source has, so that no reader asks for them; of a newer version, where it has one. */
  async withPayloads(changes: readonly VersionedValue[]): Promise<Published> {
    return (await this.#fills.withPayloads(changes)) ?? { values: changes, part: await this.leavesAPart(changes) }
  }

  /**
   * Marks entries that carry any of `names` as outdated: those that began until now, of the first `versioned` names only those that
   * carry the name without a version. `Publisher.revalidate` is what others call.
   * @param graceSeconds 0: gone at once; otherwise they are served while one render replaces them, for so long
   * @throws {FreshnessError} INDEX_UNAVAILABLE
   */
  async outdate(names: readonly string[], versioned: number, graceSeconds: number): Promise<void> {
    if (names.length === 0) return
    const grace = Math.min(Math.round(graceSeconds * 1e6), Number.MAX_SAFE_INTEGER / 4)
    const own = [keys.indexLease, keys.head, keys.log]
    const { lease } = await this.link.write('revalidate', () =>
      this.link.redis.revalidateTags(
        own.length + names.length,
        ...own,
        ...names.map(keys.tag),
        withJitter(TAG_TTL_S),
        this.link.logLength,
        grace,
        versioned,
      ),
    )
    this.#requireLease(lease, 'revalidate')
  }

  /**
   * The contents of Redis, for the monitor: unlike `read` it neither asks the source nor fills anything in.
   * @returns a version for each of `refs`, 0 where Redis holds none; @throws when Redis does not answer
   */
  async held(refs: readonly TagRef[]): Promise<number[]> {
    return (await this.heldStates(refs)).map(({ version }) => version)
  }

  /** The same with everything else that is known of a tag, such as its payload. */
  async heldStates(refs: readonly TagRef[]): Promise<TagState[]> {
    if (refs.length === 0) return []
    const names = refs.map(({ kind, id }) => tag(kind, id))
    return (await this.link.poll(names, Infinity)).states.map(parseTagState)
  }

  /**
   * Outdates every entry that was made so far, in every process and from any source, those under way included.
   * @throws {FreshnessError} INDEX_UNAVAILABLE, SOURCE_UNAVAILABLE
   */
  async outdateAll(): Promise<void> {
    const { epoch } = await this.#source.term()
    const next = nextGeneration(epoch)
    // Another purge has outdated everything just now if this one comes second.
    await this.#source.setEpoch(epoch, next)
    const current = await this.#source.term()
    const { lease } = await this.link.write('outdate all', () =>
      this.link.redis.raiseEpoch(keys.indexLease, keys.epoch, current.epoch),
    )
    this.#requireLease(lease, 'outdate all')
  }

  /**
   * Refuses values that were read from the source and are older than the current ones where the source may have lost versions.
   * Mostly a newer version superseded them; after a promotion the source may have lost it, and may have been raised above it since.
   * While such a term is young the two look alike.
   * @param term read after the values were
   * @param snapshot read after the term was: what was raised before T1 is in it
   * @throws {FreshnessError} SOURCE_UNAVAILABLE when the source may have lost what others have seen
   */
  refuseLost(dependencies: Pick<Dependencies, 'versions'>, term: Term, snapshot: Snapshot): void {
    const { waitMs, leaseMs } = this.link.times
    if (term.replacedSource && term.ageMs <= waitMs + leaseMs && isBehind(dependencies, snapshot))
      throw replacedSource()
  }

  /**
   * Compares `tags` with the source and puts right what the index has too high: an advance follows a commit, so a
   * version that is read from the source after the index and is lower was lost there. The index is never lowered: the
   * rows get versions above it, and are delivered like any change.
   * @returns the tags that were wrong
   */
  async reconcile(tags: readonly string[]): Promise<string[]> {
    const refs = tags.filter((name) => this.#isVersioned(name)).flatMap((name) => parseTag(name) ?? [])
    const held = await this.held(refs)
    const truth = await this.#source.versions(refs.map(({ kind, id }) => tag(kind, id)))
    const lost = refs.flatMap((ref, i) => {
      const version = truth.get(tag(ref.kind, ref.id))
      const found = held[i] ?? 0
      return version !== undefined && found > version ? [{ ...ref, version: found + 1 }] : []
    })
    if (lost.length === 0) return []
    this.#log.error({ tags: lost.length }, 'the index was ahead of the source; the rows get versions above it')
    await this.#source.raiseAbove(lost)
    return lost.map(({ kind, id }) => tag(kind, id))
  }

  /** Whether `lease` is the one of the term that the source names now, in a source that has not been replaced. Read after the call began. */
  readonly isCurrent = (lease: string): Promise<boolean> => this.guarded.isCurrent(lease)

  /** The same, and then notes in the source that the index has these rows of the outbox. */
  readonly markIndexed: VersionSource['markIndexed'] = (ids, lease) => this.#source.markIndexed(ids, lease)

  #requireLease(lease: string, action: string): void {
    if (lease !== '') return
    const message = `the index has no lease, so it may lose what is written to it: ${action}`
    throw new FreshnessError('INDEX_UNAVAILABLE', message, { retryable: true })
  }
}
