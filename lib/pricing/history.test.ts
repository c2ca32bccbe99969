import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeMeant } from './testing/changeMeant.ts'
import { editHistory, MOST_CHANGES, priceActivity, priceHistory, recentChanges } from './history.ts'
import { findPricedProducts, pricedProduct } from './pricedProducts.ts'
import { type PriceStores, priceStores } from './testing/priceStores.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(60)
  for (const amountMinor of [1000, 1100, 1200, 1300]) {
    await changeMeant({
      changes: [{ productId: 1, amountMinor, compareAtMinor: null }],
      reason: `To ${amountMinor}`,
      source: 'editor',
    })
  }
})
afterAll(() => stores.close())

test('the pages of a history hold every version once, the newest first', async () => {
  const first = await priceHistory(1, { limit: 2 })
  const second = await priceHistory(1, { limit: 2, before: first.nextBefore })
  const third = await priceHistory(1, { limit: 2, before: second.nextBefore })
  expect([first, second, third].map(({ entries }) => entries.map(({ version }) => version))).toEqual([
    [5, 4],
    [3, 2],
    [1],
  ])
  expect(third.nextBefore).toBeUndefined()
  expect(first.entries[0]).toMatchObject({
    oldAmountMinor: 1200,
    newAmountMinor: 1300,
    reason: 'To 1300',
    actor: 'ana@example.com',
    source: 'editor',
  })
})

test('recent changes name the product and leave the seed out', async () => {
  const { name } = await stores.database.db.product.findUniqueOrThrow({ where: { id: 1 } })
  const changes = await recentChanges()
  expect(changes.map(({ newAmountMinor, productName }) => [newAmountMinor, productName])).toEqual(
    [1300, 1200, 1100, 1000].map((cents) => [cents, name]),
  )
})

test('counts what is not delivered yet', async () => {
  expect(await priceActivity()).toEqual({ changesInLastDay: 4, undelivered: 4 })
  await stores.database.db.outbox.updateMany({ data: { doneAt: new Date() } })
  expect(await priceActivity()).toEqual({ changesInLastDay: 4, undelivered: 0 })
})

test('a product is found by the beginnings of its words, its SKU and its id, with the price of now', async () => {
  const product = await pricedProduct(1)
  expect(product).toMatchObject({
    id: 1,
    amountMinor: 1300,
    version: 5,
    discontinued: false,
    category: expect.any(String),
  })
  for (const query of [
    product?.name ?? '',
    product?.sku ?? '',
    product?.sku.toLowerCase() ?? '',
    '1',
    (product?.name ?? '').slice(0, 4),
  ]) {
    expect((await findPricedProducts(query, 1)).products.map(({ id }) => id)).toContain(1)
  }
  expect(await findPricedProducts('nothing is called this', 1)).toEqual({ products: [], hasNext: false })
  expect(await findPricedProducts('%_\\', 1)).toEqual({ products: [], hasNext: false })
})

test('a discontinued product is still found: its price may have to be corrected', async () => {
  await stores.database.db.product.update({ where: { id: 2 }, data: { status: 'discontinued' } })
  expect((await findPricedProducts('2', 1)).products).toContainEqual(
    expect.objectContaining({ id: 2, discontinued: true }),
  )
})

test('pages of the list hold every product once', async () => {
  const pages = await Promise.all([1, 2, 3].map((page) => findPricedProducts('', page)))
  expect(pages.map(({ hasNext }) => hasNext)).toEqual([true, true, false])
  expect(pages.flatMap(({ products }) => products.map(({ id }) => id))).toEqual(
    Array.from({ length: 60 }, (_, i) => i + 1),
  )
  expect(await pricedProduct(999)).toBeUndefined()
})

test('the history of a bulk edit holds what it changed and nothing else, of all products or of one', async () => {
  const bulkEditId = crypto.randomUUID()
  await stores.database.db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT set_config('evergreen.bulk_edit_id', ${bulkEditId}, true)`
    await tx.price.updateMany({
      where: { productId: { in: [50, 51, 52] } },
      data: { amountMinor: 4321, compareAtMinor: null },
    })
  })
  const first = await editHistory(bulkEditId, { limit: 2 })
  const second = await editHistory(bulkEditId, { limit: 2, before: first.nextBefore })
  const changed = [...first.entries, ...second.entries]
  expect(changed.map(({ productId, newAmountMinor }) => [productId, newAmountMinor]).toSorted()).toEqual(
    [50, 51, 52].map((id) => [id, 4321]),
  )
  expect(changed.every((entry) => entry.bulkEditId === bulkEditId)).toBe(true)
  expect(second.nextBefore).toBeUndefined()
  expect((await editHistory(bulkEditId, { productId: 51 })).entries).toHaveLength(1)
})

test('counts a large number of changes up to a bound', async () => {
  const { db } = stores.database
  await db.$transaction([
    db.$executeRaw`SET LOCAL session_replication_role = replica`,
    db.$executeRaw`INSERT INTO price_changes (product_id, version, new_amount_cents, currency, source, actor)
      SELECT 2, n, 1, 'EUR', 'editor', 'a sale' FROM generate_series(1001, ${1_002 + MOST_CHANGES}) n`,
  ])
  expect(await priceActivity()).toMatchObject({ changesInLastDay: MOST_CHANGES + 1 })
})
