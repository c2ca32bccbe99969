/** The worker that reads the slot is killed again and again: the next one goes on where it was, and no change is lost. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { type BulkWorker, startBulkWorker } from '../bulk/bulkWorker.ts'

const PRODUCTS = 120
const KILLS = 2
const PATIENCE = { timeout: 30_000, interval: 50 }

let database: SeededDatabase
let redis: TestRedis
let worker: BulkWorker
let seeded: ReadonlyMap<number, bigint>

beforeAll(async () => {
  ;[database, redis] = await Promise.all([seededDatabase(PRODUCTS), testRedis()])
  seeded = new Map((await database.db.price.findMany()).map(({ productId, version }) => [productId, version]))
  vi.stubEnv('PRICE_EVENTS', 'cdc')
  worker = await start()
}, 60_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await worker.kill()
  await redis.close()
  await database.drop()
})

function start(): Promise<BulkWorker> {
  const { host, port, db } = redis.direct.options
  return startBulkWorker({ databaseUrl: database.url, redisUrl: `redis://${host}:${port}/${db}` }, 'relay')
}

const isRead = async () => {
  // While a process makes it, it is active, and nothing of it comes yet.
  const rows = await database.db.$queryRaw<object[]>`
    SELECT FROM pg_replication_slots WHERE database = current_database() AND active AND confirmed_flush_lsn IS NOT NULL`
  return rows.length > 0
}

/** Products whose newest version the index does not have. */
async function lost(): Promise<number[]> {
  const prices = await database.db.price.findMany()
  const texts = await redis.direct.mget(prices.map(({ productId }) => keys.tag(`price:${productId}`)))
  return prices.flatMap(({ productId, version }, i) =>
    parseTagState(texts[i] ?? null).version === Number(version) ? [] : [productId],
  )
}

test(
  `loses no change, each made once and brought by the stream alone, over ${KILLS} kills`,
  { timeout: 90_000 },
  async () => {
    await database.db.$executeRaw`ALTER TABLE prices DISABLE TRIGGER aa_write_outbox`
    await vi.waitUntil(isRead, PATIENCE)
    const change = (productId: number) =>
      database.db.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = ${productId}`
    const each = PRODUCTS / (KILLS + 1)
    for (let round = 0; round <= KILLS; round++) {
      for (let i = 1; i <= each; i++) {
        await change(round * each + i)
        // In the middle of what it hears of.
        if (round < KILLS && i === Math.ceil(each / 2)) await worker.kill()
      }
      if (round < KILLS) worker = await start()
    }
    await vi.waitFor(async () => expect(await lost()).toEqual([]), PATIENCE)
    const prices = await database.db.price.findMany()
    expect(prices.filter(({ productId, version }) => version !== (seeded.get(productId) ?? 0n) + 1n)).toEqual([])
  },
)
