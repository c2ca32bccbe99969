/** Postgres is killed, again and again: the worker lives, and delivers when Postgres is back, with each source of changes. */
import pg from 'pg'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { applyMigrations } from '#lib/platform/migrations.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { seedCatalog } from '../../prisma/seed/seedCatalog.ts'
import { type BulkWorker, startBulkWorker } from '../bulk/bulkWorker.ts'
import { type OwnStore, ownPostgres, ownRedis } from '../bulk/ownStores.ts'

/** Of each kind, for each source of changes. */
const KILLS = 2

let postgres: OwnStore
let store: OwnStore
let redis: Redis
let worker: BulkWorker

beforeAll(async () => {
  ;[postgres, store] = await Promise.all([ownPostgres(), ownRedis()])
  await applyMigrations(postgres.url)
  await seedCatalog({ databaseUrl: postgres.url, size: 20 })
  redis = new Redis(store.url)
  vi.stubEnv('MONITOR_INTERVAL_MS', '200')
}, 120_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  redis.disconnect()
  await Promise.all([postgres.close(), store.close()])
})

/** Over a connection of its own, once Postgres takes one again. */
async function sql<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
  return vi.waitFor(
    async () => {
      const client = new pg.Client({ connectionString: postgres.url, connectionTimeoutMillis: 1_000 })
      client.on('error', () => undefined)
      try {
        await client.connect()
        return (await client.query<Row>(text)).rows
      } finally {
        await client.end()
      }
    },
    { timeout: 20_000, interval: 100 },
  )
}

const OWN_CONNECTIONS =
  "SELECT pid FROM pg_stat_activity WHERE application_name IN ('evergreen-relay', 'evergreen-monitor')"

const untilConnected = () =>
  vi.waitFor(async () => expect(await sql(OWN_CONNECTIONS)).toHaveLength(2), { timeout: 20_000, interval: 100 })

/** A write past the application, which only the relay brings to the index. */
async function expectDelivered(productId: number): Promise<void> {
  const [row] = await sql<{ version: string }>(
    `UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = ${productId} RETURNING version`,
  )
  const inIndex = async () => parseTagState(await redis.get(keys.tag(`price:${productId}`))).version
  await vi.waitFor(async () => expect(await inIndex()).toBe(Number(row?.version)), { timeout: 20_000 })
  expect([worker.process.exitCode, worker.process.signalCode], 'the worker lives').toEqual([null, null])
}

const start = () =>
  startBulkWorker({ databaseUrl: postgres.url, redisUrl: store.url }, 'relay,invalidator,monitor,bulk,scheduler')

describe.each(['triggers', 'cdc'])('with PRICE_EVENTS=%s', (events) => {
  beforeAll(async () => {
    vi.stubEnv('PRICE_EVENTS', events)
    worker = await start()
  }, 60_000)
  afterAll(() => worker.kill())

  test(
    `delivers after each of ${KILLS} kills of a backend, which make Postgres end all others`,
    { timeout: 120_000 },
    async () => {
      for (let kill = 1; kill <= KILLS; kill++) {
        await untilConnected()
        const [backend] = await sql<{ pid: number }>(`${OWN_CONNECTIONS} ORDER BY random() LIMIT 1`)
        process.kill(backend?.pid ?? NaN, 'SIGKILL')
        await expectDelivered(kill)
      }
    },
  )

  test(`delivers after each of ${KILLS} kills of the postmaster`, { timeout: 120_000 }, async () => {
    for (let kill = 1; kill <= KILLS; kill++) {
      await untilConnected()
      await postgres.stop('SIGKILL')
      await vi.waitFor(() => postgres.start(), { timeout: 20_000, interval: 200 }) // its backends end a moment later
      await expectDelivered(10 + kill)
    }
  })
})
