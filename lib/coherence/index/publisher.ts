/**
 * The use case of a change: every cache that keeps versions hears of it, the outer one first, then the fleet's index.
 */
import type { Log, OuterCache } from '../ports.ts'
import { dependenciesOn, type Dependencies, type Snapshot } from '../protocol/freshness.ts'
import { parseTag, parseVersionedTag, tag, type VersionedTag } from '../tags.ts'
import type { VersionIndex } from './versionIndex.ts'

/** For an application without a CDN. */
const NO_OUTER_CACHE: OuterCache = { beforeIndex: async () => true, afterIndex: async () => true }

export class Publisher {
  readonly #index: VersionIndex
  readonly #outer: OuterCache
  readonly #log: Log

  constructor(index: VersionIndex, log: Log, outer = NO_OUTER_CACHE) {
    this.#index = index
    this.#outer = outer
    this.#log = log
  }

  /**
   * Raises the versions of tags everywhere; never lowers one. Safe to repeat, in any order.
   * @returns false when the outer cache could not be told in time and may show older versions
   * @throws {FreshnessError} INDEX_UNAVAILABLE when Redis did not confirm within its time-out
   */
  async publish(versions: readonly VersionedTag[]): Promise<boolean> {
    const before = await this.#outer.beforeIndex(versions)
    await this.#index.raise(versions)
    return (await this.#outer.afterIndex(versions)) && before
  }

  /**
   * Raises the index to the versions that are about to be shown, so that no cached page shows less to the same reader
   * afterwards: for what was just read from the source, such as a search.
   * @throws {FreshnessError} SOURCE_UNAVAILABLE
   */
  publishShown(versions: Iterable<VersionedTag>): Promise<void> {
    return this.publishRendered(dependenciesOn(versions))
  }

  /** The same for what was just rendered. @throws {FreshnessError} SOURCE_UNAVAILABLE */
  async publishRendered(dependencies: Dependencies): Promise<void> {
    await this.raiseToAtLeast(dependencies, await this.#index.read(dependencies.tags))
  }

  /**
   * Before a response is sent: raises the index to what the response shows, where that is newer. A render may
   * have read a row between its commit and the writer's publication; the next page must not show less.
   * @param snapshot read after the values were
   */
  async raiseToAtLeast(dependencies: Pick<Dependencies, 'versions'>, snapshot: Snapshot): Promise<void> {
    if (snapshot.epoch === undefined) return // the versions came from the source: nothing shown can be ahead of it
    const newer = [...dependencies.versions].flatMap(([name, version]) => {
      const ref = parseTag(name)
      return ref && version > (snapshot.states.get(name)?.version ?? 0) ? [{ ...ref, version }] : []
    })
    if (newer.length === 0) return
    try {
      await this.publish(newer)
    } catch (error) {
      // From here on this process reads the source, which has those versions.
      this.#log.warn({ err: error }, 'could not raise the index to what was read')
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
    const versions = tags.flatMap((text) => parseVersionedTag(text) ?? [])
    const named = versions.map(({ kind, id }) => tag(kind, id))
    if (versions.length > 0) {
      const { states } = await this.#index.read(named)
      // The index has heard of what is delivered, and so has the outer cache.
      const news = versions.filter(({ kind, id, version }) => version > (states.get(tag(kind, id))?.version ?? 0))
      if (news.length > 0) await this.publish(news)
    }
    const plain = tags.filter((text) => !parseVersionedTag(text))
    await this.#index.outdate([...named, ...plain], versions.length, graceSeconds)
  }
}
