/**
 * A page that is fresh for a read that starts now: from the cache, or rendered by one process in the fleet.
 *
 * Next joins requests for one page into one render, and calls of one `'use cache'` function into one fill. Such a render may have
 * begun before the edit that the new request must see. So nothing rendered is believed: each result is read back through the
 * index, after this call began.
 */
import type { Coherence } from '../coherence.ts'
import type { Entry } from '../store/entryStore.ts'
import { FreshnessError } from '../protocol/errors.ts'
import { judge, versionsHold, type Snapshot } from '../protocol/freshness.ts'
import { keys, LEASE_TTL_MS } from '../protocol/keys.ts'
import { unmeasured } from '../ports.ts'
import { defineLeaseCommand } from '../redis/commands.ts'
import { acquireLease, leaseReleased } from './renderLease.ts'
import { confirmedEntry } from '../store/confirmedEntry.ts'
import type { PageValue } from '../store/pageCache.ts'
import type { RenderLimiter } from './renderLimiter.ts'

/** `stored`: the render put its page into the page cache. Otherwise the answer is not one to keep. */
export type Rendered<R> = { readonly stored: true } | { readonly stored: false; readonly response: R }

const STORED = { stored: true } as const

export type FreshPage<R> =
  | {
      readonly entry: Entry<PageValue>
      /** The state of the entry's tags, read after the call began; undefined when neither store could say. */
      readonly snapshot: Snapshot | undefined
      readonly cache: 'HIT' | 'MISS' | 'STALE'
      readonly layer: 'l1' | 'redis' | 'render'
    }
  | { readonly response: R }
  | { readonly missing: true }

const BUILDS = {
  name: 'page_builds_total',
  help: 'What misses led to: renders here, or waits for one under way here or in another process; and pages that were due before they ended',
  labels: ['outcome'],
}
const RENDER_SECONDS = { name: 'page_render_seconds', help: 'Time of one render of a page by Next' }
const RENDER_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
const SHARED_ATTEMPTS = 3
const OWN_ATTEMPTS = 3

export class FreshPages<R> {
  /** Renders under way in this process. */
  readonly #flights = new Map<string, Promise<Rendered<R>>>()
  readonly #coherence: Coherence
  /** A render that waits for it holds no lease yet, so that no other process waits for that. */
  readonly #renderLimiter: RenderLimiter
  readonly #render: (key: string, pathname: string) => Promise<Rendered<R>>
  readonly counts = { render: 0, leaseWait: 0, joined: 0, early: 0 }

