import { afterAll, beforeAll, expect, test } from 'vitest'
import pg from 'pg'
import { freshDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'

let database: TestDatabase
let client: pg.Client
beforeAll(async () => {
  database = await freshDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

test('a product has a stock in the transaction that makes it, and a quantity below 0 is refused', async () => {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO products (slug, sku, name, description, brand, image)
     SELECT 'p' || n, 'P' || n, 'n', 'd', 'b', 'i' FROM generate_series(1, 3) n RETURNING id`,
  )
  const ids = rows.map(({ id }) => id)
  const stocks = async () =>
    (await client.query('SELECT quantity, version::int FROM stock WHERE product_id = ANY ($1) ORDER BY 1, 2', [ids]))
      .rows
  expect(await stocks()).toEqual(ids.map(() => ({ quantity: 0, version: 1 })))
  await client.query('UPDATE stock SET quantity = 2 WHERE product_id = $1', [ids[0]])
  await expect(
    client.query('UPDATE stock SET quantity = quantity - 3 WHERE product_id = $1', [ids[0]]),
  ).rejects.toThrow('stock_quantity_range')
  expect(await stocks()).toEqual([
    { quantity: 0, version: 1 },
    { quantity: 0, version: 1 },
    { quantity: 2, version: 2 },
  ])
  const { rows: outbox } = await client.query(
    "SELECT entity_ids, versions::int[] FROM outbox WHERE topic = 'stock' ORDER BY id",
  )
  expect(outbox).toEqual([{ entity_ids: [ids[0]], versions: [2] }])
})
