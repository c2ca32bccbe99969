/** A catalog, a version index and the process' connections to both, for tests of the write path. */
import { vi } from 'vitest'
import { versionIndex } from '#lib/freshness/versionIndex.ts'
import { db } from '#lib/platform/db.ts'
import { indexRedis } from '#lib/platform/redis.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'

export interface PriceStores {
  readonly database: SeededDatabase
  /** The process' own connection runs through `redis.proxy`. */
  readonly redis: TestRedis
  /** Everything that a refused request must leave as it is. */
  written(): Promise<{ prices: unknown; changes: number; outbox: number }>
  close(): Promise<void>
}

/** Before anything else reads the environment: it is parsed once a process. */
export function stubEnvironment(stores: { databaseUrl: string; redisUrl: string }): void {
  vi.stubEnv('DATABASE_URL', stores.databaseUrl)
  vi.stubEnv('REDIS_URL', stores.redisUrl)
  vi.stubEnv('AUTH_SECRET', 'a secret of the tests, long enough')
  vi.stubEnv('INTERNAL_SECRET', 'another secret of the tests, long enough')
  vi.stubEnv('ADMIN_EMAIL', 'admin@evergreen.example')
  vi.stubEnv('ADMIN_PASSWORD', 'the password of the tests')
  vi.stubEnv('PUBLIC_URL', 'https://shop.example')
}

export async function priceStores(products = 40): Promise<PriceStores> {
  const [database, redis] = await Promise.all([seededDatabase(products), testRedis()])
  stubEnvironment({ databaseUrl: database.url, redisUrl: `redis://127.0.0.1:${redis.proxy.port}/${redis.client.options.db}` })
  await versionIndex().connect()
  return {
    database,
    redis,
    async written() {
      const [prices, changes, outbox] = await Promise.all([
        database.db.price.findMany({ orderBy: { productId: 'asc' } }),
        database.db.priceChange.count(),
        database.db.outbox.count(),
      ])
      return { prices, changes, outbox }
    },
    async close() {
      indexRedis().disconnect()
      await db().$disconnect()
      await redis.close()
      vi.unstubAllEnvs() // the database is dropped from the server that the environment names
      await database.drop()
    },
  }
}
