/** Incident 12: the writer died, or Redis failed, between the commit and the delete of the cached value. */
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { coherence } from '#lib/catalog/coherence.ts'
import { db } from '#lib/platform/db.ts'
import { cacheRedis, indexRedis } from '#lib/platform/redis.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { changeMeant } from '#lib/pricing/testing/changeMeant.ts'
import {
  kernelInstance,
  type KernelInstance,
  kernelStores,
  type KernelStores,
  versionInPostgres,
} from './story/kernel.ts'
import { type MortalConnections, mortalConnections } from './story/mortalConnections.ts'
import { recordStory, Timeline } from './story/story.ts'

/** Milliseconds in which what a dead writer has committed is shown: section 9 of the design says a second. Generous to a busy machine. */
const DELIVERED_WITHIN_MS = 5_000
/** For a cache of which it is known that it will not show it: its TTL is an hour. */
const NAIVE_WITHIN_MS = 1_000
/** Messages of one edit to Postgres and Redis together: fewer than that. */
const MOST_MESSAGES = 60
/** Reads after a death, of a fleet without the writer. */
const READS = 5

let stores: KernelStores
let mortal: MortalConnections
/** An instance of the fleet that lives on. */
let witness: KernelInstance
let urls: { databaseUrl: string; redisUrl: string }

beforeAll(async () => {
  stores = await kernelStores()
  mortal = mortalConnections()
  const { host, port, db: database } = stores.redis.direct.options
  urls = {
    databaseUrl: await mortal.through(stores.database.url),
    redisUrl: await mortal.through(`redis://${host}:${port}/${database}`),
  }
  stubEnvironment(urls)
  witness = await kernelInstance(stores)
  // The writer is this process, with the connections of the shop; a dead one does not follow the outbox.
  await vi.waitUntil(
    async () =>
      coherence()
        .index.connect()
        .then(() => coherence().index.trusted),
    20_000,
  )
  await coherence().keeper.stop()
})
afterAll(async () => {
  vi.unstubAllEnvs()
  indexRedis().disconnect()
  cacheRedis().disconnect()
  await db().$disconnect()
  await witness.stop()
  await mortal.close()
  await stores.close()
})

interface Writer {
  /** Its own: a message of another process would count as one of the edit. */
  readonly mortal: MortalConnections
  /** The application name of its sessions in Postgres, as a pattern. */
  readonly sessions: string
  /** Commits a new price and updates the caches. */
  edit(productId: number): Promise<unknown>
  /** Waits until the next edit can begin. */
  restart(): Promise<void>
}

/** Resolves once Postgres has ended all sessions of a dead process. */
const untilOver = (sessions: string) =>
  vi.waitUntil(
    async () => {
      const { rows } = await stores.pool.query(
        'SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE $1',
        [sessions],
      )
      return rows.length === 0
    },
    { timeout: 10_000, interval: 10 },
  )

/** @returns edits that were committed and that readers were shown the old price after, by the message that was the last */
async function dieAtEach(
  { mortal, sessions, edit, restart }: Writer,
  shown: (productId: number) => Promise<number>,
  withinMs: number,
  timeline: Timeline,
): Promise<{ deaths: number; committed: number; lost: number[]; slowestMs: number }> {
  const seen = { deaths: 0, committed: 0, lost: [] as number[], slowestMs: 0 }
  const productId = 1
  for (let message = 1; message <= MOST_MESSAGES; message++) {
    await restart()
    const before = await versionInPostgres(stores, productId)
    await shown(productId)
    mortal.dieAfter(message)
    await edit(productId).catch(() => undefined)
    if (!mortal.isDead) {
      mortal.dieAfter(Infinity)
      timeline.mark(`lived: an edit has ${message - 1} messages or fewer`)
      return seen
    }
    await untilOver(sessions)
    seen.deaths++
    const current = await versionInPostgres(stores, productId)
    expect([before, before + 1]).toContain(current)
    if (current > before) {
      if (seen.committed++ === 0) timeline.mark(`died after message ${message}, and had committed`)
      const start = performance.now()
      const isShown = async () => {
        const isCurrent = (await shown(productId)) >= current
        timeline.read(isCurrent ? 'current' : 'stale')
        return isCurrent
      }
      const delivered = await vi.waitUntil(isShown, { timeout: withinMs, interval: 10 }).catch(() => false)
      if (!delivered) seen.lost.push(message)
      else seen.slowestMs = Math.max(seen.slowestMs, performance.now() - start)
    }
    for (let read = 0; read < READS; read++) timeline.read((await shown(productId)) >= current ? 'current' : 'stale')
  }
  throw new Error(`an edit has more than ${MOST_MESSAGES} messages`)
}

