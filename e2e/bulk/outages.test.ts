import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { versionIndex } from '#lib/catalog/coherence.ts'
import { db } from '#lib/platform/db.ts'
import { applyMigrations } from '#lib/platform/migrations.ts'
import { indexRedis } from '#lib/platform/redis.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import { seedCatalog } from '../../prisma/seed/seedCatalog.ts'
import { applied, approved, chunksTake, expectEachOnce, untilApplied, untilMoreThan } from './appliedOnce.ts'
import { type BulkWorker, startBulkWorker } from './bulkWorker.ts'
import { type OwnStore, ownPostgres, ownRedis } from './ownStores.ts'

/** Four times two chunks. */
const PRODUCTS = 8_000
const REDIS_AWAY_MS = 10_000

let postgres: OwnStore
let redis: OwnStore
let worker: BulkWorker | undefined

beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([ownPostgres(), ownRedis()])
  await applyMigrations(postgres.url)
  await seedCatalog({ databaseUrl: postgres.url, size: PRODUCTS })
  stubEnvironment({ databaseUrl: postgres.url, redisUrl: redis.url })
  await versionIndex().connect()
  await db().price.updateMany({ data: { compareAtMinor: null } })
}, 180_000)
afterEach(() => worker?.kill())
afterAll(async () => {
  await bulkQueue().close()
  indexRedis().disconnect()
  await db().$disconnect()
  vi.unstubAllEnvs()
  await Promise.all([postgres.close(), redis.close()])
})

/** Versions that the index has of some of the products, and those that Postgres has. */
async function versions(): Promise<{ index: (number | undefined)[]; rows: number[] }> {
  const some = await db().price.findMany({
    where: { productId: { in: Array.from({ length: 80 }, (_, i) => 1 + i * 100) } },
  })
  const { states } = await versionIndex().read(some.map(({ productId }) => `price:${productId}`))
  return {
    index: some.map(({ productId }) => states.get(`price:${productId}`)?.version),
    rows: some.map(({ version }) => Number(version)),
  }
}

describe(`a bulk edit of ${PRODUCTS} prices`, () => {
  test(
    'goes on while Redis is stopped for ten seconds in its middle, and the index follows when it is back',
    { timeout: 180_000 },
    async () => {
      await chunksTake(4)
      const id = await approved(100)
      worker = await startBulkWorker({ databaseUrl: postgres.url, redisUrl: redis.url }, 'bulk,relay')
      await untilMoreThan(id, 0)
      await redis.stop('SIGKILL')
      const before = await applied(id)
      await delay(REDIS_AWAY_MS)
      const after = await applied(id)
      await redis.start()
      expect(before).toBeLessThan(after)
      expect(after, 'rows applied when Redis was back').toBeLessThan(PRODUCTS)
      await untilApplied(id)
      await expectEachOnce(id)
      await expect
        .poll(
          async () => {
            const { index, rows } = await versions()
            return index.every((version, i) => version === rows[i])
          },
          { timeout: 30_000 },
        )
        .toBe(true)
    },
  )

  test(
    'goes on after Postgres was restarted in its middle, once in order and once as a crash',
    { timeout: 180_000 },
    async () => {
      await chunksTake(0.5)
      const id = await approved(10)
      worker = await startBulkWorker({ databaseUrl: postgres.url, redisUrl: redis.url })
      let before = 0
      for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
        await untilMoreThan(id, before)
        await postgres.stop(signal)
        await postgres.start()
        await expect
          .poll(
            () =>
              applied(id).then(
                (count) => (before = count),
                () => -1,
              ),
            { timeout: 30_000 },
          )
          .toBeGreaterThan(0)
        expect(before, `rows applied after ${signal}`).toBeLessThan(PRODUCTS)
      }
      await untilApplied(id)
      await expectEachOnce(id)
    },
  )
})
