/** A small catalog in a database of its own, for tests that need products with prices. */
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '#lib/generated/prisma/client.ts'
import type { Db } from '#lib/platform/db.ts'
import { seedCatalog } from '../../../prisma/seed/seedCatalog.ts'
import { freshDatabase, type TestDatabase } from './database.ts'

export interface SeededDatabase extends TestDatabase {
  readonly db: Db
}

/** @param size products, with ids from 1 */
export async function seededDatabase(size = 60): Promise<SeededDatabase> {
  const { url, drop } = await freshDatabase()
  await seedCatalog({ databaseUrl: url, size })
  const db = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 5 }) })
  return {
    url,
    db,
    async drop() {
      await db.$disconnect()
      await drop()
    },
  }
}
