/** Brings the database to `size` products and builds the shop with each of `subjects`, one after the other. */
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Subject } from '../../lib/coherence/conformance/fleet.ts'
import { applyMigrations } from '../../lib/platform/migrations.ts'
import { seedCatalog } from '../../prisma/seed/seedCatalog.ts'
import { buildShop, type Shop } from './shop.ts'
import type { BenchStores } from './stores.ts'

export async function prepareShops(subjects: readonly Subject[], stores: BenchStores, size: number): Promise<Shop[]> {
  await applyMigrations(stores.databaseUrl)
  await seedCatalog({ databaseUrl: stores.databaseUrl, size })
  await endSales(stores.databaseUrl)
  const shops: Shop[] = []
  for (const subject of subjects) shops.push(await buildShop(subject, stores))
  // Builds may have left entries.
  const redis = new Redis(stores.redisUrl)
  await redis.flushdb()
  redis.disconnect()
  return shops
}

/** A sale of an earlier run would still lie over the base prices. */
async function endSales(databaseUrl: string): Promise<void> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  await client.query('DELETE FROM price_schedules')
  await client.end()
}
