/** Brings the database to `size` products and builds the shop with each of `subjects`, one after the other. */
import { Redis } from 'ioredis'
import type { Subject } from '../../lib/coherence/conformance/fleet.ts'
import { applyMigrations } from '../../lib/platform/migrations.ts'
import { seedCatalog } from '../../prisma/seed/seedCatalog.ts'
import { buildShop, type Shop } from './shop.ts'
import type { BenchStores } from './stores.ts'

export async function prepareShops(subjects: readonly Subject[], stores: BenchStores, size: number): Promise<Shop[]> {
  await applyMigrations(stores.databaseUrl)
  await seedCatalog({ databaseUrl: stores.databaseUrl, size })
  const shops: Shop[] = []
  for (const subject of subjects) shops.push(await buildShop(subject, stores))
  // Builds may have left entries.
  const redis = new Redis(stores.redisUrl)
  await redis.flushdb()
  redis.disconnect()
  return shops
}
