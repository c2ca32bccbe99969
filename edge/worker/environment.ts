/** The bindings that Cloudflare hands to the Worker: see wrangler.jsonc. */

/** The part of Workers KV that is used. @see https://developers.cloudflare.com/kv/api/ */
interface Namespace {
  /** At most 100 keys a call. */
  get(keys: string[]): Promise<Map<string, string | null>>
  put(key: string, value: string, options?: { expirationTtl?: number }): Promise<void>
}

export interface Environment {
  readonly VERSIONS: Namespace
  /** The address of the shop; nothing in a request can change it. */
  readonly ORIGIN: string
  /** The address in the browser: the shop makes its absolute addresses of it. */
  readonly PUBLIC_URL: string
  /** Signs control calls, and proves to the shop that the Worker is its edge. */
  readonly EDGE_SECRET: string
  /** The header in which the proxy in front of the Worker names the visitor, over one that the visitor sends. Empty: only this machine asks. */
  readonly CLIENT_ADDRESS_HEADER: string
  /** Milliseconds without a confirmed index after which nothing with a price is served from the cache. */
  readonly TRUST_MS: string
  /** Seconds. A list page that no purge reaches is old for no longer. */
  readonly LIST_TTL_S: string
}

export interface Context {
  waitUntil(work: Promise<unknown>): void
}

declare global {
  interface CacheStorage {
    /** The zone's cache, in a Worker. */
    readonly default: Cache
  }
}
