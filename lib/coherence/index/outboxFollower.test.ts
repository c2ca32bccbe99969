import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import { keys } from '../protocol/keys.ts'
import { parseLease } from '../protocol/lease.ts'
import { SHOWS } from './outboxFollower.ts'

/** More than one scan of the outbox takes. */
const ROWS = 150
/** Rows of a thousand changes each. */
const LARGE_ROWS = 30

/** Longer than a busy machine stands still: a lapse would end the following. */
const LEASE_MS = 2_000

let database: SeededDatabase
let redis: TestRedis

beforeAll(async () => {
  ;[database, redis] = await Promise.all([seededDatabase(20), testRedis()])
})
afterAll(async () => {
  await redis.close()
  await database.drop()
})

it('leaves the outbox to the new term in a process that still believes the old one', async () => {
  const { keeper } = await testCoherence(redis.client, database.db)
  await keeper.stop()
  await redis.direct.persist(keys.indexLease)
  await database.db.indexTerm.update({ where: { id: 1 }, data: { term: { increment: 1 } } })
  await database.db.$executeRaw`
    INSERT INTO outbox (topic, entity_ids, versions) SELECT 'price', '{1}', '{1}' FROM generate_series(1, ${ROWS}::int)`
  await keeper.follow()
  expect(await database.db.outbox.count({ where: { indexedAt: null } })).toBe(ROWS)
})

it('applies each change of a large commit in one process, however many follow the outbox', async () => {
  const published = new Map<number, number>()
  const outer = {
    beforeIndex: async (versions: readonly { id: number }[]) => {
      for (const { id } of versions) published.set(id, (published.get(id) ?? 0) + 1)
      return true
    },
    afterIndex: async () => true,
  }
  const fleet = await Promise.all(
    [1, 2, 3].map(() => testCoherence(redis.client, database.db, { outer, leaseMs: LEASE_MS })),
  )
  for (const { index } of fleet) await vi.waitUntil(async () => (await index.read([])).from === 'index', 10_000)
  await Promise.all(fleet.map(({ keeper }) => keeper.follow()))
  published.clear()
  await database.db.$executeRaw`
    INSERT INTO outbox (topic, entity_ids, versions)
    SELECT 'price', array_agg(1000000 + part * 1000 + i), array_agg(1)
    FROM generate_series(1, ${LARGE_ROWS}::int) part, generate_series(1, 1000) i GROUP BY part`
  await Promise.all(fleet.map(({ keeper }) => keeper.follow()))
  expect(await database.db.outbox.count({ where: { indexedAt: null } })).toBe(0)
  expect(published.size).toBe(LARGE_ROWS * 1_000)
  expect(Math.max(...published.values())).toBe(1)
  await Promise.all(fleet.map(({ keeper }) => keeper.stop()))
}, 30_000)

it('has nothing left of a commit whose writer has published all of it, and all of it where its index is one of before', async () => {
  const { keeper, index, publisher } = await testCoherence(redis.client, database.db, { leaseMs: LEASE_MS })
  await vi.waitUntil(async () => (await index.read([])).from === 'index', 10_000)
  await keeper.stop()
  await keeper.follow()
  const write = async () => {
    const { id } = await database.db.outbox.create({ data: { topic: 'price', entityIds: [3_000_000], versions: [1n] } })
    return String(id)
  }
  const change = [{ kind: 'price', id: 3_000_000, version: 1 }]
  expect(await publisher.publishCommit(change, [await write()])).toBe(true)
  expect(await keeper.follow()).toBe(false)
  await database.db.indexTerm.update({ where: { id: 1 }, data: { term: { increment: 1 } } })
  expect(await publisher.publishCommit(change, [await write()])).toBe(false)
  expect(await database.db.outbox.count({ where: { indexedAt: null } })).toBe(1)
}, 30_000)

it('says nothing of the index while another process shows a commit at once, and applies it when that one is gone', async () => {
  const { keeper, index } = await testCoherence(redis.client, database.db, { leaseMs: LEASE_MS })
  await keeper.follow()
  await vi.waitUntil(async () => !index.link.behind, 5_000)
  await redis.direct.set(keys.applying, `${SHOWS}another`, 'PX', 400)
  await database.db.$executeRaw`
    INSERT INTO outbox (topic, entity_ids, versions)
    SELECT 'price', array_agg(2000000 + part * 1000 + i), array_agg(1) FROM generate_series(1, 3) part, generate_series(1, 1000) i GROUP BY part`
  const leases = new Set<boolean>()
  while ((await redis.direct.exists(keys.applying)) === 1) {
    const lease = await redis.direct.get(keys.indexLease)
    leases.add(lease !== null && !parseLease(lease).behind)
  }
  expect([...leases], 'it lives, and says nothing').toEqual([true])
  await vi.waitUntil(async () => (await database.db.outbox.count({ where: { indexedAt: null } })) === 0, 10_000)
  await keeper.stop()
})
