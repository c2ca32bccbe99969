import { afterAll, beforeAll, expect, it } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import { keys } from '../protocol/keys.ts'
import { leaseTimes } from '../protocol/lease.ts'

const { waitMs, leaseMs } = leaseTimes(800)

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
