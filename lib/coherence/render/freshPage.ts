/**
 * A page that is fresh for a read that starts now: from the cache, or rendered by one process in the fleet.
 *
 * Next joins requests for one page into one render, and calls of one `'use cache'` function into one fill, also
 * when they began before the edit that the new request must see. So nothing rendered is believed: each result
 * is read back through the index, after this call began.
 */
import { buildId } from '#lib/platform/build.ts'
import { cacheRedis } from '#lib/platform/redis.ts'
import { publishVersions } from '../index/publishVersions.ts'
import type { Entry } from '../store/entryStore.ts'
import { FreshnessError } from '../protocol/errors.ts'
import { versionsHold } from '../protocol/freshness.ts'
import { keys, LEASE_TTL_MS } from '../protocol/keys.ts'
import { acquireLease, leaseReleased } from './renderLease.ts'
import { publishCounts, renderSeconds } from '../metrics.ts'
import { pageMisses } from './misses.ts'
import { pageCache, type PageValue } from '../store/pageCache.ts'
import { tag } from '../protocol/tags.ts'
import type { RenderLimiter } from './renderLimiter.ts'
import { versionIndex } from '../index/versionIndex.ts'

/** `stored`: the render put its page into the page cache. Otherwise the answer is not one to keep. */
export type Rendered<R> = { readonly stored: true } | { readonly stored: false; readonly response: R }

export type FreshPage<R> =
  | {
      readonly entry: Entry<PageValue>
      readonly cache: 'HIT' | 'MISS' | 'STALE'
      readonly layer: 'l1' | 'redis' | 'render'
    }
  | { readonly response: R }
  | { readonly missing: true }

const CATALOG_TAG = tag('catalog', 1)
const SHARED_ATTEMPTS = 3
const OWN_ATTEMPTS = 3

export class FreshPages<R> {
  /** Renders under way in this process. */
  readonly #flights = new Map<string, Promise<Rendered<R>>>()
  /** Whoever waits for it holds no lease yet, so that other processes do not wait for him. */
  readonly #renderLimiter: RenderLimiter
  readonly #render: (key: string, pathname: string) => Promise<Rendered<R>>
  readonly counts = { render: 0, leaseWait: 0 }

  /**
   * @param render makes Next render `pathname`; what it caches lands in the page cache under `key`
   * @param turns of this process; pages that the cache holds need none
   */
  constructor(render: (key: string, pathname: string) => Promise<Rendered<R>>, turns: RenderLimiter) {
    this.#renderLimiter = turns
    this.#render = async (key, pathname) => {
      this.counts.render++
      const end = renderSeconds().startTimer()
      return render(key, pathname).finally(end)
    }
    publishCounts(
      'evergreen_page_builds_total',
      'What misses led to: renders here, or waits for another process',
      {},
      () => this.counts,
    )
  }

  /**
   * @param exists asked before a render is begun, so that what does not exist waits for no turn and takes none
   * @throws {FreshnessError} NOT_VERIFIED when edits came faster than renders, or more pages are missing than can be
   *   rendered, for as long as it tried;
   *   SOURCE_UNAVAILABLE when neither Redis nor Postgres answers
   */
  async get(key: string, pathname: string, exists?: () => Promise<boolean>): Promise<FreshPage<R>> {
    for (let attempt = 0; attempt <= SHARED_ATTEMPTS; attempt++) {
      const found = await pageCache().get(key)
      if (found) {
        if (found.ahead) await versionIndex().raiseToAtLeast(found.entry.dependencies, found.snapshot)
        if (found.verdict === 'replaceable') void this.#flight(key, pathname).catch(() => undefined)
        const cache = found.verdict !== 'fresh' ? 'STALE' : attempt > 0 ? 'MISS' : 'HIT'
        return { entry: found.entry, cache, layer: attempt > 0 && found.layer === 'l1' ? 'render' : found.layer }
      }
      if (attempt === SHARED_ATTEMPTS) break
      // With neither store there is nothing to render from: say so at once.
      await versionIndex().read([CATALOG_TAG])
      if (attempt === 0 && exists && !(await exists())) return { missing: true }
      const rendered = await this.#flight(key, pathname)
      if (!rendered.stored) return { response: rendered.response }
    }
    return this.#renderAlone(key, pathname)
  }

  /** One flight a key and process; whoever joins checks the result for itself. */
  #flight(key: string, pathname: string): Promise<Rendered<R>> {
    const joined = this.#flights.get(key)
    if (joined) return joined
    pageMisses().count(pathname)
    const flight = this.#renderWithLease(key, pathname).finally(() => this.#flights.delete(key))
    this.#flights.set(key, flight)
    return flight
  }

  async #renderWithLease(key: string, pathname: string): Promise<Rendered<R>> {
    const leaseKey = keys.lease(buildId(), key)
    const rendered = await this.#renderLimiter.take(async () => {
      const lease = versionIndex().trusted ? await acquireLease(cacheRedis(), leaseKey) : undefined
      if (!lease && versionIndex().trusted) return undefined
      try {
        return await this.#render(key, pathname)
      } finally {
        await lease?.release()
      }
    })
    if (rendered) return rendered
    this.counts.leaseWait++
    await leaseReleased(cacheRedis(), leaseKey, LEASE_TTL_MS)
    return { stored: true }
  }

  /**
   * Edits come faster than renders. What counts is not that the page is the newest, but that it is no older
   * than what the index said when this read began.
   */
  async #renderAlone(key: string, pathname: string): Promise<FreshPage<R>> {
    const outdated = pageCache().peek(key)
    if (outdated) await versionIndex().reconcile(outdated.dependencies.tags)
    let floor = outdated && (await versionIndex().read(outdated.dependencies.tags))
    for (let attempt = 0; attempt < OWN_ATTEMPTS; attempt++) {
      const rendered = await this.#renderLimiter.take(() => this.#render(key, pathname))
      if (!rendered.stored) return { response: rendered.response }
      const entry = pageCache().peek(key)
      if (!entry) continue
      if (floor && versionsHold(entry.dependencies, floor)) {
        await publishVersions(entry.dependencies)
        return { entry, cache: 'MISS', layer: 'render' }
      }
      // A page that was never held here, or has come to depend on something new: what the next render is measured by.
      const found = await versionIndex().read(entry.dependencies.tags)
      floor = { ...found, states: new Map([...found.states, ...(floor?.states ?? [])]) }
    }
    throw new FreshnessError('NOT_VERIFIED', `no fresh render of ${pathname}`, { retryable: true })
  }
}
