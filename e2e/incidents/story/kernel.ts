/** Stores and instances that the stories of the caching kernel share. The pages of an instance show one price each. */
import { Redis } from 'ioredis'
import pg from 'pg'
import { vi } from 'vitest'
import { RESOURCES } from '#lib/catalog/resources.ts'
import { type Coherence, createCoherence, sqlVersionSource } from '#lib/coherence/index.ts'
import { dependenciesOn } from '#lib/coherence/protocol/freshness.ts'
import { FreshPages } from '#lib/coherence/render/freshPage.ts'
import { RenderLimiter } from '#lib/coherence/render/renderLimiter.ts'
import { renderStart } from '#lib/coherence/render/renderStart.ts'
import type { Entry } from '#lib/coherence/store/entryStore.ts'
import type { PageValue } from '#lib/coherence/store/pageCache.ts'
import { tag, type VersionedTag } from '#lib/coherence/tags.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { ownRedis } from '../../bulk/ownStores.ts'

export interface KernelStores {
  readonly database: SeededDatabase
  readonly redis: Pick<TestRedis, 'direct' | 'close'>
  /** The pool of the test itself: for the naive variant, for writers, for the truth. */
  readonly pool: pg.Pool
  close(): Promise<void>
}

/** A server of the test's own: for what is about the server as a whole, such as its memory. */
export async function redisServer(): Promise<KernelStores['redis']> {
  const store = await ownRedis()
  const direct = new Redis(store.url)
  return {
    direct,
    async close() {
      direct.disconnect()
      await store.close()
    },
  }
}

/** @param products with ids from 1 @param redis a database of the test's own, or a whole server */
export async function kernelStores(
  products = 20,
  redis: () => Promise<KernelStores['redis']> = testRedis,
): Promise<KernelStores> {
  const [database, redisOfTest] = await Promise.all([seededDatabase(products), redis()])
  const pool = new pg.Pool({ connectionString: database.url, max: 4 })
  return {
    database,
    redis: redisOfTest,
    pool,
    async close() {
      await pool.end()
      await redisOfTest.close()
      await database.drop()
    },
  }
}

/** @returns the version of the price in Postgres */
export async function versionInPostgres({ pool }: { pool: pg.Pool }, productId: number): Promise<number> {
  const { rows } = await pool.query<{ version: string }>('SELECT version FROM prices WHERE product_id = $1', [
    productId,
  ])
  return Number(rows[0]?.version)
}

/** Commits a new price. Nothing has heard of it yet. @returns its version */
export async function commitPrice({ pool }: { pool: pg.Pool }, productId: number): Promise<VersionedTag> {
  const { rows } = await pool.query<{ version: string }>(
    'UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1 RETURNING version',
    [productId],
  )
  return { kind: 'price', id: productId, version: Number(rows[0]?.version) }
}

const keyOf = (productId: number) => `/en/products/${productId}`

function pageOf(html: string): PageValue {
  const packed = new Map([['html' as const, Buffer.from(html)]])
  return {
    content: { kind: 'APP_PAGE', packed, headers: undefined, postponed: undefined, status: 200 },
    cacheControl: undefined,
  }
}

/** The effect of a render on all others in its process. */
export function keepThread(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;);
}

export interface InstanceOptions {
  /** The address of its Redis, if it is not the server itself. */
  readonly redisPort?: number
  readonly databaseUrl?: string
  /** Put before each key, as by another speller of keys. */
  readonly keyPrefix?: string
  /** Milliseconds; by default as in a shop. */
  readonly leaseMs?: number
  /** Milliseconds that each statement of a reader takes longer than it would. */
  readonly statementMs?: number
  /** Milliseconds for which a render keeps the thread of its process. */
  readonly renderMs?: number
  /** The bytes of bodies that it holds in memory. */
  readonly maxBytes?: number
}

/** The requests of an instance, with readers or without: the lease and the outbox. */
const UPKEEP = /UPDATE index_term|AS one\b|this_term|^\s*SELECT term::text/

/** The kernel of one process: its own connections, memory and place in the fleet. */
export class KernelInstance {
  readonly coherence: Coherence
  readonly redis: Redis
  readonly #pool: pg.Pool
  readonly #pages: FreshPages<never>
  readonly #options: InstanceOptions
  renders = 0
  /** Seconds that a page may be kept. */
  pageTtl = 60
  /** Statements that it sent to Postgres because of its readers, those of its renders included, and the most at once. */
  statements = 0
  mostAtOnce = 0
  #atOnce = 0