  /**
   * @param render makes Next render `pathname`; what it caches lands in the page cache under `key`
   * @param limiter of this process; pages that the cache holds need none
   */
  constructor(
    coherence: Coherence,
    render: (key: string, pathname: string) => Promise<Rendered<R>>,
    limiter: RenderLimiter,
  ) {
    this.#coherence = coherence
    this.#renderLimiter = limiter
    const { cacheRedis, metrics = unmeasured } = coherence.ports
    defineLeaseCommand(cacheRedis)
    const time = metrics.timer(RENDER_SECONDS, RENDER_BUCKETS)
    this.#render = async (key, pathname) => {
      this.counts.render++
      return render(key, pathname).finally(time())
    }
    metrics.counter(BUILDS, () =>
      Object.entries(this.counts).map(([outcome, value]) => ({ labels: { outcome }, value })),
    )
  }

  /**
   * @param exists asked before a render is begun, so that an absent page waits for no render and holds none up
   * @throws {FreshnessError} NOT_VERIFIED when edits came faster than renders, for as long as it tried;
   *   NO_TURN when more pages are missing than can be rendered;
   *   SOURCE_UNAVAILABLE when neither Redis nor the source answers
   */
  async get(key: string, pathname: string, exists?: () => Promise<boolean>): Promise<FreshPage<R>> {
    const { index, pages } = this.#coherence
    for (let attempt = 0; attempt <= SHARED_ATTEMPTS; attempt++) {
      const found = await confirmedEntry(this.#coherence, key)
      if (found) {
        if (found.verdict === 'replaceable') void this.#flight(key, pathname, found.entry).catch(() => undefined)
        else if (found.due) void this.#refreshEarly(key, pathname, found.entry)
        const cache = found.verdict !== 'fresh' ? 'STALE' : attempt > 0 ? 'MISS' : 'HIT'
        return {
          entry: found.entry,
          snapshot: found.verdict === 'unconfirmed' ? undefined : found.snapshot,
          cache,
          layer: attempt > 0 && found.layer === 'l1' ? 'render' : found.layer,
        }
      }
      if (attempt === SHARED_ATTEMPTS) break
      // With neither store there is nothing to render from: say so at once.
      await index.read([])
      // A page that is held here was there: if it is gone, its render finds that out.
      if (attempt === 0 && exists && !pages.peek(key) && !(await exists())) return { missing: true }
      if (this.#flights.has(key)) this.counts.joined++
      const rendered = await this.#flight(key, pathname)
      if (!rendered.stored) return { response: rendered.response }
    }
    return this.#renderAlone(key, pathname)
  }

  /** One flight a key and process; each caller that joins checks the result for itself. */
  #flight(key: string, pathname: string, older?: Entry<PageValue>): Promise<Rendered<R>> {
    const joined = this.#flights.get(key)
    if (joined) return joined
    this.#coherence.misses.count(pathname)
    return this.#takeOff(key, () => this.#renderWithLease(key, pathname, older))
  }

  /** Renders a page that is fresh, before its lifetime ends: no reader waits for it. */
  async #refreshEarly(key: string, pathname: string, older: Entry<PageValue>): Promise<void> {
    if (this.#flights.has(key)) return
    this.counts.early++
    const { ownRenders } = this.#coherence
    const render = () => ownRenders.renderAgain(key, () => this.#renderWithLease(key, pathname, older))
    await this.#takeOff(key, render).catch(() => undefined) // it ends as it would have, and the next reader waits
  }

  #takeOff(key: string, render: () => Promise<Rendered<R>>): Promise<Rendered<R>> {
    const flight = render().finally(() => this.#flights.delete(key))
    this.#flights.set(key, flight)
    return flight
  }

  /** @param older the page that the render replaces, where there is one */
  async #renderWithLease(key: string, pathname: string, older?: Entry<PageValue>): Promise<Rendered<R>> {
    const { index, ports } = this.#coherence
    const leaseKey = keys.lease(ports.buildId(), key)
    const rendered = await this.#renderLimiter.take(async () => {
      const { trusted } = index
      const lease = trusted ? await acquireLease(ports.cacheRedis, leaseKey) : undefined
      if (!lease && trusted) return undefined
      try {
        return (await this.#madeElsewhere(key, older)) ? STORED : await this.#render(key, pathname)
      } finally {
        await lease?.release()
      }
    })
    if (rendered) return rendered
    this.counts.leaseWait++
    await leaseReleased(ports.cacheRedis, leaseKey, LEASE_TTL_MS)
    return STORED
  }

  /** Between the look that found no page and the lease, another process may have had the lease, and made the page. */
  async #madeElsewhere(key: string, older?: Entry<PageValue>): Promise<boolean> {
    const found = await confirmedEntry(this.#coherence, key)
    return found?.verdict === 'fresh' && (!older || found.entry.startedAt > older.startedAt)
  }

  /**
   * Edits come faster than renders. The page need not be the newest, but no older
   * than what the index said when this read began.
   */
  async #renderAlone(key: string, pathname: string): Promise<FreshPage<R>> {
    const { index, pages, publisher } = this.#coherence
    const outdated = pages.peek(key)
    // Without Redis there is nothing to compare, and Postgres answers.
    if (outdated) await index.reconcile(outdated.dependencies.tags).catch(() => undefined)
    let floor = outdated && (await index.read(outdated.dependencies.tags))
    for (let attempt = 0; attempt < OWN_ATTEMPTS; attempt++) {
      const rendered = await this.#renderLimiter.take(() => this.#render(key, pathname))
      if (!rendered.stored) return { response: rendered.response }
      const entry = pages.peek(key)
      if (!entry) continue
      if (floor && isNoOlder(entry, floor)) {
        await publisher.publishRendered(entry.dependencies, entry)
        return { entry, snapshot: await index.read(entry.dependencies.tags), cache: 'MISS', layer: 'render' }
      }
      // A page that was never held here, or has come to depend on something new: what the next render is measured by.
      const found = await index.read(entry.dependencies.tags)
      floor = { ...found, states: new Map([...found.states, ...(floor?.states ?? [])]) }
    }
    throw new FreshnessError('NOT_VERIFIED', `no fresh render of ${pathname}`, { retryable: true })
  }
}

/** As of a read of `floor`. Of the source only versions count: that they are not lost is asked when the page is published. */
function isNoOlder({ dependencies, ...provenance }: Entry<unknown>, floor: Snapshot): boolean {
  return floor.from === 'index' ? judge(dependencies, provenance, floor) !== 'stale' : versionsHold(dependencies, floor)
}
