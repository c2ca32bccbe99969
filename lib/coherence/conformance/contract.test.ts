/** The suite that `bench/contract` runs against the handlers of others, here against ours. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { checks } from './checks.ts'
import type { Fleet, Stores } from './fleet.ts'
import { oursWithShortLease as ours, PRICES } from '#lib/catalog/testing/shopSubject.ts'
import { connectedFleet, Product } from './conformanceFixture.ts'

let database: SeededDatabase
let redis: TestRedis
let stores: Stores
let shared: Fleet

beforeAll(async () => {
  database = await seededDatabase(checks.length)
  redis = await testRedis()
  const { host, port, db } = redis.direct.options
  stores = { databaseUrl: database.url, redisUrl: `redis://${host}:${port}/${db}`, rows: PRICES }
  shared = await connectedFleet(ours, stores)
})
afterAll(async () => {
  await shared.close()
  await redis.close()
  await database.drop()
})

describe.each([
  { part: 'unbroken connections', these: checks.filter(({ fault }) => !fault) },
  // The suite has one Redis database: checks that empty it or cut it off run after those that share it.
  { part: 'broken connections', these: checks.filter(({ fault }) => fault) },
])('the contract of a cache handler, $part', ({ these }) => {
  it.each(these)('$part: $title', async (check) => {
    const fleet = check.fault ? await connectedFleet(ours, stores) : shared
    try {
      await expect(check.run(fleet, new Product(fleet, 1 + checks.indexOf(check)))).resolves.toBeUndefined()
    } finally {
      if (check.fault) await fleet.close()
    }
  })
})