/** BEGIN, UPDATE, COMMIT, DEL. */
async function naive(): Promise<{ writer: Writer; shown(productId: number): Promise<number>; end(): Promise<void> }> {
  const { direct: server } = stores.redis
  const mortal = mortalConnections()
  const databaseUrl = await mortal.through(stores.database.url)
  const redisUrl = await mortal.through(`redis://${server.options.host}:${server.options.port}/${server.options.db}`)
  const key = (productId: number) => `naive:${productId}`
  const open: (() => Promise<unknown>)[] = []
  let connection: pg.Client
  let cache: Redis
  return {
    writer: {
      mortal,
      sessions: 'naive',
      async edit(productId) {
        await connection.query('BEGIN')
        await connection.query('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
        await connection.query('COMMIT')
        await cache.del(key(productId))
      },
      async restart() {
        mortal.revive()
        connection = new pg.Client({ connectionString: databaseUrl, application_name: 'naive' })
        connection.on('error', () => undefined)
        cache = new Redis(redisUrl, { retryStrategy: () => null, maxRetriesPerRequest: 0 })
        cache.on('error', () => undefined)
        const [ended, redis] = [connection, cache]
        open.push(async () => {
          redis.disconnect()
          await ended.end().catch(() => undefined)
        })
        await Promise.all([connection.connect(), cache.ping()])
      },
    },
    async shown(productId) {
      const kept = await server.get(key(productId))
      if (kept !== null) return Number(kept)
      const version = await versionInPostgres(stores, productId)
      await server.set(key(productId), version, 'EX', 3_600)
      return version
    },
    async end() {
      await Promise.all(open.map((close) => close()))
      await mortal.close()
    },
  }
}

let amountMinor = 10_000
const ours = (): Writer => ({
  mortal,
  sessions: 'evergreen%',
  edit: (productId) =>
    changeMeant({
      changes: [{ productId, amountMinor: ++amountMinor, compareAtMinor: null }],
      reason: 'Price match',
      source: 'api',
    }),
  async restart() {
    mortal.revive()
    const isReady = async () => {
      await db().$queryRaw`SELECT 1`
      await coherence().index.read([])
      return coherence().index.trusted
    }
    await vi.waitUntil(() => isReady().catch(() => false), { timeout: 20_000, interval: 5 })
  },
})

test(
  'delivers what was committed when the writer dies after each of its messages',
  { timeout: 120_000 },
  async ({ task }) => {
    const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
    const { writer, shown, end } = await naive()
    const before = await dieAtEach(writer, shown, NAIVE_WITHIN_MS, naiveRun).finally(end)
    expect(before.lost.length, 'the old price stays for an hour').toBeGreaterThan(0)

    const after = await dieAtEach(ours(), (productId) => witness.shown(productId), DELIVERED_WITHIN_MS, ourRun)
    expect(after.committed, 'deaths between the commit and the answer').toBeGreaterThan(0)
    expect(after.lost).toEqual([])
    recordStory({
      number: 12,
      lesson: task.name,
      naive: naiveRun,
      ours: ourRun,
      figures: [
        `deaths, one after each message of an edit: ${before.deaths}, and ${after.deaths}; of them after the commit: ${before.committed}, and ${after.committed}`,
        `of these, edits that readers never saw: ${before.lost.length}, and ${after.lost.length}; the slowest took ${Math.round(after.slowestMs)} ms here`,
      ],
    })
  },
)
