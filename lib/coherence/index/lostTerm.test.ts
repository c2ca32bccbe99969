import { afterAll, beforeAll, expect, it } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import { firstHead } from '../protocol/head.ts'
import { keys } from '../protocol/keys.ts'
import { leaseTimes } from '../protocol/lease.ts'

const { waitMs, leaseMs } = leaseTimes(800)
/** So long that a busy machine counts for little. */
const LONG = leaseTimes(2_000)

let database: SeededDatabase
let redis: TestRedis

beforeAll(async () => {
  ;[database, redis] = await Promise.all([seededDatabase(2), testRedis()])
})
afterAll(async () => {
  await redis.close()
  await database.drop()
})

it('begins a term at once after one that it began and that came to nothing: only others leave that alone', async () => {
  const { keeper } = await testCoherence(redis.client, database.db, { leaseMs })
  const term = () => database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })
  const first = await term()
  await redis.direct.del(keys.indexLease)
  await expect.poll(async () => (await term()).term, { timeout: 10_000 }).toBe(first.term + 1n)
  const { beganAt } = await term()
  await keeper.stop()
  expect(beganAt.getTime() - first.beganAt.getTime()).toBeLessThan(waitMs + leaseMs)
})

it('brings what it shows without a lease to Redis: another Postgres is compared with that', async () => {
  const { index, keeper } = await testCoherence(redis.client, database.db, { leaseMs })
  await keeper.stop()
  await expect.poll(() => index.trusted, { timeout: 5_000 }).toBe(false)
  const data = { amountMinor: { increment: 1 } }
  const version = Number((await database.db.price.update({ where: { productId: 1 }, data })).version)
  const { from, states } = await index.read(['price:1'])
  expect({ from, version: states.get('price:1')?.version }).toEqual({ from: 'source', version })
  expect(await index.held([{ kind: 'price', id: 1 }])).toEqual([version])
})

it('creates a lease where the last one has gone as soon as no process believes that any more', async () => {
  const { index, keeper } = await testCoherence(redis.client, database.db, { leaseMs: LONG.leaseMs })
  await expect.poll(() => index.trusted, { timeout: 10_000 }).toBe(true)
  const { term } = await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })
  const began = performance.now()
  await redis.direct.del(keys.indexLease)
  const leaseOfNext = async () => (await redis.direct.get(keys.indexLease))?.startsWith(`${term + 1n} `)
  await expect.poll(leaseOfNext, { timeout: 10_000, interval: 20 }).toBe(true)
  const tookMs = performance.now() - began
  await keeper.stop()
  expect(tookMs).toBeGreaterThanOrEqual(LONG.leaseMs)
  // It would be this much after the last refresh, which was made at most one refresh before.
  expect(tookMs).toBeLessThan(LONG.waitMs - LONG.refreshMs)
})

it('waits for the longer time where it has not seen the last lease live', async () => {
  const before = await testCoherence(redis.client, database.db, { leaseMs: LONG.leaseMs })
  await expect.poll(() => before.index.trusted, { timeout: 10_000 }).toBe(true)
  await before.keeper.stop()
  const { renewals } = await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })
  await redis.direct.del(keys.indexLease)
  const began = performance.now()
  const other = redis.client.duplicate()
  const { index, keeper } = await testCoherence(other, database.db, { leaseMs: LONG.leaseMs })
  await expect.poll(() => index.trusted, { timeout: 15_000 }).toBe(true)
  expect(performance.now() - began).toBeGreaterThanOrEqual(LONG.waitMs)
  expect((await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })).renewals).toBeGreaterThan(renewals)
  await keeper.stop()
  other.disconnect()
})

it('counts from when the last lease has gone, also in a process that had found an earlier one gone', async () => {
  const first = await testCoherence(redis.client, database.db, { leaseMs })
  const client = redis.client.duplicate()
  const other = await testCoherence(client, database.db, { leaseMs })
  await first.keeper.stop()
  await redis.direct.del(keys.indexLease, keys.written)
  await expect.poll(() => redis.direct.exists(keys.written), { timeout: 10_000 }).toBe(1)
  await other.keeper.stop()
  await expect.poll(() => other.index.trusted, { timeout: 10_000 }).toBe(false)
  first.keeper.start()
  await expect.poll(() => other.index.trusted, { timeout: 10_000 }).toBe(true)
  // The lease stands still for as long as a keeper waits before it begins a term, and is gone then.
  await first.keeper.stop()
  await redis.direct.persist(keys.indexLease)
  await database.db.$executeRaw`UPDATE index_term SET began_at = began_at - interval '1 minute'`
  const { term, server } = await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })
  const { guarded } = other.index
  expect(await guarded.isCurrent(`${term} ${server}`)).toBe(true) // it knows the count of refreshes as it stays from now on
  await expect.poll(() => guarded.unrenewedMs, { timeout: 10_000, interval: 10 }).toBeGreaterThan(leaseMs / 2)
  const leastMs = Math.min(leaseMs, waitMs - guarded.unrenewedMs)
  const began = performance.now()
  await redis.direct.del(keys.indexLease)
  other.keeper.start()
  const leaseOfNext = async () => (await redis.direct.get(keys.indexLease))?.startsWith(`${term + 1n} `)
  await expect.poll(leaseOfNext, { timeout: 10_000, interval: 20 }).toBe(true)
  expect(performance.now() - began).toBeGreaterThanOrEqual(leastMs)
  await other.keeper.stop()
  client.disconnect()
})

