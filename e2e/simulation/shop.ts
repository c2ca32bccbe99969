/** One process of the shop: the kernel as it is, with pages of three kinds, and the write path in small. */
import { createCoherence, FreshnessError, type Coherence } from '#lib/coherence/index.ts'
import { dependenciesOn, withSlots } from '#lib/coherence/protocol/freshness.ts'
import { FreshPages } from '#lib/coherence/render/freshPage.ts'
import { RenderLimiter } from '#lib/coherence/render/renderLimiter.ts'
import { renderStart } from '#lib/coherence/render/renderStart.ts'
import { tag } from '#lib/coherence/tags.ts'
import type { Shown } from '../coherence/history.ts'
import type { Bug } from './bug.ts'
import type { Database, Row, Transaction } from './database.ts'
import type { Network } from './network.ts'
import { SimulatedRedis } from './redisClient.ts'
import { KIND, ownOf, readRows, simulatedSource, withSteps } from './source.ts'
import type { Host } from './time.ts'

export const PRODUCTS = [1, 2, 3, 4]
/** `rendered` pages are made with their prices, `template` ones are filled with payloads, a `search` is asked of Postgres each time. */
const PAGES = {
  '/one': { how: 'rendered', products: [1] },
  '/list': { how: 'rendered', products: [1, 2, 3] },
  '/shelf': { how: 'template', products: [2, 3, 4] },
  '/search': { how: 'search', products: [1, 2, 3, 4] },
} as const
export type Page = keyof typeof PAGES
export const PAGE_NAMES = Object.keys(PAGES) as Page[]

export function showsProduct(page: Page, id: number): boolean {
  const products: readonly number[] = PAGES[page].products
  return products.includes(id)
}

const LEASE_MS = 2_000
const STATEMENT_MS = 2_000
/** Milliseconds after which a transaction whose client is gone is rolled back. */
const ABANDONED_MS = 3_000
const RELAYS_EVERY_MS = 300

export interface ReadAnswer {
  readonly shown: readonly Shown[]
  readonly stale: boolean
}

export interface Edited {
  readonly versions: ReadonlyMap<number, Row>
  readonly live: boolean
}

const tagsOf = (products: readonly number[]): string[] => products.map((id) => tag(KIND, id))

function isShown(value: unknown): value is Shown[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && 'version' in one)
}

export class ShopProcess {
  readonly host: Host
  readonly coherence: Coherence
  readonly #network: Network
  readonly #database: Database
  readonly #slow: number
  readonly #fresh: FreshPages<never>

  /** To be called in the process. */
  constructor(
    host: Host,
    network: Network,
    database: Database,
    { logLength, relays, slow }: { readonly logLength: number; readonly relays: boolean; readonly slow: number },
    bug?: Bug,
  ) {
    this.host = host
    this.#network = network
    this.#database = database
    this.#slow = slow
    const source = simulatedSource(host, database, network)
    const redis = new SimulatedRedis(network, host)
    this.coherence = createCoherence({
      indexRedis: redis,
      cacheRedis: redis,
      source: withSteps({ ...source, ...bug?.source?.(source, database) }, (name) => network.onStep(name, host)),
      leaseMs: LEASE_MS,
      logLength,
      reconnect: () => redis.disconnect(),
      buildId: () => 'simulation',
      maxBytes: 2 ** 24,
    })
    const limits = { atOnce: 4, withinMs: 5_000, mostWaiting: 50 }
    this.#fresh = new FreshPages(this.coherence, (key) => this.#render(key), new RenderLimiter(limits))
    bug?.kernel?.(this.coherence)
    this.coherence.index.link.watch()
    if (relays) void this.#relay()
  }

