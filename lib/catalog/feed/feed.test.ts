/** The feed's reads on real stores: what is in a part, how current it is, and what validates the whole. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { coherence, versionIndex } from '#lib/catalog/coherence.ts'
import { versioned } from '#lib/catalog/resources.ts'
import { productIn } from '#lib/catalog/productTexts.ts'
import { readProduct } from '#lib/catalog/queries.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { priceStores, type PriceStores } from '#lib/pricing/testing/priceStores.ts'
import { feedPartPath, feedVersion, readFeedPart } from './feed.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(450)
})
afterEach(() => stores.redis.proxy.heal())
afterAll(() => stores.close())

const idsIn = async (part: number) => (await readFeedPart(part, 'en')).products.map(({ id }) => id)

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
  const [first, third] = [await readFeedPart(1, 'en'), await readFeedPart(3, 'en')]
  expect([first.next, third.next]).toEqual([3, null])
  expect(await idsIn(2)).toEqual([])
  await stores.database.db.product.updateMany({ where: { id: { gt: 200 } }, data: { status: 'active' } })
  expect([...(await idsIn(1)), ...(await idsIn(2)), ...(await idsIn(3))]).toEqual(
    Array.from({ length: 450 }, (_, i) => i + 1),
  )
})

test('a product has its texts in the language of the part, English where there is no translation, and the rest as its page has it', async () => {
  const { id: productId } = await stores.database.db.product.update({
    where: { id: 7 },
    data: {
      name: 'Oak chair',
      names: { de: 'Eichenstuhl', fr: '' },
      description: 'Made of oak.',
      descriptions: { ko: '참나무' },
      colour: 'moss',
      size: null,
    },
  })
  const textsIn = async (locale: Locale) => {
    const found = (await readFeedPart(1, locale)).products.find(({ id }) => id === productId)
    return [found?.name, found?.description]
  }
  expect(await textsIn('en')).toEqual(['Oak chair', 'Made of oak.'])
  expect(await textsIn('de')).toEqual(['Eichenstuhl', 'Made of oak.'])
  expect(await textsIn('ko')).toEqual(['Oak chair', '참나무'])
  expect((await textsIn('fr'))[0]).toBe('')
  const { products, categories } = await readFeedPart(1, 'de')
  for (const { groupId, categoryIds, ...shown } of products.slice(0, 20)) {
    const page = await readProduct(shown.slug)
    expect(page && productIn(page, 'de')).toMatchObject(shown)
    expect(groupId).toBe(page?.group?.id ?? null)
    const own = categories.filter(({ id }) => categoryIds.includes(id))
    expect(own).toEqual(page?.categories)
  }
})

test('a part has each write that was committed before it was asked for, and the index has it before the reader does', async () => {
  for (let round = 0; round < 10; round++) {
    const version = await write(1)
    const price = (await readFeedPart(1, 'en')).products[0]?.price
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
