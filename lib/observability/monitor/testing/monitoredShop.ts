/** The parts that the tests of the monitor's checks share: real stores, and a web instance that only has metrics. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest'
import type { Finding } from '#lib/alerts/finding.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import { PageSamples } from '#lib/delivery/readBack.ts'
import { beat } from '#lib/platform/process/heartbeat.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { type InvalidationQueue, openInvalidationQueue } from '#lib/queue/invalidationQueue.ts'
import type { Check, MonitorContext } from '../context.ts'

export interface Monitored {
  readonly catalog: SeededDatabase
  readonly redis: TestRedis
  readonly context: MonitorContext
  /** The answer of the web instance at `webUrl`, and the tags in its `Cache-Tag`. */
  metricsText: string
  pageTags: string
  readonly webUrl: string
  /** The findings of a check. */
  findings(check: Check, more?: Partial<MonitorContext>): Promise<Finding[]>
  /** Changes a price. @param ageS seconds that its outbox row seems to be old @returns the id of the row */
  change(productId: number, ageS: number): Promise<bigint>
}

/** Starts the stores before the tests of a file and empties what they leave behind. */
export function monitoredShop(): Monitored {
  let catalog: SeededDatabase
  let redis: TestRedis
  let context: MonitorContext
  let queue: InvalidationQueue
  let web: Server
  let metricsText = ''
  let pageTags = ''

  beforeAll(async () => {
    catalog = await seededDatabase(30)
    redis = await testRedis()
    const { host, port, db } = redis.direct.options
    stubEnvironment({ databaseUrl: catalog.url, redisUrl: `redis://${host}:${port}/${db}` })
    web = createServer((_request, response) => response.setHeader('cache-tag', pageTags).end(metricsText)).listen(
      0,
      '127.0.0.1',
    )
    await once(web, 'listening')
    queue = openInvalidationQueue()
    const { index, publisher, ports } = await testCoherence(redis.client, catalog.db)
    context = {
      db: catalog.db,
      source: ports.source,
      index,
      publisher,
      indexRedis: redis.client,
      cacheRedis: redis.client,
      webUrls: [],
      samples: new PageSamples(),
      internalSecret: 'another secret of the tests, long enough',
      budgetMs: 2_000,
      intervalMs: 1_000,
      locales: ['en', 'de'],
      queue,
      hasEdge: false,
    }
  })
  afterAll(async () => {
    web.close()
    await queue.close()
    vi.unstubAllEnvs()
    await redis.close()
    await catalog.drop()
  })
  beforeEach(async () => {
    await beat(catalog.db, 'relay')
    await beat(catalog.db, 'invalidator')
  })
  afterEach(async () => {
    await catalog.db.outbox.updateMany({ where: { doneAt: null }, data: { doneAt: new Date() } })
    await catalog.db
      .$executeRaw`UPDATE price_index i SET version = p.version FROM prices p WHERE p.product_id = i.product_id`
    await catalog.db.invalidation.deleteMany()
    await catalog.db.alert.deleteMany()
    await catalog.db.heartbeat.deleteMany()
  })

  async function findings(check: Check, more: Partial<MonitorContext> = {}): Promise<Finding[]> {
    const reported: Finding[] = []
    const found = await check.run({ ...context, ...more }, async (early) => void reported.push(...early))
    return found.length > 0 ? found : reported
  }

  async function change(productId: number, ageS: number): Promise<bigint> {
    await catalog.db.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = ${productId}`
    const row = await catalog.db.outbox.findFirstOrThrow({
      where: { topic: 'price', entityIds: { has: productId } },
      orderBy: { id: 'desc' },
    })
    await catalog.db
      .$executeRaw`UPDATE outbox SET created_at = created_at - make_interval(secs => ${ageS}) WHERE id = ${row.id}`
    return row.id
  }

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
    set metricsText(text: string) {
      metricsText = text
    },
    set pageTags(tags: string) {
      pageTags = tags
    },
    get webUrl() {
      const address = web.address()
      return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    },
    findings,
    change,
  }
}
