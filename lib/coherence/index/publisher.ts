/** Publishes a change: raises its version in every cache that keeps versions, the outer one first, then the fleet's index. */
import { noOuterCache, type Log, type OuterCache } from '../ports.ts'
import { dependenciesOn, type Dependencies, type ReadStart, type Snapshot } from '../protocol/freshness.ts'
import { parseCacheTag, parseTag, tag, type VersionedTag, type VersionedValue } from '../tags.ts'
import { batchPerTick } from './batching.ts'
import { bothWritten, type Written } from './indexLink.ts'
import type { VersionIndex } from './versionIndex.ts'

/**
 * Versions that are published together: the outer cache keeps nothing from when it hears of them until the index has them, a
 * tenth of a second later. It hears of many at once: a call costs it more than what the call says.
 */
const PART = 10_000

export class Publisher {
  readonly #index: VersionIndex
  readonly #outer: OuterCache
  readonly #log: Log
  /** Next calls its two handlers for the same tags, in one turn of the event loop: Redis hears of them once. */
  readonly #outdated = batchPerTick(async (calls: string[]) => {
    const byGrace = Map.groupBy(calls, (call) => call.slice(0, call.indexOf(' ')))
    for (const [grace, those] of byGrace)
      await this.#outdate(
        those.map((call) => call.slice(grace.length + 1)),
        Number(grace),
      )
  })
  /** Every render asks while Redis refuses writes: the log hears of the first refusal, and of the end. */
  #refused = false

  constructor(index: VersionIndex, log: Log, outer: OuterCache = noOuterCache) {
    this.#index = index
    this.#outer = outer
    this.#log = log
  }

  /**
   * Raises the versions of tags everywhere; never lowers one. Safe to repeat, in any order.
   * @returns true when no read that starts from now on is answered with an older version. False when it is on its way: the outer
   *   cache did not take it in time, or the index that took it is not known to be the one that is believed.
   * @throws {FreshnessError} INDEX_UNAVAILABLE when Redis did not confirm within its time-out, SOURCE_UNAVAILABLE
   */
  async publish(versions: readonly VersionedValue[]): Promise<boolean> {
    if (versions.length === 0) return true
    return this.#isShown(await this.advance(versions))
  }

  /** The same with the payloads of a few rows, so that no reader asks for them: for what an answer waits for. @throws as `publish` */
  async publishWithPayloads(versions: readonly VersionedTag[]): Promise<boolean> {
    if (versions.length === 0) return true
    const { values, part } = await this.#index.withPayloads(versions)
    return this.#isShown(await this.advance(values, part))
  }

  /**
   * The same for all that one commit has changed: those who follow the outbox need not apply it again.
   * @param outboxIds rows that say nothing but this
   * @throws as `publish`
   */
  async publishCommit(versions: readonly VersionedTag[], outboxIds: readonly string[]): Promise<boolean> {
    const { written, outerKnows } = await this.advance(versions)
    return (await this.#index.markIndexed(outboxIds, written.lease)) && outerKnows
  }

  /** After the index: a term that has begun by then may belong to another Redis, which does not have the versions. */
  async #isShown({ written, outerKnows }: { written: Written; outerKnows: boolean }): Promise<boolean> {
    return (await this.#index.isCurrent(written.lease)) && outerKnows
  }

  /**
   * The same, for the outbox, which goes on until it is done.
   * @param part whether the index may have a part of a commit afterwards, where that is known; else the source is asked
   * @returns what the index said, and whether the outer cache shows nothing older
   * @throws {FreshnessError} INDEX_UNAVAILABLE
   */
  async advance(
    versions: readonly VersionedValue[],
    part: boolean | Promise<boolean> = this.#index.leavesAPart(versions),
  ): Promise<{ written: Written; outerKnows: boolean }> {
    let outerKnows = true
    let written: Written | undefined
    for (let at = 0; at < versions.length; at += PART) {
      const some = versions.slice(at, at + PART)
      const before = await this.#outer.beforeIndex(some)
      try {
        const one = await this.#index.raise(some, versions.length > PART || part)
        written = written ? bothWritten(written, one) : one
      } finally {
        outerKnows = (await this.#outer.afterIndex(some)) && before && outerKnows
      }
    }
    return { written: written ?? (await this.#index.raise([])), outerKnows }
  }

  /**
   * Says that something was committed that the index does not have yet, of any size. To be called after the commit: when it
   * returns true, each read that starts from then on in a process that believes the index is answered from the source, with all of
   * the commit. The outbox brings it to the index.
   * @returns false when Redis did not take it, or has no lease of the present term: then a read may show what was before, until the
   *   outbox is followed
   */
  async markBehind(): Promise<boolean> {
    try {
      const { lease } = await this.#index.link.markBehind()
      return await this.#index.isCurrent(lease)
    } catch (error) {
      this.#log.warn({ err: error }, 'the index could not be marked as behind')
      return false
    }
  }

  /**
   * Raises the index to the versions that are about to be shown, so that no cached page shows less to the same reader
   * afterwards: for what was just read from the source, such as a search.
   * @param start taken before they were read
   * @throws {FreshnessError} SOURCE_UNAVAILABLE when neither store can say that they may be shown
   */
  publishShown(versions: Iterable<VersionedTag>, start: ReadStart): Promise<void> {
    return this.publishRendered(dependenciesOn(versions), start)
  }

  /**
   * The same for what was just rendered.
   * @throws {FreshnessError} SOURCE_UNAVAILABLE, also when the source does not say that it is the one of `start` and that others have
   *   seen, and when it has lost what the index has
   */
  async publishRendered(dependencies: Dependencies, start: ReadStart): Promise<void> {
    if (dependencies.versions.size === 0) return
    const term = await this.#index.guarded.requireCurrent(start)
    const snapshot = await this.#index.readVersions([...dependencies.versions.keys()])
    await this.raiseToAtLeast(dependencies, snapshot, start)
    this.#index.refuseLost(dependencies, term, snapshot)
  }

  /**
   * Before a response is sent: raises the index to what the response shows, where that is newer. A render may
   * have read a row between its commit and the writer's publication; the next page must not show less.
   * @param snapshot read after the values were; a read of it may have waited until another source had begun its term
   * @param start taken before the values were read
   * @throws {FreshnessError} SOURCE_UNAVAILABLE when the index did not take it in time, and the source cannot say that no
   *   other reader is shown less; and when the source of `start` is not the one that answers, which may have lost the values
   */
  async raiseToAtLeast(
    dependencies: Pick<Dependencies, 'versions'>,
    snapshot: Snapshot,
    start: ReadStart,
  ): Promise<void> {
    const newer = [...dependencies.versions].flatMap(([name, version]) => {
      const ref = parseTag(name)
      return ref && version > (snapshot.states.get(name)?.version ?? 0) ? [{ ...ref, version }] : []
    })
    if (newer.length === 0) return
    if (snapshot.from === 'index') {
      await this.#index.guarded.requireCurrent(start)
      const taken = await this.advance(newer).catch((error: unknown) => {
        if (!this.#refused) this.#log.warn({ err: error }, 'could not raise the index to what was read')
        this.#refused = true
      })
      if (taken && this.#refused) {
        this.#log.info({}, 'the index is raised to what is read again')
        this.#refused = false
      }
      if (taken?.written.believed) return
    }
    // Waits until it may be shown, as for any read that does not believe the index.
    const now = await this.#index.readVersions(newer.map(({ kind, id }) => tag(kind, id)))
    if (now.from === 'index') await this.raiseToAtLeast(dependencies, now, start)
  }

  /**
   * Marks entries that carry any of `tags` as outdated. `price:42` is about every entry made so far;
   * `price:42@8` about those that were made from an older version or that name none: one that is current stays.
   * @param graceSeconds 0: gone at once; otherwise they are served while one render replaces them, for so long. Of an
   *   older version there is no grace.
   * @throws {FreshnessError} INDEX_UNAVAILABLE: an invalidation is never lost in silence
   */
  async revalidate(tags: readonly string[], graceSeconds = 0): Promise<void> {
    await Promise.all(tags.map((text) => this.#outdated(`${graceSeconds} ${text}`)))
  }

  async #outdate(tags: readonly string[], graceSeconds: number): Promise<void> {
    const versions = tags.flatMap((text) => parseCacheTag(text) ?? [])
    const named = versions.map(({ kind, id }) => tag(kind, id))
    if (versions.length > 0) {
      const { from, states } = await this.#index.readVersions(named)
      // The index has heard of what is delivered, and so has the outer cache.
      const news = versions.filter(
        ({ kind, id, version }) => from === 'source' || version > (states.get(tag(kind, id))?.version ?? 0),
      )
      if (news.length > 0) await this.publish(news)
    }
    const plain = tags.filter((text) => !parseCacheTag(text))
    await this.#index.outdate([...named, ...plain], versions.length, graceSeconds)
  }
}
