import { isDeepStrictEqual } from 'node:util'
import type pg from 'pg'
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

const UNCHANGED = { outbox: [], unchanged: true }

/** Why `sql` was refused, and whether the price and the outbox are as they were. */
async function attempt(sql: string) {
  const before = await shop.price(product)
  let reason: Pick<pg.DatabaseError, 'code' | 'constraint'> | undefined
  const outbox = await shop.outboxOf(() => shop.query(sql).catch((error: pg.DatabaseError) => (reason = error)))
  const after = await shop.price(product)
  return { code: reason?.code, constraint: reason?.constraint, outbox, unchanged: isDeepStrictEqual(after, before) }
}

describe('a version that JavaScript and JSON cannot distinguish from its neighbours is refused', () => {
  const LARGEST = 2n ** 53n - 1n
  /** As a bulk load or a replica writes, with the triggers off. @returns the constraint that was violated */
  const written = (sql: string) =>
    shop
      .transaction(async (run) => {
        await run('SET LOCAL session_replication_role = replica')
        await run(sql)
        throw new Error('taken') // and rolled back
      })
      .catch((error: pg.DatabaseError) => error.constraint ?? error.message)

  test.each(['prices', 'products', 'categories', 'catalog_state'])('in %s', async (table) => {
    const update = (version: bigint) => `UPDATE ${table} SET version = ${version}`
    expect(await written(update(LARGEST))).toBe('taken')
    expect(await written(update(LARGEST + 1n))).toBe(`${table}_version_exact`)
  })

  test('in the outbox', async () => {
    const insert = (version: bigint) =>
      `INSERT INTO outbox (topic, entity_ids, versions) VALUES ('price', ARRAY[1, 2], ARRAY[1, ${version}]::bigint[])`
    expect(await written(insert(LARGEST))).toBe('taken')
    expect(await written(insert(LARGEST + 1n))).toBe('outbox_versions_exact')
  })
})

describe('a price that cannot be right is refused', () => {
  test.each(['0', '-1', '100000000'])('an amount of %s', async (amount) => {
    expect(await attempt(`UPDATE prices SET amount_cents = ${amount}`)).toMatchObject({
      ...UNCHANGED,
      constraint: 'prices_amount_positive',
    })
  })

  test.each(['999', '1000', '100000000'])('a compare-at price of %s beside an amount of 1000', async (amount) => {
    expect(await attempt(`UPDATE prices SET compare_at_cents = ${amount}`)).toMatchObject({
      ...UNCHANGED,
      constraint: 'prices_compare_at_above',
    })
  })

  test('an amount that reaches the compare-at price', async () => {
    await shop.query('UPDATE prices SET compare_at_cents = 1500 WHERE product_id = $1', [product])
    expect(await attempt('UPDATE prices SET amount_cents = 1500')).toMatchObject({
      ...UNCHANGED,
      constraint: 'prices_compare_at_above',
    })
  })

  test.each(['eur', 'EU', '€', '123'])('a currency of %s', async (currency) => {
    expect(await attempt(`UPDATE prices SET currency = '${currency}'`)).toMatchObject({
      ...UNCHANGED,
      constraint: 'prices_currency_code',
    })
  })

  test('a currency of four letters', async () => {
    expect(await attempt(`UPDATE prices SET currency = 'EURO'`)).toMatchObject({ ...UNCHANGED, code: '22001' })
  })

  test('a price that names no currency', async () => {
    expect(await attempt('INSERT INTO prices (product_id, amount_cents) VALUES (999999, 100)')).toMatchObject({
      ...UNCHANGED,
      code: '23502',
    })
  })

  test('one bad row refuses the whole statement', async () => {
    expect(
      await attempt(`UPDATE prices SET amount_cents = CASE product_id WHEN ${product} THEN 1200 ELSE 0 END`),
    ).toMatchObject({ ...UNCHANGED, constraint: 'prices_amount_positive' })
  })

  test('a price of an unknown product', async () => {
    expect(
      await attempt(`INSERT INTO prices (product_id, amount_cents, currency) VALUES (999999, 100, 'EUR')`),
    ).toMatchObject({
      ...UNCHANGED,
      constraint: 'prices_product_id_fkey',
    })
  })
})

describe('what would make a version start again is refused', () => {
  test.each([
    'DELETE FROM prices',
    'TRUNCATE prices',
    'DELETE FROM products',
    'TRUNCATE products CASCADE',
    'DELETE FROM categories',
    'TRUNCATE categories CASCADE',
    'DELETE FROM catalog_state',
    'TRUNCATE catalog_state',
    'TRUNCATE product_categories',
    'TRUNCATE related_products',
  ])('%s', async (sql) => {
    expect(await attempt(sql)).toMatchObject({ ...UNCHANGED, code: RESTRICT_VIOLATION })
  })

  test.each([
    'UPDATE prices SET product_id = product_id + 1000',
    'UPDATE products SET id = id + 1000',
    'UPDATE categories SET id = id + 1000',
  ])('%s, which would leave what is cached under the old id behind', async (sql) => {
    expect(await attempt(sql)).toMatchObject({ ...UNCHANGED, code: RESTRICT_VIOLATION })
  })

  test('a second row of catalog state', async () => {
    expect(await attempt('INSERT INTO catalog_state (id) VALUES (2)')).toMatchObject({
      ...UNCHANGED,
      constraint: 'catalog_state_one_row',
    })
  })
})
