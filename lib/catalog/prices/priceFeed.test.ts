import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import type { Coherence } from '#lib/coherence/index.ts'
import type { ProductPrice } from '#lib/money/price.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { testCoherence } from '../testing/coherence.ts'
import { readPriceFacts } from './livePrices.ts'
import { PriceFeed } from './priceFeed.ts'

let database: SeededDatabase
let redis: TestRedis
let coherence: Coherence
let feed: PriceFeed<ProductPrice>
/** The products that were read, look by look. */
const reads: number[][] = []

beforeAll(async () => {
  ;[database, redis] = await Promise.all([seededDatabase(20), testRedis()])
  coherence = await testCoherence(redis.client, database.db)
  feed = new PriceFeed(
    (ids) => {
      reads.push([...ids])
      return readPriceFacts(ids, database.db)
    },
    () => coherence.index,
  )
})
afterEach(() => redis.proxy.heal())
afterAll(async () => {
  await coherence.keeper.stop()
  await redis.close()
  await database.drop()
})

async function edit(productId: number): Promise<ProductPrice | undefined> {
  const data = { amountMinor: { increment: 1 }, compareAtMinor: null }
  const { version } = await database.db.price.update({ where: { productId }, data })
  await coherence.publisher.publish([{ kind: 'price', id: productId, version: Number(version) }]).catch(() => undefined)
  return (await readPriceFacts([productId], database.db))[0]
}

it('sends each tab the current prices, then each newer one of its products, and reads none that is not watched', async () => {
  const [one, other]: ProductPrice[][] = [[], []]
  const ends = [
    feed.subscribe([1, 2], (prices) => one?.push(...prices)),
    feed.subscribe([2, 3], (prices) => other?.push(...prices)),
  ]
  await vi.waitUntil(() => one?.length === 2 && other?.length === 2, 10_000)
  reads.length = 0
  await edit(4)
  const [second, first] = [await edit(2), await edit(1)]
  await vi.waitUntil(() => one?.length === 4 && other?.length === 3, 10_000)
  expect(one?.slice(2).toSorted((a, b) => a.productId - b.productId)).toEqual([first, second])
  expect(other?.at(-1)).toEqual(second)
  expect(reads.flat()).not.toContain(4)
  expect(reads.flat()).toEqual(expect.arrayContaining([1, 2]))
  for (const end of ends) end()
})

it('says which products there are not, once', async () => {
  const news: [number[], readonly number[]][] = []
  const end = feed.subscribe([10, 90_001, 90_002], (prices, unknown) =>
    news.push([prices.map(({ productId }) => productId), unknown]),
  )
  await vi.waitUntil(() => news.length === 1, 10_000)
  await redis.proxy.cut() // each look asks for all of them
  await edit(10)
  await vi.waitUntil(() => news.length === 2, 5_000)
  await redis.proxy.heal()
  await vi.waitUntil(() => coherence.index.trusted, 5_000)
  expect(news).toEqual([
    [[10], [90_001, 90_002]],
    [[10], []],
  ])
  end()
})

it('sends the stock of a product when it changes, as the index has it', async () => {
  const received: ProductPrice[] = []
  const end = feed.subscribe([7], (prices) => received.push(...prices))
  await vi.waitUntil(() => received.length === 1, 10_000)
  for (const quantity of [3, 0]) {
    const { version } = await database.db.stock.update({ where: { productId: 7 }, data: { quantity } })
    await coherence.publisher.publish([{ kind: 'stock', id: 7, version: Number(version) }])
    await vi.waitUntil(() => received.at(-1)?.stock === quantity, 10_000)
    expect(received.at(-1)).toEqual({ ...received[0], stock: quantity, stockVersion: Number(version) })
  }
  expect(received).toHaveLength(3)
  end()
})

it('goes on with what Postgres has while the index is not believed, and sends nothing twice', async () => {
  const received: ProductPrice[] = []
  const end = feed.subscribe([5, 6], (prices) => received.push(...prices))
  await vi.waitUntil(() => received.length === 2, 10_000)
  await redis.proxy.cut()
  const newer = await edit(5)
  await vi.waitUntil(() => received.length === 3, 5_000)
  await redis.proxy.heal()
  await vi.waitUntil(() => coherence.index.trusted, 5_000)
  const newest = await edit(6)
  await vi.waitUntil(() => received.length === 4, 5_000)
  expect(received.slice(2)).toEqual([newer, newest])
  end()
})

it('sends all of a commit at once, also where a reader brings one of its rows before the outbox is followed', async () => {
  const moments: number[][] = []
  const end = feed.subscribe([8, 9], (prices) => moments.push(prices.map(({ productId }) => productId)))
  await vi.waitUntil(() => moments.length === 1, 10_000)
  for (let round = 1; round <= 10; round++) {
    await database.db.price.updateMany({
      where: { productId: { in: [8, 9] } },
      data: { amountMinor: { increment: 1 }, compareAtMinor: null },
    })
    const start = await coherence.index.guarded.readStart()
    const { version } = await database.db.price.findUniqueOrThrow({ where: { productId: 8 } })
    await coherence.publisher.publishShown([{ kind: 'price', id: 8, version: Number(version) }], start)
    await vi.waitUntil(() => moments.length > round, 5_000)
  }
  expect(moments.map((ids) => ids.toSorted())).toEqual(Array.from({ length: 11 }, () => [8, 9]))
  end()
})
