/** Brings the data set of a new term up to date with the source, before any process believes it. */
import type { Log, RedisClient, VersionSource } from '../ports.ts'
import { keys } from '../protocol/keys.ts'
import { parseTagState } from '../protocol/tagState.ts'
import { scanKeys } from '../redis/scanKeys.ts'
import { parseTag, tag, type VersionedTag } from '../tags.ts'
import { foldShown } from './foldShown.ts'
import { inspectServer } from './inspectServer.ts'
import type { Publisher } from './publisher.ts'

export class Resync {
  readonly #redis: RedisClient
  readonly #source: VersionSource
  readonly #publisher: Publisher
  readonly #log: Log

  constructor(redis: RedisClient, source: VersionSource, publisher: Publisher, log: Log) {
    this.#redis = redis
    this.#source = source
    this.#publisher = publisher
    this.#log = log
  }

  /** From the position that is stored in this data set. @returns the position that it has then */
  async catchUp(from: string): Promise<string> {
    await this.#fold()
    const position = await this.#source.position()
    let changes = 0
    for await (const part of this.#source.changesSince(from)) {
      await this.#publisher.advance(part, true)
      changes += part.length
    }
    this.#log.info({ changes }, 'the index has what changed since its position')
    return position
  }

  /**
   * For a data set that does not say how far it has got in this source: every tag that it holds is compared. Versions of the
   * source that the index is above, or that may have been used twice, are raised above it: the index is never lowered.
   * @param replaced whether the source is another one than the data set knew, which may lack commits: what is written there before
   *   it is compared may use a lost version again
   * @returns the position that it has then
   */
  async rebuild(replaced: boolean): Promise<string> {
    await this.#fold()
    const position = await this.#source.position()
    let [compared, low, lost] = [0, 0, 0]
    for await (const names of scanKeys(this.#redis, keys.tagPrefix)) {
      const found = await this.#compare(names, replaced)
      await this.#publisher.advance(found.low, true)
      await this.#publisher.advance(await this.#source.raiseAbove(found.lost), true)
      compared += names.length
      low += found.low.length
      lost += found.lost.length
    }
    this.#log[lost > 0 ? 'error' : 'info']({ compared, low, lost }, 'the index was compared with the source')
    return position
  }

  /** The tags have all that was shown then. What is shown after this changes the position, and T4 creates no lease. */
  async #fold(): Promise<void> {
    const { server, shown } = await inspectServer(this.#redis)
    await foldShown(this.#redis, server, shown)
  }

  async #compare(names: readonly string[], replaced: boolean) {
    const refs = names.flatMap((name) => parseTag(name.slice(keys.tagPrefix.length)) ?? [])
    if (refs.length === 0) return { low: [], lost: [] }
    const texts = await this.#redis.mget(refs.map(({ kind, id }) => keys.tag(tag(kind, id))))
    const truth = await this.#source.versions(refs.map(({ kind, id }) => tag(kind, id)))
    // After the versions: what was written just before them is among these, and stays there until the new lease lives.
    const mayBeReused = replaced ? await this.#source.pendingTags() : new Set<string>()
    const low: VersionedTag[] = []
    const lost: VersionedTag[] = []
    refs.forEach((ref, i) => {
      const name = tag(ref.kind, ref.id)
      const held = parseTagState(texts[i] ?? null).version
      const version = truth.get(name)
      if (version === undefined || held === 0) return
      if (held < version) low.push({ ...ref, version })
      else if (held > version || mayBeReused.has(name)) lost.push({ ...ref, version: held + 1 })
    })
    return { low, lost }
  }
}
