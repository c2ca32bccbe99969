/** In a market without the law of the EU: PRICE_REDUCTION_RULE=compare-at. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { type PriceStores, priceStores } from '#lib/pricing/testing/priceStores.ts'
import { productJsonLd } from '../jsonLd.ts'
import { readProduct } from '../queries.ts'
import { eachSays, saidByEachReader } from '../testing/readers.ts'

let stores: PriceStores
beforeAll(async () => {
  vi.stubEnv('PRICE_REDUCTION_RULE', 'compare-at')
  stores = await priceStores(60)
})
afterAll(() => stores.close())

it('shows a compare-at price struck through in each place, also one that was never asked', async () => {
  await db().price.update({ where: { productId: 3 }, data: { amountMinor: 8_000, compareAtMinor: null } })
  const {
    product: { slug },
  } = await db().price.update({ where: { productId: 3 }, data: { compareAtMinor: 12_000 }, include: { product: true } })
  expect(await saidByEachReader(3)).toEqual(eachSays({ amountMinor: 8_000, reducedFromMinor: 12_000 }))
  const product = await readProduct(slug)
  expect(product && productJsonLd(product, 'https://s', ['https://i']).offers).toMatchObject({
    price: '80.00',
    priceSpecification: { price: '120.00' },
  })
})

it('shows nothing beside a price that has no compare-at price', async () => {
  await db().price.update({ where: { productId: 4 }, data: { amountMinor: 8_000, compareAtMinor: null } })
  await db().price.update({ where: { productId: 4 }, data: { amountMinor: 100 } })
  expect(await saidByEachReader(4)).toEqual(eachSays({ amountMinor: 100, reducedFromMinor: null }))
})
