/** A relay that runs and cannot deliver, since Redis refuses: named as that, and not as a relay that is missing, with each source of changes. */
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { type BulkWorker, startBulkWorker } from '../bulk/bulkWorker.ts'
import { type OwnStore, ownRedis } from '../bulk/ownStores.ts'
import { refusal } from '../lease/servers/refusals.ts'

/** A role is silent after three. */
const ROUND_MS = 1_000
const PATIENCE = { timeout: 30_000, interval: 50 }
/** Milliseconds from one of few changes to the next. */
const FEW_MS = 120
/** Many changes. */
const MANY = { ...PATIENCE, interval: 5 }
const STUCK = { timeout: 60_000 }

let database: SeededDatabase
let store: OwnStore
let redis: Redis
let worker: BulkWorker

beforeAll(async () => {
  ;[database, store] = await Promise.all([seededDatabase(20), ownRedis()])
  redis = new Redis(store.url)
  vi.stubEnv('MONITOR_INTERVAL_MS', String(ROUND_MS))
  vi.stubEnv('FRESHNESS_P99_BUDGET_MS', '4000')
  worker = await start()
}, 120_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  redis.disconnect()
  await worker.kill()
  await Promise.all([database.drop(), store.close()])
})

const start = () => startBulkWorker({ databaseUrl: database.url, redisUrl: store.url }, 'relay,invalidator,monitor')

const beatOf = async (role: string) =>
  (await database.db.heartbeat.findUnique({ where: { process: role } }))?.beatAt.getTime() ?? 0
const ofKind = (kind: string) => database.db.alert.findMany({ where: { kind } })

/** Rounds of the monitor that began after the call. */
async function rounds(count: number): Promise<void> {
  let last = await beatOf('monitor')
  for (let seen = 0; seen <= count; seen++) {
    await vi.waitFor(async () => expect(await beatOf('monitor')).toBeGreaterThan(last), PATIENCE)
    last = await beatOf('monitor')
  }
}

test('waits for the NOTIFY of few changes, and says that it looks by itself while many come', async () => {
  const isAwake = async () => {
    const rows = await database.db.$queryRaw<{ held: boolean }[]>`
      SELECT EXISTS (
        SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE d.datname = current_database() AND locktype = 'advisory' AND granted
          AND objid::bigint = hashtext('evergreen_outbox')::bigint & 4294967295) AS held`
    return rows[0]?.held
  }
  await vi.waitFor(async () => expect(await beatOf('relay')).toBeGreaterThan(0), PATIENCE)
  const edit = () => database.db.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = 5`
  for (let edits = 0; edits < 8; edits++) {
    await edit()
    await expect.poll(() => database.db.outbox.count({ where: { indexedAt: null } }), PATIENCE).toBe(0)
    await wait(FEW_MS)
    expect(await isAwake()).toBe(false)
  }
  await vi.waitFor(async () => {
    await edit()
    expect(await isAwake()).toBe(true)
  }, MANY)
  await vi.waitFor(async () => expect(await isAwake()).toBe(false), PATIENCE)
})

async function expectStuckWhileFull(): Promise<void> {
  const { begin, end } = refusal(redis, 'OOM')
  await begin()
  try {
    await database.db.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = 7`
    await vi.waitFor(
      async () => expect((await beatOf('monitor')) - (await beatOf('relay'))).toBeGreaterThan(3 * ROUND_MS),
      PATIENCE,
    )
    await rounds(2)
    expect(await ofKind('worker-silent')).toEqual([])
    expect(await ofKind('relay-stuck')).toMatchObject([
      { resolvedAt: null, summary: expect.stringContaining('Redis refuses writes: its memory is full (OOM)') },
    ])
  } finally {
    await end()
  }
  await vi.waitFor(async () => {
    const stuck = await ofKind('relay-stuck')
    expect(stuck.map(({ resolvedAt }) => resolvedAt === null)).not.toContain(true)
  }, PATIENCE)
  await rounds(3)
  expect(await ofKind('worker-silent')).toEqual([])
}

test(
  'calls a relay stuck, with the cause, while Redis is full, and neither then nor afterwards silent',
  STUCK,
  async () => {
    await vi.waitFor(async () => expect(await beatOf('relay')).toBeGreaterThan(0), PATIENCE)
    await expectStuckWhileFull()
  },
)

test('calls it stuck, too, when it follows logical replication', STUCK, async () => {
  await worker.kill()
  await database.db.alert.deleteMany()
  const before = await beatOf('relay')
  vi.stubEnv('PRICE_EVENTS', 'cdc')
  worker = await start()
  await vi.waitFor(async () => expect(await beatOf('relay')).toBeGreaterThan(before), PATIENCE)
  await expectStuckWhileFull()
  expect(await ofKind('change-stream-lost')).toEqual([])
})