  constructor(stores: KernelStores, options: InstanceOptions) {
    this.#options = options
    const { host, port, db } = stores.redis.direct.options
    this.redis = new Redis({
      ...(options.redisPort === undefined ? { host, port } : { host: '127.0.0.1', port: options.redisPort }),
      db,
      ...(options.keyPrefix !== undefined && { keyPrefix: options.keyPrefix }),
      enableAutoPipelining: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: 2_000,
      retryStrategy: () => 20,
    })
    this.redis.on('error', () => undefined) // the faults are on purpose
    this.#pool = new pg.Pool({ connectionString: options.databaseUrl ?? stores.database.url, max: 5 })
    this.#pool.on('error', () => undefined)
    this.coherence = createCoherence({
      indexRedis: this.redis,
      cacheRedis: this.redis,
      source: sqlVersionSource(RESOURCES, (sql, parameters) => this.#query(sql, parameters)),
      buildId: () => 'story',
      maxBytes: options.maxBytes ?? 64 * 1024 * 1024,
      leaseMs: options.leaseMs,
    })
    this.#pages = new FreshPages(
      this.coherence,
      (key) => this.#render(key),
      new RenderLimiter({ atOnce: 4, withinMs: 20_000, mostWaiting: 1_000 }),
    )
  }

  /** @returns the version that its page of the product shows, and whether a reader waited for a render of it */
  async read(productId: number): Promise<{ version: number; waited: boolean }> {
    const page = await this.#pages.get(keyOf(productId), keyOf(productId))
    if (!('entry' in page)) throw new Error('a story has no other answer than a page')
    const version = page.entry.dependencies.versions.get(tag('price', productId)) ?? Number.NaN
    return { version, waited: page.cache === 'MISS' }
  }

  async shown(productId: number): Promise<number> {
    return (await this.read(productId)).version
  }

  /** @returns whether there is a page at the address of the product; what is not there is not rendered */
  async hasPage(productId: number): Promise<boolean> {
    const exists = async () => (await this.#query('SELECT FROM products WHERE id = $1', [productId])).length > 0
    return !('missing' in (await this.#pages.get(keyOf(productId), keyOf(productId), exists)))
  }

  /** A page made from these rows, as a render that begins now makes it. */
  async entry(rows: readonly VersionedTag[], html = JSON.stringify(rows)): Promise<Entry<PageValue>> {
    const start = await renderStart(this.coherence.index)
    return {
      ...start,
      value: pageOf(html),
      dependencies: dependenciesOn(rows),
      ttl: this.pageTtl,
    }
  }

  /** The writer's way: commit, then publish, then the answer. @returns whether the edit is live */
  async edit(stores: KernelStores, productId: number): Promise<boolean> {
    return this.coherence.publisher.publish([await commitPrice(stores, productId)])
  }

  async stop(): Promise<void> {
    await this.coherence.keeper.stop()
    this.redis.disconnect()
    await this.#pool.end()
  }

  async #query(sql: string, parameters: readonly unknown[]): Promise<object[]> {
    if (UPKEEP.test(sql)) return (await this.#pool.query<object>(sql, [...parameters])).rows
    this.statements++
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce)
    try {
      const { statementMs } = this.#options
      if (statementMs !== undefined) await this.#pool.query('SELECT pg_sleep($1::float8 / 1000)', [statementMs])
      return (await this.#pool.query<object>(sql, [...parameters])).rows
    } finally {
      this.#atOnce--
    }
  }

  async #render(key: string): Promise<{ stored: true }> {
    this.renders++
    keepThread(this.#options.renderMs ?? 0)
    const productId = Number(key.slice(keyOf(0).length - 1))
    const start = await renderStart(this.coherence.index)
    const [row] = await this.#query('SELECT product_id AS id, version::int FROM prices WHERE product_id = $1', [
      productId,
    ])
    const version = row && 'version' in row ? Number(row.version) : Number.NaN
    const made = await this.entry([{ kind: 'price', id: productId, version }])
    await this.coherence.pages.put(key, { ...made, ...start })
    return { stored: true }
  }
}

/** @returns an instance that believes the index */
export async function kernelInstance(stores: KernelStores, options: InstanceOptions = {}): Promise<KernelInstance> {
  const instance = new KernelInstance(stores, options)
  const { index } = instance.coherence
  await vi.waitUntil(async () => {
    await index.connect()
    return index.trusted
  }, 20_000)
  return instance
}
