/** Postgres behind PgBouncer in transaction mode, where a session of one's own takes the direct address. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keys } from '#lib/coherence/index.ts'
import { testEnv } from '#lib/platform/env.ts'
import { freshDatabase } from '#lib/platform/testing/database.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { prepareCatalog } from '../../tools/run/catalog.ts'
import { checkDatabase } from '../../tools/services/external.ts'
import { type BulkWorker, startBulkWorker } from '../bulk/bulkWorker.ts'
import { pgBouncer, type PgBouncer } from '../support/pgBouncer.ts'

let database: SeededDatabase
let pooler: PgBouncer
let redis: TestRedis
beforeAll(async () => {
  ;[database, redis] = await Promise.all([seededDatabase(30), testRedis()])
  pooler = await pgBouncer(database.url)
}, 120_000)
afterAll(async () => {
  await pooler.close()
  await redis.close()
  await database.drop()
})

test('npm start says in one sentence that the direct address is missing, also where the pooler ignores what it does not know', async () => {
  const lenient = await pgBouncer(database.url, 'ignore_startup_parameters = options, statement_timeout')
  try {
    for (const { url } of [pooler, lenient])
      await expect(checkDatabase({ url })).rejects.toThrow(/^DATABASE_URL leads through a pooler.*DATABASE_DIRECT_URL/)
  } finally {
    await lenient.close()
  }
  await expect(checkDatabase({ url: pooler.url, direct: pooler.url })).rejects.toThrow(
    'DATABASE_DIRECT_URL leads through a pooler, too',
  )
})

test('takes both addresses, and refuses two of different databases', async () => {
  expect(await checkDatabase({ url: pooler.url, direct: database.url })).toEqual([])
  const other = await freshDatabase()
  try {
    await expect(checkDatabase({ url: pooler.url, direct: other.url })).rejects.toThrow('lead to different databases')
  } finally {
    await other.drop()
  }
})

test('makes the administrator: migrations, seed and accounts go to the direct address, with all rights of the owner left', async () => {
  const { madeAdministrator } = await prepareCatalog(
    {
      DATABASE_URL: pooler.url,
      DATABASE_DIRECT_URL: database.url,
      REDIS_URL: testEnv().REDIS_URL,
      CATALOG_SIZE: '30',
      ADMIN_EMAIL: 'admin@evergreen.example',
      ADMIN_PASSWORD: 'the password of the tests',
      AUTH_SECRET: 'a secret of the tests, long enough',
    },
    AbortSignal.timeout(60_000),
  )
  expect(madeAdministrator).toBe(true)
  const [right] = await database.db.$queryRaw<{ owns: boolean }[]>`
    SELECT has_table_privilege('audit_log', 'DELETE') AS owns`
  expect(right?.owns, 'nothing was revoked').toBe(true)
}, 60_000)

test('a worker hears of edits past the application, and its lock as the monitor ends with it', async () => {
  const { direct } = redis
  const locks = () => database.db.$queryRaw<{ name: string }[]>`
    SELECT application_name AS name FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND application_name LIKE 'evergreen%' AND datname = current_database()`
  const worker: BulkWorker = await startBulkWorker(
    {
      databaseUrl: pooler.url,
      redisUrl: `redis://127.0.0.1:${direct.options.port}/${direct.options.db}`,
    },
    'relay,monitor',
    { DATABASE_DIRECT_URL: database.url, MONITOR_INTERVAL_MS: '1000' },
  )
  try {
    await expect.poll(locks, { timeout: 10_000 }).toContainEqual({ name: 'evergreen-monitor' })
    const listening = () => database.db.$queryRaw<{ query: string }[]>`
      SELECT query FROM pg_stat_activity WHERE application_name = 'evergreen-relay' AND datname = current_database()`
    await expect.poll(listening, { timeout: 10_000 }).toHaveLength(1)
    const { version } = await database.db.price.update({
      where: { productId: 7 },
      data: { amountMinor: { increment: 1 } },
    })
    await expect.poll(() => direct.get(keys.tag('price:7')), { interval: 10, timeout: 2_000 }).toMatch(`${version}`)
  } finally {
    await worker.kill()
  }
  await expect.poll(locks, { timeout: 5_000 }).toEqual([])
}, 60_000)
