/**
 * Next's `cacheHandlers.default`: the values of `'use cache'` functions. It makes the same check as the page cache. Without it a
 * new render could be made from the old value that it should replace.
 */
import type { Coherence } from '../coherence.ts'
import { dependenciesOf } from '../protocol/freshness.ts'
import { ENTRY_TTL_S } from '../protocol/keys.ts'
import { owned } from '../store/codec.ts'
import { renderStart, StartLog } from '../render/renderStart.ts'

interface DataEntry {
  value: ReadableStream<Uint8Array>
  tags: string[]
  stale: number
  /** Milliseconds since 1970: when Next called the function, in this process. */
  timestamp: number
  expire: number
  revalidate: number
}

function toStream(bytes: Buffer): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(bytes))
      controller.close()
    },
  })
}

class DataCacheHandler {
  readonly #coherence: Coherence
  readonly #starts = new StartLog()
  readonly #pending = new Map<string, Promise<void>>()

  constructor(coherence: Coherence) {
    this.#coherence = coherence
  }

  async get(key: string, softTags: string[]): Promise<DataEntry | undefined> {
    const { data, index } = this.#coherence
    await this.#pending.get(key)
    // Next waits for good for a `get` that rejects. When neither store can say, the function runs, and says why it cannot.
    const found = await data.get(key).catch(() => undefined)
    if (!found) return this.#begin()
    const soft = softTags.length === 0 ? undefined : await index.read(softTags).catch(() => undefined)
    const expired = softTags.some((name) => found.entry.startedAt <= (soft?.states.get(name)?.expiredAt ?? 0))
    if (expired) return this.#begin()
    const { bytes, ...value } = found.entry.value
    if (found.verdict === 'replaceable') await this.#begin()
    return {
      ...value,
      value: toStream(bytes),
      // Lifetimes are Redis' and L1's business; for Next a value is of this moment, or to be replaced behind the scenes.
      timestamp: Date.now(),
      revalidate: found.verdict === 'replaceable' ? -1 : value.revalidate,
    }
  }

  async set(key: string, pendingEntry: Promise<DataEntry>): Promise<void> {
    const saved = this.#save(key, pendingEntry)
    const settled = saved.catch(() => undefined)
    this.#pending.set(key, settled)
    try {
      await saved
    } finally {
      if (this.#pending.get(key) === settled) this.#pending.delete(key)
    }
  }

  async updateTags(tags: string[], durations?: { expire?: number }): Promise<void> {
    await this.#coherence.publisher.revalidate(tags, durations ? (durations.expire ?? Infinity) : 0)
  }

  /** A miss: Next calls the function next. */
  async #begin(): Promise<undefined> {
    this.#starts.note(await renderStart(this.#coherence.index))
    return undefined
  }

  async #save(key: string, pendingEntry: Promise<DataEntry>): Promise<void> {
    const entry = await pendingEntry
    const chunks = await Array.fromAsync(entry.value)
    const { tags, stale, expire, revalidate, timestamp } = entry
    const start = this.#starts.before(timestamp)
    // A lifetime of a second at most has a reason, such as a row that is not there yet.
    if (!start || expire === 0 || revalidate <= 1) return
    await this.#coherence.data.put(key, {
      ...start,
      value: { bytes: owned(Buffer.concat(chunks)), tags, stale, expire, revalidate },
      dependencies: dependenciesOf(tags),
      ttl: Math.max(1, Math.min(revalidate, expire, ENTRY_TTL_S)),
    })
  }
}

/**
 * The default export of the module that `cacheHandlers.default` of next.config.js names.
 * @param coherence the process' own; undefined while Next builds, when nothing is read or kept
 */
export function dataCacheHandler(coherence: () => Coherence | undefined) {
  let made: DataCacheHandler | undefined
  const handler = () => (made ??= makeFor(coherence()))
  return {
    get: async (key: string, softTags: string[]) => handler()?.get(key, softTags),
    set: async (key: string, pendingEntry: Promise<DataEntry>) => handler()?.set(key, pendingEntry),
    /** Nothing is remembered here that a refresh could bring up to date: every `get` asks the index. */
    refreshTags: async () => undefined,
    /** Soft tags are judged in `get`, where the start of the entry is known. */
    getExpiration: async () => Infinity,
    updateTags: async (tags: string[], durations?: { expire?: number }) => handler()?.updateTags(tags, durations),
  }
}

function makeFor(coherence: Coherence | undefined): DataCacheHandler | undefined {
  return coherence && new DataCacheHandler(coherence)
}