it('believes no index that has lost its head, and begins a new term there: changes are counted by the head', async () => {
  const { index, keeper } = await testCoherence(redis.client, database.db, { leaseMs })
  const { term } = await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })
  expect(await index.read(['price:1', 'price:2'])).toMatchObject({ from: 'index' })
  await redis.direct.del(keys.head)
  expect(await index.read(['price:1'])).toMatchObject({ from: 'source' })
  await expect.poll(() => index.trusted && index.link.belief.term > term, { timeout: 10_000 }).toBe(true)
  await keeper.stop()
  expect(Number(await redis.direct.get(keys.head))).toBeGreaterThanOrEqual(firstHead(Number(term) + 1))
})

/** As after a promotion: what answers from now on is another Postgres, with the same rows. */
const replacePostgres = (name: string) =>
  database.db.$executeRawUnsafe(
    `CREATE OR REPLACE FUNCTION database_identity() RETURNS text LANGUAGE sql AS $$ SELECT '${name}' $$`,
  )

async function untilNextLease(term: bigint): Promise<number> {
  const began = performance.now()
  const leaseOfNext = async () => (await redis.direct.get(keys.indexLease))?.startsWith(`${term + 1n} `)
  await expect.poll(leaseOfNext, { timeout: 15_000, interval: 20 }).toBe(true)
  return performance.now() - began
}

it('takes no longer in another Postgres after a lease that it has just refreshed itself', async () => {
  const { index, keeper } = await testCoherence(redis.client, database.db, { leaseMs: LONG.leaseMs })
  await expect.poll(() => index.trusted, { timeout: 15_000 }).toBe(true)
  const { term } = await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })
  await replacePostgres('promoted')
  await redis.direct.del(keys.indexLease)
  const tookMs = await untilNextLease(term)
  await keeper.stop()
  expect(tookMs).toBeGreaterThanOrEqual(LONG.leaseMs)
  expect(tookMs).toBeLessThan(LONG.waitMs - LONG.refreshMs)
})

it('waits for the longer time in another Postgres where others refreshed: a later term may be lost there', async () => {
  const first = await testCoherence(redis.client, database.db, { leaseMs: LONG.leaseMs })
  const client = redis.client.duplicate()
  const other = await testCoherence(client, database.db, { leaseMs: LONG.leaseMs })
  await expect.poll(() => first.index.trusted && other.index.trusted, { timeout: 15_000 }).toBe(true)
  const { term } = await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })
  await first.keeper.stop()
  await replacePostgres('promoted again')
  await redis.direct.del(keys.indexLease)
  const tookMs = await untilNextLease(term)
  await other.keeper.stop()
  client.disconnect()
  expect(tookMs).toBeGreaterThanOrEqual(LONG.waitMs)
})

it('finishes the term that it has begun when it is told to stop: others would leave it alone for longer', async () => {
  const { keeper } = await testCoherence(redis.client, database.db, { leaseMs })
  const term = async () => (await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })).term
  const before = await term()
  await database.db.$executeRaw`UPDATE index_term SET began_at = began_at - interval '1 minute'`
  await redis.direct.del(keys.indexLease)
  await expect.poll(term, { timeout: 10_000, interval: 10 }).toBe(before + 1n)
  await keeper.stop()
  expect(await redis.direct.get(keys.indexLease)).toMatch(new RegExp(`^${before + 1n} `))
})

it('creates no lease once another Postgres has begun the same term on the same server', async () => {
  const { keeper } = await testCoherence(redis.client, database.db, { leaseMs: LONG.leaseMs })
  const term = async () => (await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })).term
  const before = await term()
  // So old that the next one begins at once, and waits with its lease.
  await database.db.$executeRaw`UPDATE index_term SET began_at = began_at - interval '1 minute'`
  await redis.direct.del(keys.indexLease)
  await expect.poll(term, { timeout: 10_000, interval: 10 }).toBe(before + 1n)
  await database.db.$transaction([
    replacePostgres('another'),
    database.db.$executeRaw`UPDATE index_term SET source = database_identity()`,
  ])
  await expect.poll(() => redis.direct.exists(keys.indexLease), { timeout: 15_000, interval: 10 }).toBe(1)
  await keeper.stop()
  expect(await redis.direct.get(keys.indexLease)).toMatch(new RegExp(`^${before + 2n} `))
})
