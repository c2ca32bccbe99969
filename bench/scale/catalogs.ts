/** One catalog that grows from size to size, in a database of its own, and a version index that has all of it. */
import { Redis } from 'ioredis'
import pg from 'pg'
import { applyMigrations } from '../../lib/platform/migrations.ts'
import { seedCatalog } from '../../prisma/seed/seedCatalog.ts'
import { ageCatalog } from '../../tools/scale/ageCatalog.ts'
import { shopEnvironment } from '../lib/shop.ts'
import type { BenchStores } from '../lib/stores.ts'
import { multiplyCatalog } from './multiply.ts'

export const SMALLEST = 1_000
const PUBLISHED_AT_ONCE = 1_000

export interface Catalogs {
  readonly databaseUrl: string
  readonly client: pg.Client
  /** @param size a multiple of the one before */
  grow(size: number): Promise<void>
  /** As when every price of the catalog had been read once. @returns bytes of Redis for each */
  fillIndex(): Promise<number>
  drop(): Promise<void>
}

async function usedMemory(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1] ?? 0)
}

export async function catalogs(stores: BenchStores): Promise<Catalogs> {
  // A database of its own: in that of the other benchmarks are as many products as the largest of them needed.
  const databaseUrl = Object.assign(new URL(stores.databaseUrl), { pathname: '/evergreen_scale' }).href
  const server = new pg.Client(stores.databaseUrl)
  await server.connect()
  const redis = new Redis(stores.redisUrl)
  // What other benchmarks have left there is of other versions: a new term would raise those of this catalog above them.
  await redis.flushdb()
  const drop = () => server.query('DROP DATABASE IF EXISTS evergreen_scale WITH (FORCE)')
  await drop()
  await server.query('CREATE DATABASE evergreen_scale')
  Object.assign(process.env, shopEnvironment({ ...stores, databaseUrl }))
  await applyMigrations(databaseUrl)
  await seedCatalog({ databaseUrl, size: SMALLEST })
  const client = new pg.Client(databaseUrl)
  await client.connect()
  await ageCatalog(client)
  const { coherence, versionIndex } = await import('../../lib/catalog/coherence.ts')
  await versionIndex().connect()
  let now = SMALLEST
  let published = 0
  return {
    databaseUrl,
    client,
    async grow(size) {
      if (size % now !== 0)
        throw new Error(`a catalog of ${now} cannot become one of ${size}: each size is a multiple of the one before`)
      if (size > now) await multiplyCatalog(databaseUrl, size / now)
      now = size
      // No trigger has seen it: what follows the log of changes has to read everything again.
      await client.query(`UPDATE index_term SET forgotten = database_identity() || ' ' || pg_current_xact_id()`)
    },
    async fillIndex() {
      const { rows } = await client.query<{ id: number; version: string }>(
        'SELECT product_id AS id, version FROM prices WHERE product_id > $1 ORDER BY product_id',
        [published],
      )
      const before = await usedMemory(redis)
      for (let i = 0; i < rows.length; i += PUBLISHED_AT_ONCE)
        await coherence().publisher.publish(
          rows
            .slice(i, i + PUBLISHED_AT_ONCE)
            .map(({ id, version }) => ({ kind: 'price' as const, id, version: Number(version) })),
        )
      published = rows.at(-1)?.id ?? published
      return ((await usedMemory(redis)) - before) / Math.max(1, rows.length)
    },
    async drop() {
      await client.end()
      redis.disconnect()
      await drop()
      await server.end()
    },
  }
}
