/** A worker's monitor with its usual rounds of 15 s: a fault of Redis raises an alert within ten seconds, which resolves itself. */
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { redisKeys } from '#lib/platform/redisKeys.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { type BulkWorker, startBulkWorker } from '../bulk/bulkWorker.ts'
import { type OwnStore, ownRedis } from '../bulk/ownStores.ts'
import { refusal, REFUSAL_CODES } from '../lease/servers/refusals.ts'

vi.setConfig({ testTimeout: 90_000 })

/** Milliseconds from the fault to the alert, as the promise has it. */
const WITHIN_MS = 10_000
const PATIENCE = { timeout: 40_000, interval: 50 }

let database: SeededDatabase
let store: OwnStore
let redis: Redis
let worker: BulkWorker
let heal: (() => Promise<unknown>) | undefined

beforeAll(async () => {
  ;[database, store] = await Promise.all([seededDatabase(20), ownRedis()])
  redis = new Redis(store.url)
  redis.on('error', () => undefined) // it is restarted on purpose
  worker = await startBulkWorker({ databaseUrl: database.url, redisUrl: store.url }, 'monitor')
}, 120_000)
afterAll(async () => {
  redis.disconnect()
  await worker.kill()
  await Promise.all([database.drop(), store.close()])
})
/** Each test begins with a lease that is refreshed, a monitor that has seen its term, and nothing open. */
beforeEach(async () => {
  const isReady = async () => {
    const { term, renewals } = await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })
    const heartbeat = await database.db.heartbeat.findFirst({
      where: { process: 'monitor', detail: { path: ['index', 'term'], equals: Number(term) } },
    })
    return renewals > 0 && heartbeat !== null && (await open()).length === 0
  }
  await vi.waitUntil(isReady, PATIENCE)
}, 60_000)
afterEach(async () => {
  await heal?.()
  heal = undefined
})

const ABOUT_INDEX = ['redis-refuses-writes', 'index-term-changed', 'index-rebuilt', 'index-lease-lost']
const open = () =>
  database.db.alert.findMany({ where: { resolvedAt: null, kind: { in: ABOUT_INDEX } }, orderBy: { kind: 'asc' } })
const untilResolved = () => vi.waitFor(async () => expect(await open()).toEqual([]), PATIENCE)

/** @returns the alert, which was raised in time */
async function expectInTime(kind: string) {
  const since = performance.now()
  const alert = await vi.waitFor(async () => {
    const found = (await open()).find((one) => one.kind === kind)
    if (found === undefined) throw new Error(`${kind} is not raised`)
    return found
  }, PATIENCE)
  expect(performance.now() - since).toBeLessThan(WITHIN_MS)
  return alert
}

/** A full one is in `21-says-that-redis-is-full.test.ts`. */
const OTHERS = REFUSAL_CODES.filter((code) => code !== 'OOM')

test.each(OTHERS)('reports a Redis that refuses writes (%s) within 10 s, until it takes them', async (code) => {
  const { begin, end } = refusal(redis, code)
  heal = end
  await begin()
  await expect(redis.set(redisKeys.monitorWrite, 1)).rejects.toThrow(code)
  expect(await expectInTime('redis-refuses-writes')).toMatchObject({
    severity: 'critical',
    summary: expect.stringContaining(`(${code})`),
    detail: { layer: 'index', code, whatToDo: expect.stringMatching(/\w/) },
  })
  await end()
  heal = undefined
  await untilResolved()
})

test('reports the new term of a restarted Redis within 10 s of its return, until the term is believed', async () => {
  await store.stop('SIGTERM')
  await store.start()
  expect(await expectInTime('index-term-changed')).toMatchObject({
    severity: 'warning',
    summary: expect.stringContaining('restarted'),
    detail: { reason: 'redis-changed' },
  })
  await untilResolved()
})

test('reports an index rebuilt after Redis lost its data within 10 s, until the index is believed', async () => {
  await redis.flushall()
  expect(await expectInTime('index-rebuilt')).toMatchObject({ severity: 'critical' })
  await untilResolved()
})

test('reports within 10 s that no process can refresh the lease, until one can', async () => {
  const holder = new pg.Client({ connectionString: database.url })
  await holder.connect()
  await holder.query('BEGIN')
  await holder.query('SELECT FROM index_term FOR UPDATE')
  heal = () => holder.end()
  await expectInTime('index-lease-lost')
  await holder.end()
  heal = undefined
  await untilResolved()
})
