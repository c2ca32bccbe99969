/** A worker's monitor with its usual rounds of 15 s: what became of Redis is told within ten seconds, and resolves itself. */
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { redisKeys } from '#lib/platform/redisKeys.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { type BulkWorker, startBulkWorker } from '../bulk/bulkWorker.ts'
import { type OwnStore, ownRedis } from '../bulk/ownStores.ts'
import { WRITE_REFUSALS, writeRefusals } from './writeRefusals.ts'

/** Milliseconds from the fault to the alert, as the promise has it. */
const WITHIN_MS = 10_000
const PATIENCE = { timeout: 20_000, interval: 50 }

let database: SeededDatabase
let store: OwnStore
let redis: Redis
let worker: BulkWorker
let keeper: NodeJS.Timeout
let client: pg.Client

beforeAll(async () => {
  ;[database, store] = await Promise.all([seededDatabase(20), ownRedis()])
  redis = new Redis(store.url)
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  worker = await startBulkWorker({ databaseUrl: database.url, redisUrl: store.url }, 'monitor')
}, 120_000)
afterAll(async () => {
  clearInterval(keeper)
  await client.end()
  redis.disconnect()
  await worker.kill()
  await Promise.all([database.drop(), store.close()])
})

/** Refreshes the lease as far as Postgres sees it. */
beforeAll(() => {
  keeper = setInterval(() => void client.query('UPDATE index_term SET renewals = renewals + 1'), 500)
})

const ABOUT_INDEX = ['redis-refuses-writes', 'index-term-changed', 'index-rebuilt', 'index-lease-lost']
const open = () =>
  database.db.alert.findMany({ where: { resolvedAt: null, kind: { in: ABOUT_INDEX } }, orderBy: { kind: 'asc' } })
const untilResolved = () => vi.waitFor(async () => expect(await open()).toEqual([]), PATIENCE)
const untilKnown = () =>
  vi.waitFor(
    async () =>
      expect(await database.db.heartbeat.findUnique({ where: { process: 'monitor' } })).toMatchObject({
        detail: { index: { term: expect.any(Number) } },
      }),
    PATIENCE,
  )

let heal: (() => Promise<unknown>) | undefined
afterEach(async () => {
  await heal?.()
  heal = undefined
})

test.each(WRITE_REFUSALS)(
  'tells of a Redis that refuses writes (%s) within 10 s, until it takes them',
  async (code) => {
    await untilKnown()
    const { begin, end } = writeRefusals(redis)[code]
    heal = end
    await begin()
    const since = performance.now()
    await expect(redis.set(redisKeys.monitorWrite, 1)).rejects.toThrow(code)
    const [alert] = await vi.waitFor(async () => {
      const found = await open()
      expect(found).toHaveLength(1)
      return found
    }, PATIENCE)
    expect(performance.now() - since).toBeLessThan(WITHIN_MS)
    expect(alert).toMatchObject({
      kind: 'redis-refuses-writes',
      severity: 'critical',
      summary: expect.stringContaining(`(${code})`),
      detail: { layer: 'index', code, whatToDo: expect.stringMatching(/\w/) },
    })
    await end()
    heal = undefined
    await untilResolved()
  },
)

test('tells of a new term and of a rebuilt index within 10 s, until the lease has been refreshed for seconds', async () => {
  await untilKnown()
  await client.query("UPDATE index_term SET term = 1, epoch = 'one/1', server = 'one', reason = 'first'")
  await vi.waitFor(
    async () =>
      expect(await database.db.heartbeat.findUnique({ where: { process: 'monitor' } })).toMatchObject({
        detail: { index: { term: 1 } },
      }),
    PATIENCE,
  )
  await client.query("UPDATE index_term SET term = 2, epoch = 'two/1', server = 'two', reason = 'redis-changed'")
  const since = performance.now()
  await vi.waitFor(
    async () => expect((await open()).map(({ kind }) => kind)).toEqual(['index-rebuilt', 'index-term-changed']),
    PATIENCE,
  )
  expect(performance.now() - since).toBeLessThan(WITHIN_MS)
  await untilResolved()
})

test('tells within 10 s that no process refreshes the lease, until one does', async () => {
  clearInterval(keeper)
  const since = performance.now()
  await vi.waitFor(async () => expect((await open()).map(({ kind }) => kind)).toEqual(['index-lease-lost']), PATIENCE)
  expect(performance.now() - since).toBeLessThan(WITHIN_MS)
  keeper = setInterval(() => void client.query('UPDATE index_term SET renewals = renewals + 1'), 500)
  await untilResolved()
})
