/**
 * Postgres is killed, again and again: the worker lives, and delivers when Postgres is back, with each source of changes; and when
 * Postgres gives up the slot of the stream.
 */
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
/** Three segments of WAL: more than the kills leave. */
const KEPT_WAL = '48MB'

let postgres: OwnStore
let store: OwnStore
let redis: Redis
let worker: BulkWorker

beforeAll(async () => {
  ;[postgres, store] = await Promise.all([ownPostgres({ max_slot_wal_keep_size: KEPT_WAL }), ownRedis()])
  await applyMigrations(postgres.url)
  await seedCatalog({ databaseUrl: postgres.url, size: 20 })
  redis = new Redis(store.url)
  vi.stubEnv('MONITOR_INTERVAL_MS', '200')
}, 120_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  redis.disconnect()
  await worker.kill()
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

test(
  'delivers while Postgres gives up the slot and after, says why, and has a stream again',
  { timeout: 90_000 },
  async () => {
    vi.stubEnv('PRICE_EVENTS', 'cdc')
    worker = await start()
    const patience = { timeout: 30_000, interval: 100 }
    const slot = async () =>
      (await sql('SELECT wal_status AS status, active FROM pg_replication_slots WHERE database IS NOT NULL'))[0]
    const summaries = async () =>
      (await sql<{ summary: string }>('SELECT summary FROM alerts WHERE resolved_at IS NULL')).map(
        ({ summary }) => summary,
      )
    await vi.waitFor(async () => expect(await slot()).toEqual({ status: 'reserved', active: true }), patience)
    // What keeps WAL here is a transaction that stays open, and not the worker.
    const open = new pg.Client({ connectionString: postgres.url })
    open.on('error', () => undefined) // Postgres ends it, where the test has failed before
    await open.connect()
    await open.query("BEGIN; SELECT pg_logical_emit_message(true, 'evergreen-test', '')")
    for (let product = 1; (await slot())?.['status'] !== 'lost'; product++) {
      expect(product, 'segments of WAL').toBeLessThan(20)
      await expectDelivered(product)
      await sql('SELECT pg_switch_wal()')
      await sql('CHECKPOINT')
    }
    await expectDelivered(1)
    await vi.waitFor(
      async () =>
        expect(await summaries()).toEqual(
          expect.arrayContaining([
            expect.stringMatching(
              /the outbox is followed instead: Postgres has given up the slot .*max_slot_wal_keep_size/,
            ),
            expect.stringMatching(/Postgres has given up the slot .*, and no process makes it anew\.$/),
          ]),
        ),
      patience,
    )
    await open.end()
    await vi.waitFor(async () => expect(await slot()).toEqual({ status: 'reserved', active: true }), patience)
    await expectDelivered(2)
  },
)
