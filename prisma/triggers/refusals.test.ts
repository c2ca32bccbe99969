import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { triggerFixture, type TriggerFixture } from './fixture.ts'

const RESTRICT_VIOLATION = '23001'

let shop: TriggerFixture
let product: number
beforeAll(async () => {
  shop = await triggerFixture()
  product = (await shop.products(2))[0] ?? 0
  await shop.categories('shelf')
})
afterAll(() => shop.drop())

/** Refused, and afterwards the price and the outbox are as they were. */
async function refuses(sql: string, error: object) {
  const before = await shop.price(product)
  const outbox = await shop.outboxOf(() => expect(shop.query(sql)).rejects.toMatchObject(error))
  expect(outbox).toEqual([])
  expect(await shop.price(product)).toEqual(before)
}

describe('a price that cannot be right is refused', () => {
  test.each(['0', '-1', '100000000'])('an amount of %s', (amount) =>
    refuses(`UPDATE prices SET amount_cents = ${amount}`, { constraint: 'prices_amount_positive' }))

  test.each(['999', '1000', '100000000'])('a compare-at price of %s beside an amount of 1000', (amount) =>
    refuses(`UPDATE prices SET compare_at_cents = ${amount}`, { constraint: 'prices_compare_at_above' }))

  test('an amount that reaches the compare-at price', async () => {
    await shop.query('UPDATE prices SET compare_at_cents = 1500 WHERE product_id = $1', [product])
    await refuses('UPDATE prices SET amount_cents = 1500', { constraint: 'prices_compare_at_above' })
  })

  test.each(['eur', 'EU', '€', '123'])('a currency of %s', (currency) =>
    refuses(`UPDATE prices SET currency = '${currency}'`, { constraint: 'prices_currency_code' }))

  test('a currency of four letters', () => refuses(`UPDATE prices SET currency = 'EURO'`, { code: '22001' }))

  test('one bad row refuses the whole statement', () =>
    refuses(`UPDATE prices SET amount_cents = CASE product_id WHEN ${product} THEN 1200 ELSE 0 END`, { constraint: 'prices_amount_positive' }))

  test('a price of an unknown product', () =>
    refuses('INSERT INTO prices (product_id, amount_cents) VALUES (999999, 100)', { constraint: 'prices_product_id_fkey' }))
})

describe('what would make a version start again is refused', () => {
  test.each([
    'DELETE FROM prices', 'TRUNCATE prices', 'DELETE FROM products', 'TRUNCATE products CASCADE', 'DELETE FROM categories',
    'TRUNCATE categories CASCADE', 'DELETE FROM catalog_state', 'TRUNCATE catalog_state', 'TRUNCATE product_categories', 'TRUNCATE related_products',
  ])('%s', (sql) => refuses(sql, { code: RESTRICT_VIOLATION }))

  test.each([
    'UPDATE prices SET product_id = product_id + 1000', 'UPDATE products SET id = id + 1000', 'UPDATE categories SET id = id + 1000',
  ])('%s, which would leave what is cached under the old id behind', (sql) => refuses(sql, { code: RESTRICT_VIOLATION }))

  test('a second row of catalog state', () => refuses('INSERT INTO catalog_state (id) VALUES (2)', { constraint: 'catalog_state_one_row' }))
})