  /** As the relay of the workers does. */
  async #relay(): Promise<void> {
    for (;;) {
      await this.#pause(RELAYS_EVERY_MS)
      await this.coherence.keeper.follow().catch(() => undefined)
    }
  }

  /** @throws {FreshnessError} when no answer may be given: a 503 */
  async read(name: Page): Promise<ReadAnswer> {
    const { how, products } = PAGES[name]
    if (how === 'search') return this.#search(products)
    const page = await this.#fresh.get(name, name)
    if (!('entry' in page)) throw new Error('every page is there, and kept')
    const { entry, snapshot } = page
    const { content } = entry.value
    if (how === 'rendered') {
      const value = content.kind === 'OTHER' ? content.value : undefined
      if (!isShown(value)) throw new Error('a page of another kind')
      return { shown: value, stale: snapshot === undefined }
    }
    const shown = products.map((id) => this.#fill(id, snapshot?.states.get(tag(KIND, id))?.payload))
    return { shown, stale: false }
  }

  #fill(productId: number, payload: string | undefined): Shown {
    if (payload === undefined) throw new FreshnessError('SOURCE_UNAVAILABLE', 'nothing to fill in', { retryable: true })
    const row: Row = JSON.parse(payload)
    return { productId, ...row }
  }

  async #search(products: readonly number[]): Promise<ReadAnswer> {
    const { index, publisher } = this.coherence
    const start = await index.guarded.readStart()
    const shown = await this.#rows(products)
    const versions = shown.map(({ productId: id, version }) => ({ kind: KIND, id, version }))
    await publisher.publishShown(versions, start)
    return { shown, stale: false }
  }

  async #rows(products: readonly number[]): Promise<Shown[]> {
    const rows = await readRows(this.host, this.#database, this.#network, tagsOf(products))
    return products.map((id) => this.#fill(id, rows.get(tag(KIND, id))?.payload))
  }

  async #render(key: string): Promise<{ stored: true }> {
    const { index, pages, publisher } = this.coherence
    const page = PAGES[key as Page]
    const start = await renderStart(index)
    const shown = await this.#rows(page.products)
    await this.#pause(60)
    const made = dependenciesOn(shown.map(({ productId: id, version }) => ({ kind: KIND, id, version })))
    const dependencies = page.how === 'template' ? withSlots(made, tagsOf(page.products)) : made
    const content = { kind: 'OTHER', value: page.how === 'template' ? [] : shown } as const
    await publisher.publishRendered(dependencies, start)
    await pages.put(key, { ...start, dependencies, ttl: 3_600, value: { content, cacheControl: undefined } })
    return { stored: true }
  }

  #pause(mostMs: number): Promise<void> {
    const { timeline } = this.#network
    return new Promise((resolve) => void timeline.after(timeline.random.between(1, mostMs), resolve, this.host))
  }

  /**
   * Writes prices and publishes them.
   * @param isPrepared staged before the commit, and shown by one script after it
   * @param onEnd hears whether the transaction has been committed, which the caller may not hear
   * @throws when the shop does not know what has become of it
   */
  async edit(
    amounts: ReadonlyMap<number, number>,
    isPrepared: boolean,
    onEnd: (versions: ReadonlyMap<number, Row> | undefined) => void,
  ): Promise<Edited> {
    const { publisher, prepareCommit } = this.coherence
    const transaction = await this.#network.query(this.host, STATEMENT_MS, () =>
      begin(this.#network, this.#database, this.host, amounts, onEnd),
    )
    const prepared = isPrepared ? await prepareCommit(ownOf(transaction)) : undefined
    await prepared?.publishAhead()
    await this.#pause(this.#network.timeline.random.happens(this.#slow) ? 1_000 : 30)
    const versions = [...transaction.rows].map(([id, { version }]) => ({ kind: KIND, id, version }))
    try {
      await this.#network.query(this.host, STATEMENT_MS, () => transaction.commit())
    } catch (error) {
      await prepared?.drop()
      throw error
    }
    const live = await (prepared ? prepared.show() : publisher.publishWithPayloads(versions)).catch(() => false)
    return { versions: transaction.rows, live }
  }
}

/** Begins a transaction of a client, which the server ends when the client is gone. */
async function begin(
  { timeline }: Network,
  database: Database,
  host: Host,
  amounts: ReadonlyMap<number, number>,
  onEnd: (versions: ReadonlyMap<number, Row> | undefined) => void,
): Promise<Transaction & { commit(): void }> {
  if (!database.isUp) throw new Error('connect ECONNREFUSED')
  const changes = [...amounts].map(
    ([id, amountCents]) => [id, ({ version }: Row) => ({ version: version + 1, amountCents })] as const,
  )
  const since = timeline.now
  const transaction = await database.write(new Map(changes))
  let isOver = false
  const over = (versions: ReadonlyMap<number, Row> | undefined): void => {
    if (!isOver) onEnd(versions)
    isOver = true
  }
  const abandon = (): void => {
    if (!isOver) database.abort(transaction)
    over(undefined)
  }
  timeline.after(ABANDONED_MS, abandon)
  // It has waited for a row, and its client has not: it would keep the row from those that wait after it.
  if (timeline.now - since > STATEMENT_MS) {
    abandon()
    throw new Error('statement timed out')
  }
  const watch = (): void => {
    if (!host.alive) abandon()
    else if (!isOver) timeline.after(200, watch)
  }
  watch()
  return {
    ...transaction,
    commit: () => {
      if (isOver) throw new Error('the transaction was rolled back')
      if (!database.isUp) throw new Error('connect ECONNREFUSED')
      try {
        database.commit(transaction)
      } catch (error) {
        over(undefined)
        throw error
      }
      over(transaction.rows)
    },
  }
}
