/** Changes that are committed and not in the index yet: a statement that changes more than is applied while the lease lives, and more. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import type { Coherence } from '../coherence.ts'
import { keys } from '../protocol/keys.ts'
import { parseLease } from '../protocol/lease.ts'

/** Rows of the outbox, with a thousand changes each. */
const ROWS = 200
const LEASE_MS = 2_000
/** Milliseconds that the outer cache takes for a part: all of it is applied for longer than the lease lives. */
const SLOWLY_MS = 150

let database: SeededDatabase
let redis: TestRedis
/** Calls to the outer cache before the index was raised. */
let outerCalls = 0
/** Milliseconds that it takes for each. */
let outerMs = 0
const processes: Coherence[] = []
const published: string[] = []

async function started(): Promise<Coherence> {
  const outer = {
    beforeIndex: async (versions: readonly { kind: string; id: number; version: number }[]) => {
      outerCalls++
      await delay(outerMs)
      for (const { kind, id, version } of versions.slice(0, 10)) published.push(`${kind}:${id}@${version}`)
      if (versions.length > 1_000) await delay(SLOWLY_MS)
      return true
    },
    afterIndex: async () => true,
  }
  const process = await testCoherence(redis.client, database.db, { leaseMs: LEASE_MS, outer })
  processes.push(process)
  return process
}

const unindexed = () => database.db.outbox.count({ where: { indexedAt: null } })
const isBehind = (text: string | null) => text !== null && parseLease(text).behind
const lease = () => redis.direct.get(keys.indexLease)

beforeAll(async () => {
  ;[database, redis] = await Promise.all([seededDatabase(20), testRedis()])
})
afterEach(() => redis.proxy.heal())
afterAll(async () => {
  await Promise.all(processes.map(({ keeper }) => keeper.stop()))
  await redis.close()
  await database.drop()
})

it('keeps the lease, and reads what is not applied yet from the source', async () => {
  const process = await started()
  await vi.waitUntil(async () => (await process.index.read(['price:1'])).from === 'index', 10_000)
  const { term } = await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })
  const version = await database.db.$transaction(async (tx) => {
    await tx.$executeRaw`
      INSERT INTO outbox (topic, entity_ids, versions)
      SELECT 'price', array_agg(1000000 + part * 1000 + i), array_agg(1) FROM generate_series(1, ${ROWS}::int) part, generate_series(1, 1000) i
      GROUP BY part`
    const row = await tx.price.update({ where: { productId: 1 }, data: { amountMinor: 4_711, compareAtMinor: null } })
    return Number(row.version)
  })
  const mine = await database.db.outbox.findFirstOrThrow({ orderBy: { id: 'desc' } })
  await vi.waitUntil(async () => isBehind(await lease()), { timeout: 10_000, interval: 5 })
  const position = await redis.direct.get(keys.position)
  const { states, from } = await process.index.read(['price:1'])
  expect({ from, version: states.get('price:1')?.version }).toEqual({ from: 'index', version })
  expect(states.get('price:1')?.payload).toContain('4711')
  expect(published).toContain(`price:1@${version}`)
  expect(
    (await database.db.outbox.findUniqueOrThrow({ where: { id: mine.id } })).indexedAt,
    'applied by a read',
  ).toBeNull()
  expect(await redis.direct.get(keys.position), 'not proven while changes are left').toBe(position)

  await vi.waitUntil(async () => (await unindexed()) === 0, { timeout: 60_000, interval: 50 })
  await vi.waitUntil(async () => !isBehind(await lease()), 10_000)
  expect(await redis.direct.get(keys.position)).not.toBe(position)
  expect((await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })).term).toBe(term)
}, 90_000)

it('asks the source in each process from the moment on when a commit is said to be there, until a refresh has taken that back', async () => {
  const [writer, reader] = [await started(), await started()]
  await vi.waitUntil(async () => (await reader.index.read([])).from === 'index', 10_000)
  await reader.index.read(['price:2'])
  for (let amountMinor = 1; amountMinor <= 10; amountMinor++) {
    const row = await database.db.price.update({ where: { productId: 2 }, data: { amountMinor, compareAtMinor: null } })
    expect(await writer.publisher.markBehind()).toBe(true)
    const { states } = await reader.index.read(['price:2'])
    expect(states.get('price:2')?.version).toBe(Number(row.version))
  }
  await vi.waitUntil(async () => !isBehind(await lease()), 10_000)
  await redis.proxy.cut()
  expect(await writer.publisher.markBehind(), 'Redis is away').toBe(false)
  await redis.proxy.heal()
})

it('publishes to the outer cache together what many readers find missing in the index', async () => {
  const [writer, reader] = [await started(), await started()]
  await vi.waitUntil(async () => (await reader.index.read([])).from === 'index', 10_000)
  const pages = Array.from({ length: 20 }, (_, i) => [`price:${i + 1}`])
  await Promise.all(pages.map((page) => reader.index.read(page)))
  const rows = await database.db.$transaction(async (tx) => {
    await tx.$executeRaw`
      INSERT INTO outbox (topic, entity_ids, versions)
      SELECT 'price', array_agg(2000000 + part * 1000 + i), array_agg(1) FROM generate_series(1, 20) part, generate_series(1, 1000) i
      GROUP BY part`
    await tx.price.updateMany({ data: { amountMinor: 815, compareAtMinor: null } })
    return tx.price.findMany({ orderBy: { productId: 'asc' } })
  })
  await writer.publisher.markBehind()
  ;[outerCalls, outerMs] = [0, 200]
  const began = performance.now()
  const states = await Promise.all(
    pages.map(async (page, i) => {
      await delay(i) // they come one after the other, as readers do
      return (await reader.index.read(page)).states
    }),
  )
  const lastedMs = performance.now() - began
  outerMs = 0
  expect(states.map((one, i) => one.get(`price:${i + 1}`)?.version)).toEqual(rows.map(({ version }) => Number(version)))
  expect(outerCalls, 'by twenty readers, and by those who bring the rows of the outbox').toBeLessThan(15)
  expect(lastedMs, 'one after the other they would take four seconds').toBeLessThan(2_500)
}, 30_000)
