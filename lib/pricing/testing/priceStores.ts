/** A catalog, a version index and the process' connections to both, for tests of the write path. */
import { vi } from 'vitest'
import { versionIndex } from '#lib/catalog/coherence.ts'
import { db } from '#lib/platform/db.ts'
import { indexRedis } from '#lib/platform/redis.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'

export interface PriceStores {
  readonly database: SeededDatabase
  /** The process' own connection runs through `redis.proxy`. */
  readonly redis: TestRedis
  /** Everything that a refused request must leave as it is. */
  written(): Promise<{ prices: unknown; changes: number; outbox: number }>
  close(): Promise<void>
}

/** @param prepare runs before the process connects to the database */
export async function priceStores(products = 40, prepare?: (url: string) => Promise<void>): Promise<PriceStores> {
  const [database, redis] = await Promise.all([seededDatabase(products), testRedis()])
  await prepare?.(database.url)
  stubEnvironment({
    databaseUrl: database.url,
    redisUrl: `redis://127.0.0.1:${redis.proxy.port}/${redis.client.options.db}`,
  })
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
