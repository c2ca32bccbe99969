/** A cache as shops put in front of themselves: answers by key for a time, dropped by writers that remember to. */

export interface NaiveCacheOptions {
  /** By default the path itself. */
  readonly keyOf?: (path: string) => string
  /** Milliseconds; by default for ever. */
  readonly ttlMs?: number
  /** Milliseconds on its clock; by default those of the process. */
  readonly now?: () => number
  /** The tags by which a stored page is dropped. */
  readonly tagsOf?: (body: string) => readonly string[]
}

interface Kept {
  readonly body: string
  readonly until: number
  readonly tags: readonly string[]
}

export class NaiveCache {
  readonly #kept = new Map<string, Kept>()
  readonly #origin: (path: string) => Promise<string>
  readonly #options: NaiveCacheOptions

  constructor(origin: (path: string) => Promise<string>, options: NaiveCacheOptions = {}) {
    this.#origin = origin
    this.#options = options
  }

  async get(path: string): Promise<string> {
    const { keyOf, ttlMs = Number.POSITIVE_INFINITY, now = () => performance.now(), tagsOf } = this.#options
    const key = keyOf?.(path) ?? path
    const found = this.#kept.get(key)
    if (found && found.until > now()) return found.body
    const body = await this.#origin(path)
    this.#kept.set(key, { body, until: now() + ttlMs, tags: tagsOf?.(body) ?? [] })
    return body
  }

  /** @returns 200 whether it had the key or not, as purge interfaces do */
  purge(key: string): 200 {
    this.#kept.delete(key)
    return 200
  }

  /** @returns 200 whether a page had the tag or not */
  purgeTag(tag: string): 200 {
    for (const [key, { tags }] of this.#kept) if (tags.includes(tag)) this.#kept.delete(key)
    return 200
  }
}
