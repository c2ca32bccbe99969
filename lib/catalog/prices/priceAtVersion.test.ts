import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PriceStores, priceStores } from '#lib/pricing/testing/priceStores.ts'
import { readPriceAtVersion } from './priceAtVersion.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores()
})
afterAll(() => stores.close())

const amountOf = async (productId: number, version: number) => {
  const lookup = await readPriceAtVersion(productId, version)
  return lookup.found === 'version' ? lookup.product.price.amountMinor : lookup.found
}

test('each version of a price that was committed has its own amount, for good; any other version has none', async () => {
  const first = await stores.database.db.price.findUniqueOrThrow({ where: { productId: 1 } })
  for (const amountMinor of [1_111, 2_222])
    await stores.database.db.price.update({ where: { productId: 1 }, data: { amountMinor, compareAtMinor: null } })
  const version = Number(first.version)
  expect(await amountOf(1, version)).toBe(first.amountMinor)
  expect(await amountOf(1, version + 1)).toBe(1_111)
  expect(await amountOf(1, version + 2)).toBe(2_222)
  expect(await amountOf(1, version + 3)).toBe('nothing')
  expect(await amountOf(1_000_000, 1)).toBe('nothing')
})

test('a version that was rolled back was never committed', async () => {
  const { version } = await stores.database.db.price.findUniqueOrThrow({ where: { productId: 2 } })
  const rolledBack = stores.database.db.$transaction(async (tx) => {
    await tx.price.update({ where: { productId: 2 }, data: { amountMinor: 9_999_998, compareAtMinor: null } })
    throw new Error('rolled back')
  })
  await expect(rolledBack).rejects.toThrow('rolled back')
  expect(await amountOf(2, Number(version) + 1)).toBe('nothing')
})

test('a discontinued product has no picture with a price, in no version', async () => {
  await stores.database.db.product.update({ where: { id: 3 }, data: { status: 'discontinued' } })
  expect(await amountOf(3, 1)).toBe('discontinued')
})
