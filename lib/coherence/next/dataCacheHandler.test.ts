/** The handler in processes of its own, called as Next calls it. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import type { Fleet } from '../conformance/fleet.ts'
import { ours, PRICES } from '#lib/catalog/testing/shopSubject.ts'
import { connectedFleet } from '../conformance/conformanceFixture.ts'

let database: SeededDatabase
let redis: TestRedis
let fleet: Fleet

beforeAll(async () => {
  database = await seededDatabase(5)
  redis = await testRedis()
  const { host, port, db } = redis.direct.options
  fleet = await connectedFleet(ours, {
    databaseUrl: database.url,
    redisUrl: `redis://${host}:${port}/${db}`,
    rows: PRICES,
  })
}, 60_000)
afterAll(async () => {
  await fleet.close()
  await redis.close()
  await database.drop()
})

it('gives each of several fills of one key its own start, also when they end in another order', async () => {
  const { a } = fleet
  const [key, tags] = ['several fills', ['posts']]
  const [endSlow, endQuick] = await Promise.all([a.dataFill(key), a.dataFill(key)])
  await endQuick({ how: 'value', text: 'before', tags })
  await a.revalidate(tags)
  const endLate = await a.dataFill(key)
  await endLate({ how: 'value', text: 'after', tags })
  expect(await a.dataRead(key)).toMatchObject({ verdict: 'fresh', text: 'after' })
  await endSlow({ how: 'value', text: 'before', tags })
  expect(await a.dataRead(key)).not.toMatchObject({ text: 'before' })
})

it('keeps the value after a fill that failed', async () => {
  const { a } = fleet
  const [key, tags] = ['after a failure', ['news']]
  await (
    await a.dataFill(key)
  )({ how: 'fails' })
  await (
    await a.dataFill(key)
  )({ how: 'breaks' })
  await a.revalidate(tags)
  await (
    await a.dataFill(key)
  )({ how: 'value', text: 'after', tags })
  expect(await a.dataRead(key)).toMatchObject({ verdict: 'fresh', text: 'after' })
})
