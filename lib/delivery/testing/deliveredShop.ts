/** The parts that the tests of delivery share: real stores, and a web instance whose pages show what Postgres has, or fail. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, afterEach, beforeAll, vi } from 'vitest'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { appliedBy } from '../appliedPosition.ts'
import type { InvalidationContext } from '../invalidation.ts'
import { PageSamples } from '../readBack.ts'

/** None of these tests loses a lease, and a busy machine stands still for two seconds. */
const LEASE_MS = 20_000

export interface DeliveredShop {
  readonly catalog: SeededDatabase
  readonly redis: TestRedis
  readonly context: InvalidationContext
  /** Products whose page answers 500. */
  readonly broken: Set<number>
  /** Products whose page does not answer while they are here. */
  readonly slow: Set<number>
  /** Paths of pages that the web instance says it keeps. */
  readonly kept: string[]
  /** Paths that the web instance was asked for. */
  readonly asked: string[]
  /** Changes prices in one statement. @returns the rows of the outbox that it wrote */
  change(...productIds: number[]): Promise<bigint[]>
}

/** @param size products */
export function deliveredShop(size: number): DeliveredShop {
  let catalog: SeededDatabase
  let redis: TestRedis
  let context: InvalidationContext
  let web: Server
  const broken = new Set<number>()
  const slow = new Set<number>()
  const kept: string[] = []
  const asked: string[] = []

  async function page(slug: string): Promise<{ status: number; html: string } | undefined> {
    const product = await catalog.db.product.findUniqueOrThrow({ where: { slug }, include: { price: true } })
    if (slow.has(product.id)) return undefined
    if (broken.has(product.id)) return { status: 500, html: 'It cannot be rendered.' }
    return { status: 200, html: `<meta name="price-version" content="${product.id}@${product.price?.version}" />` }
  }

  /** @returns undefined for no answer */
  async function answer(path: string): Promise<{ status: number; html: string } | undefined> {
    asked.push(path)
    const [, slug] = /^\/en\/products\/([a-z0-9-]+)$/.exec(path) ?? []
    if (slug !== undefined) return page(slug)
    return { status: 200, html: JSON.stringify({ pages: kept, applied: await appliedBy(context.index) }) }
  }

  beforeAll(async () => {
    catalog = await seededDatabase(size)
    redis = await testRedis()
    const { host, port, db } = redis.direct.options
    stubEnvironment({ databaseUrl: catalog.url, redisUrl: `redis://${host}:${port}/${db}` })
    web = createServer((request, response) => {
      request.resume()
      answer(request.url ?? '').then(
        (answered) => answered && response.writeHead(answered.status).end(answered.html),
        () => response.destroy(),
      )
    }).listen(0, '127.0.0.1')
    await once(web, 'listening')
    const address = web.address()
    const { index, publisher, ports } = await testCoherence(redis.client, catalog.db, { leaseMs: LEASE_MS })
    context = {
      db: catalog.db,
      source: ports.source,
      index,
      publisher,
      cacheRedis: redis.client,
      webUrls: [`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`],
      internalSecret: 'another secret of the tests, long enough',
      samples: new PageSamples(),
    }
  })
  afterAll(async () => {
    web.closeAllConnections()
    web.close()
    vi.unstubAllEnvs()
    await redis.close()
    await catalog.drop()
  })
  afterEach(async () => {
    broken.clear()
    slow.clear()
    kept.length = 0
    asked.length = 0
    await catalog.db.outbox.updateMany({ where: { doneAt: null }, data: { doneAt: new Date() } })
    await catalog.db.invalidation.deleteMany()
    await catalog.db.alert.deleteMany()
  })

  return {
    get catalog() {
      return catalog
    },
    get redis() {
      return redis
    },
    get context() {
      return context
    },
    broken,
    slow,
    kept,
    asked,
    async change(...productIds) {
      const [before] = await catalog.db.$queryRaw<{ id: bigint }[]>`SELECT COALESCE(max(id), 0) AS id FROM outbox`
      await catalog.db
        .$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = ANY(${productIds}::int[])`
      const rows = await catalog.db.outbox.findMany({
        where: { id: { gt: before?.id ?? 0n }, topic: 'price' },
        select: { id: true },
        orderBy: { id: 'asc' },
      })
      return rows.map(({ id }) => id)
    },
  }
}
