import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptyDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'

const FOLDER = path.join(import.meta.dirname, 'migrations')
const THIS = '20261128182000_sales_are_layers'
const sqlOf = (name: string) => readFileSync(path.join(FOLDER, name, 'migration.sql'), 'utf8')

let database: TestDatabase
let client: pg.Client
beforeAll(async () => {
  database = await emptyDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const before = readdirSync(FOLDER).filter((name) => /^\d/.test(name) && name < THIS)
  for (const name of before.toSorted()) await client.query(sqlOf(name))
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

const rows = async (sql: string, values: unknown[] = []) => (await client.query(sql, values)).rows

async function set(product: number, amount: number, compareAt: number | null): Promise<void> {
  await client.query('UPDATE prices SET amount_cents = $2, compare_at_cents = $3 WHERE product_id = $1', [
    product,
    amount,
    compareAt,
  ])
}

/** A sale as it was begun before there were layers: it wrote its prices over what it found. */
async function begun(reason: string, products: readonly number[], amount: number): Promise<string> {
  const [edit] = await rows(
    `INSERT INTO bulk_edits (state, selection, rules, reason, created_by) VALUES ('applied', '{}', '{}', $1, 'ana') RETURNING id`,
    [reason],
  )
  for (const product of products) {
    const [old] = await rows('SELECT amount_cents, compare_at_cents, version FROM prices WHERE product_id = $1', [
      product,
    ])
    const compareAt = old.compare_at_cents ?? old.amount_cents
    await set(product, amount, compareAt)
    await client.query(
      `INSERT INTO bulk_edit_rows (bulk_edit_id, product_id, previewed_version, old_amount_cents, old_compare_at_cents, new_amount_cents, new_compare_at_cents, state, applied_version)
       SELECT $1, $2, $3, $4, $5, $6, $7, 'applied', version FROM prices WHERE product_id = $2`,
      [edit.id, product, old.version, old.amount_cents, old.compare_at_cents, amount, compareAt],
    )
  }
  const [end] = await rows(
    `INSERT INTO bulk_edits (state, kind, selection, rules, reason, created_by, of_id) VALUES ('approved', 'schedule-end', '{}', '{}', 'End', 'ana', $1) RETURNING id`,
    [edit.id],
  )
  const [schedule] = await rows(
    `INSERT INTO price_schedules (bulk_edit_id, starts_at, ends_at, time_zone, state, created_by, end_edit_id)
     VALUES ($1, clock_timestamp(), clock_timestamp() + interval '1 day', 'UTC', 'running', 'ana', $2) RETURNING id`,
    [edit.id, end.id],
  )
  return schedule.id
}

test('the migration makes layers of sales that run: what is shown stays, and what they found is the base price', async () => {
  await client.query(
    `INSERT INTO products (slug, sku, name, description, brand, image) SELECT 'p' || n, 'P' || n, 'P', 'A product.', 'B', '/i.svg' FROM generate_series(1, 5) n;
     INSERT INTO prices (product_id, amount_cents, currency) SELECT n, 1000, 'EUR' FROM generate_series(1, 5) n`,
  )
  const a = await begun('A', [1, 2, 3, 4], 800)
  await set(3, 900, null)
  await set(4, 950, null)
  const b = await begun('B', [2, 4], 700)
  const shown = () => rows('SELECT product_id, amount_cents, compare_at_cents, version FROM prices ORDER BY product_id')
  const before = await shown()

  await client.query(sqlOf(THIS))

  expect(await shown()).toEqual(before)
  expect(await rows('SELECT base_amount_cents AS base, sale_id AS sale FROM prices ORDER BY product_id')).toEqual([
    { base: 1000, sale: a },
    { base: 1000, sale: b },
    { base: 900, sale: null },
    { base: 950, sale: b },
    { base: 1000, sale: null },
  ])
  expect(await rows(`SELECT DISTINCT state FROM bulk_edits WHERE kind = 'schedule-end'`)).toEqual([
    { state: 'cancelled' },
  ])
  await client.query('DELETE FROM sale_prices WHERE sale_id = $1', [a])
  await client.query('DELETE FROM sale_prices WHERE sale_id = $1', [b])
  expect(
    await rows('SELECT amount_cents AS amount, compare_at_cents AS "compareAt" FROM prices ORDER BY product_id'),
  ).toEqual([1000, 1000, 900, 950, 1000].map((amount) => ({ amount, compareAt: null })))
})
