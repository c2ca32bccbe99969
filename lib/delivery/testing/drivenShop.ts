/** The parts that the tests of both sources of changes share: real stores, a queue that no worker empties, and a relay that they start and stop. */
import { afterAll, afterEach, beforeAll, vi } from 'vitest'
import { coherence } from '#lib/catalog/coherence.ts'
import { db } from '#lib/platform/db.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import type { FaultProxy } from '#lib/coherence/testing/faultProxy.ts'
import { connectRedis } from '#lib/platform/redis.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { openInvalidationQueue, type InvalidationQueue } from '#lib/queue/invalidationQueue.ts'
import { CdcSource, type CdcSourceOptions } from '../changes/cdc/cdcSource.ts'
import type { ChangeSource } from '../changes/changeSource.ts'
import { QueueDeliverer } from '../changes/queueDeliverer.ts'

export interface DrivenShop {
  readonly catalog: SeededDatabase
  /** Before the Redis of the queue alone. */
  readonly queueProxy: FaultProxy
  /** A relay of this source, which ends with the test. @returns ends it before */
  start(source: ChangeSource): () => Promise<void>
  /** Whether a process reads the slot: while one makes it, nothing of it comes yet. */
  isRead(): Promise<boolean>
  /** Ids of outbox rows that jobs name, each as often as it is named. */
  handedOver(): Promise<string[]>
  /** Changes prices in one statement, past the application. @returns the rows of the outbox that it wrote */
  change(...productIds: number[]): Promise<string[]>
  /** @returns products that were changed and whose version in the index is not that in Postgres */
  behind(): Promise<number[]>
}

/** A source of changes on this process' stores. */
export function cdcSource(more: Partial<CdcSourceOptions> = {}): CdcSource {
  return new CdcSource({ db: db(), index: coherence().index, ...more })
}

/** @param size products */
export function drivenShop(size: number): DrivenShop {
  let catalog: SeededDatabase
  let redis: TestRedis
  let queue: InvalidationQueue
  /** Versions of the seed, which leaves them to their first readers. */
  let seeded: ReadonlyMap<number, bigint>
  const stops: (() => Promise<void>)[] = []

  beforeAll(async () => {
    ;[catalog, redis] = await Promise.all([seededDatabase(size), testRedis()])
    const { host, port, db: number } = redis.direct.options
    stubEnvironment({ databaseUrl: catalog.url, redisUrl: `redis://${host}:${port}/${number}` })
    queue = openInvalidationQueue(
      connectRedis(`redis://127.0.0.1:${redis.proxy.port}/${number}`, 'queue', { withinMs: 2_000 }),
    )
    seeded = new Map((await catalog.db.price.findMany()).map(({ productId, version }) => [productId, version]))
    await coherence().index.connect()
    await vi.waitUntil(() => coherence().index.trusted, 20_000)
  })
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()))
    await queue.obliterate({ force: true })
    await catalog.db.outbox.updateMany({ where: { doneAt: null }, data: { doneAt: new Date() } })
    await catalog.db.alert.deleteMany()
  })
  afterAll(async () => {
    await coherence().keeper.stop()
    await queue.close()
    await db().$disconnect()
    vi.unstubAllEnvs()
    await redis.close()
    await catalog.drop()
  })

  return {
    get catalog() {
      return catalog
    },
    get queueProxy() {
      return redis.proxy
    },
    start(source) {
      const stop = new AbortController()
      const running = source.run(new QueueDeliverer({ db: db(), keeper: coherence().keeper, queue }), stop.signal)
      const end = () => {
        stop.abort()
        return running
      }
      stops.push(end)
      return end
    },
    async isRead() {
      const rows = await catalog.db.$queryRaw<object[]>`
        SELECT FROM pg_replication_slots
        WHERE database = current_database() AND active AND confirmed_flush_lsn IS NOT NULL`
      return rows.length > 0
    },
    async handedOver() {
      const jobs = await queue.getJobs(['waiting', 'active', 'delayed', 'prioritized'])
      return jobs.flatMap(({ data }) => [...data.outboxIds])
    },
    async change(...productIds) {
      const rows = await catalog.db.$transaction(async (tx) => {
        await tx.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = ANY(${productIds}::int[])`
        return tx.$queryRaw<{ id: string }[]>`SELECT id::text FROM outbox WHERE xid = pg_current_xact_id()`
      })
      return rows.map(({ id }) => id)
    },
    async behind() {
      const prices = await catalog.db.price.findMany({ select: { productId: true, version: true } })
      const held = await coherence().index.held(prices.map(({ productId }) => ({ kind: 'price', id: productId })))
      return prices.flatMap(({ productId, version }, i) =>
        version !== seeded.get(productId) && held[i] !== Number(version) ? [productId] : [],
      )
    },
  }
}
