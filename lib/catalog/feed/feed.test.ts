/** The feed's reads on real stores: what is in a part, how current it is, and what validates the whole. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { coherence, versionIndex } from '#lib/catalog/coherence.ts'
import { versioned } from '#lib/catalog/resources.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { priceStores, type PriceStores } from '#lib/pricing/testing/priceStores.ts'
import { feedPartPath, feedVersion, readFeedPart } from './feed.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(450)
})
afterEach(() => stores.redis.proxy.heal())
afterAll(() => stores.close())

const idsIn = async (part: number) => (await readFeedPart(part)).products.map(({ id }) => id)

/** An edit past the application: the index hears of it from the outbox alone. */
async function write(productId: number): Promise<number> {
  const data = { amountMinor: { increment: 1 }, compareAtMinor: null }
  return Number((await stores.database.db.price.update({ where: { productId }, data })).version)
}

test('the parts hold each product once, and each names the next one with products', async () => {
  expect(['/en/feeds/google/1.xml', '/en/feeds/google/2.xml', '/de/feeds/google/3.xml']).toEqual([
    feedPartPath('en', 200),
    feedPartPath('en', 201),
    feedPartPath('de', 450),
  ])
  await stores.database.db.product.updateMany({
    where: { id: { gt: 200, lte: 400 } },
    data: { status: 'discontinued' },
  })
  const [first, third] = [await readFeedPart(1), await readFeedPart(3)]
  expect([first.next, third.next]).toEqual([3, null])
  expect(await idsIn(2)).toEqual([])
  await stores.database.db.product.updateMany({ where: { id: { gt: 200 } }, data: { status: 'active' } })
  expect([...(await idsIn(1)), ...(await idsIn(2)), ...(await idsIn(3))]).toEqual(
    Array.from({ length: 450 }, (_, i) => i + 1),
  )
})

test('a part has each write that was committed before it was asked for, and the index has it before the reader does', async () => {
  for (let round = 0; round < 10; round++) {
    const version = await write(1)
    const price = (await readFeedPart(1)).products[0]?.price
    expect(price?.version).toBe(version)
    expect(parseTagState(await stores.redis.direct.get(keys.tag('price:1'))).version).toBeGreaterThanOrEqual(version)
  }
})

test('the whole has one validator while nothing changes, another after each change, and none while the index is away', async () => {
  const settled = () => vi.waitUntil(() => feedVersion(), 5_000)
  let before = await settled()
  expect(await settled()).toBe(before)
  for (const id of [1, 449]) {
    const version = await write(id)
    await coherence().publisher.publish([versioned('price', id, version)])
    const during = await feedVersion()
    expect(during).not.toBe(before)
    const after = await settled()
    expect(after).not.toBe(before)
    before = after
  }
  // Committed and not in the index yet: a copy from before is not current any more.
  await stores.database.db.$executeRaw`
    INSERT INTO outbox (topic, entity_ids, versions) VALUES ('price', ARRAY[2], ARRAY[1::bigint])`
  expect(await feedVersion()).not.toBe(before)
  await stores.redis.proxy.cut()
  await vi.waitUntil(async () => (await feedVersion()) === undefined, 5_000)
  await stores.redis.proxy.heal()
  await vi.waitUntil(() => versionIndex().trusted, 10_000)
})
