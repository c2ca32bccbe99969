import { redisKeys } from '#lib/platform/redisKeys.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readPriceFacts } from './livePrices.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { PriceCache, refreshesEarly } from './priceCache.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import type { Coherence } from '#lib/coherence/index.ts'

let database: SeededDatabase
let redis: TestRedis
let coherence: Coherence
let loads: number

beforeAll(async () => {
  database = await seededDatabase()
  redis = await testRedis()
  coherence = await testCoherence(redis.client, database.db)
  loads = 0
})
afterAll(async () => {
  await redis.close()
  await database.drop()
})

function cache(): PriceCache {
  return new PriceCache({
    readRows: (ids) => {
      loads++
      return readPriceFacts(ids, database.db)
    },
    redis: () => redis.client,
    coherence: () => coherence,
  })
}

const edit = (productId: number) =>
  database.db.price.update({ where: { productId }, data: { amountMinor: { increment: 1 } } })

async function acknowledgedEdit(productId: number): Promise<number> {
  const version = Number((await edit(productId)).version)
  await coherence.publisher.publish([{ kind: 'price', id: productId, version }])
  return version
}

describe('the price cache', () => {
  it('answers a thousand readers of a new version with one query', async () => {
    const version = await acknowledgedEdit(1)
    loads = 0
    const shared = cache()
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => shared.current([1])))
    expect(new Set(answers.map(([price]) => price?.version))).toEqual(new Set([version]))
    expect(loads).toBeLessThanOrEqual(2) // the flight, and the batch that formed behind it
  })

  it('asks Postgres only once for a version, then Redis', async () => {
    await acknowledgedEdit(2)
    await cache().current([2])
    loads = 0
    expect(await cache().current([2])).toHaveLength(1)
    expect(loads).toBe(0)
  })

  it('never returns less than was acknowledged before the read', async () => {
    for (let i = 0; i < 20; i++) {
      const version = await acknowledgedEdit(3)
      expect((await cache().current([3]))[0]?.version).toBe(version)
    }
  })

  it('a price and its version belong together, also when the row changes while it is read', async () => {
    await Promise.all([
      ...Array.from({ length: 20 }, () => edit(4)),
      ...Array.from({ length: 50 }, () => cache().current([4])),
    ])
    const history = await database.db.priceChange.findMany({ where: { productId: 4 } })
    const committed = new Map(history.map((change) => [Number(change.version), change.newAmountMinor]))
    for (const key of await redis.direct.keys(redisKeys.price(4, 0).replace(/0$/, '*'))) {
      const { price } = JSON.parse((await redis.direct.get(key)) ?? '{}')
      expect(committed.get(price.version)).toBe(price.amountMinor)
    }
  })

  it('a payload that does not belong to its key, or is no payload, is read again from Postgres', async () => {
    const version = await acknowledgedEdit(5)
    const { amountMinor } = await database.db.price.findUniqueOrThrow({ where: { productId: 5 } })
    const old = JSON.stringify({
      price: { productId: 5, version, amountMinor: 1, compareAtMinor: null, currency: 'EUR', versionUpdatedAt: '' },
      loadMs: 1,
    })
    for (const poison of ['{', old, '{"price":{"productId":6,"version":1,"amountMinor":1},"loadMs":1}', '[]', 'null']) {
      await redis.direct.set(redisKeys.price(5, version), poison)
      expect(await cache().current([5])).toEqual([expect.objectContaining({ productId: 5, version, amountMinor })])
    }
  })

  it('leaves out ids without a product and keeps the order', async () => {
    expect((await cache().current([7, 999_999, 6])).map((price) => price.productId)).toEqual([7, 6])
  })

  it('shows a write that nobody announced, and then nobody sees less', async () => {
    const version = Number((await edit(8)).version)
    await redis.direct.unlink(redisKeys.price(8, version - 1))
    expect((await cache().current([8]))[0]?.version).toBe(version)
    expect((await coherence.index.read(['price:8'])).states.get('price:8')?.version).toBe(version)
  })

  it('reads Postgres while Redis is away', async () => {
    await redis.proxy.cut()
    const version = Number((await edit(9)).version)
    expect((await cache().current([9]))[0]?.version).toBe(version)
    await redis.proxy.heal()
    await vi.waitUntil(async () => {
      await coherence.index.read([])
      return coherence.index.trusted
    })
  })
})

describe('whether a product is sold', () => {
  const setStatus = async (id: number, status: 'active' | 'discontinued') => {
    const version = Number((await database.db.product.update({ where: { id }, data: { status } })).version)
    await coherence.publisher.publish([{ kind: 'product', id, version }])
    return version
  }

  it('is what the version of the product says, from the moment that its change is acknowledged', async () => {
    const [before] = await cache().current([11])
    for (const status of ['discontinued', 'active', 'discontinued', 'active'] as const) {
      const productVersion = await setStatus(11, status)
      expect(await cache().current([11])).toEqual([{ ...before, status, productVersion }])
    }
  })

  it('is asked of Postgres once a version, then of Redis, and what others wrote there is not believed', async () => {
    const version = await setStatus(12, 'discontinued')
    await cache().current([12])
    loads = 0
    expect((await cache().current([12]))[0]?.status).toBe('discontinued')
    expect(loads).toBe(0)
    await redis.direct.set(redisKeys.productStatus(12, version), 'on offer')
    expect((await cache().current([12]))[0]?.status).toBe('discontinued')
    expect(loads).toBe(1)
  })

  it('is read anew with a price that has changed, and never older than either was', async () => {
    await setStatus(13, 'discontinued')
    const version = await acknowledgedEdit(13)
    expect((await cache().current([13]))[0]).toMatchObject({ version, status: 'discontinued' })
  })
})

it('the lowest price of 30 days belongs to the version as the amount does', async () => {
  await database.db.price.update({ where: { productId: 14 }, data: { compareAtMinor: null, amountMinor: 9_000 } })
  const { version } = await database.db.price.update({
    where: { productId: 14 },
    data: { compareAtMinor: 20_000, amountMinor: 100 },
  })
  await coherence.publisher.publish([{ kind: 'price', id: 14, version: Number(version) }])
  const [loaded] = await cache().current([14])
  expect(loaded?.lowestMinor).toBeGreaterThan(100)
  expect(await cache().current([14])).toEqual([loaded])
})

describe('early refresh', () => {
  it('never happens long before the end, always at it, and more often the slower a load is', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 1_000 }),
        (random, loadMs) => {
          expect(refreshesEarly(0, loadMs, random)).toBe(true)
          expect(refreshesEarly(loadMs * 25, loadMs, random)).toBe(false)
        },
      ),
    )
    const rate = (loadMs: number) =>
      Array.from({ length: 10_000 }, (_, i) => refreshesEarly(100, loadMs, (i + 1) / 10_001)).filter(Boolean).length
    expect(rate(200)).toBeGreaterThan(rate(50))
    expect(rate(50)).toBeGreaterThan(rate(10))
  })
})
