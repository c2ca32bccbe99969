import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { triggerFixture, type TriggerFixture } from './fixture.ts'

const WRITERS = 50
const EDITS_EACH = 10

let shop: TriggerFixture
beforeAll(async () => {
  shop = await triggerFixture(WRITERS)
})
afterAll(() => shop.drop())

/** Makes a product for each test, so that it does not see the edits of another. */
const oneProduct = async () => {
  const [id] = await shop.products(1)
  if (id === undefined) throw new Error('no product')
  return id
}

describe('the version of a price', () => {
  test('starts at 1 and grows by exactly one with each change, with a newer time', async () => {
    const id = await oneProduct()
    const first = await shop.price(id)
    expect(first.version).toBe(1)
    await shop.query('UPDATE prices SET amount_cents = 1100 WHERE product_id = $1', [id])
    const second = await shop.price(id)
    expect(second.version).toBe(2)
    expect(second.versionUpdatedAt.getTime()).toBeGreaterThanOrEqual(first.versionUpdatedAt.getTime())
    await shop.query('UPDATE prices SET compare_at_cents = 1500 WHERE product_id = $1', [id])
    await shop.query(`UPDATE prices SET currency = 'CHF' WHERE product_id = $1`, [id])
    expect((await shop.price(id)).version).toBe(4)
  })

  test('does not grow when an update changes nothing, and nothing is recorded', async () => {
    const id = await oneProduct()
    const before = await shop.price(id)
    const outbox = await shop.outboxOf(() =>
      shop.query('UPDATE prices SET amount_cents = amount_cents WHERE product_id = $1', [id]),
    )
    expect(outbox).toEqual([])
    expect(await shop.price(id)).toEqual(before)
    expect(await shop.query('SELECT 1 FROM price_changes WHERE product_id = $1', [id])).toHaveLength(1)
  })

  test('grows only for those rows of a statement that change', async () => {
    const ids = await shop.products(5)
    await shop.query('UPDATE prices SET amount_cents = 2000 WHERE product_id = ANY($1)', [ids.slice(0, 3)])
    const outbox = await shop.outboxOf(() =>
      shop.query('UPDATE prices SET amount_cents = 2000 WHERE product_id = ANY($1)', [ids]),
    )
    expect(outbox).toEqual([{ topic: 'price', ids: ids.slice(3), versions: [2, 2] }])
    expect((await Promise.all(ids.map((id) => shop.price(id)))).map((price) => price.version)).toEqual([2, 2, 2, 2, 2])
  })

  test('cannot be set by a writer, neither up nor down nor in time', async () => {
    const id = await oneProduct()
    const before = await shop.price(id)
    await shop.query(`UPDATE prices SET version = 999, version_updated_at = '2001-01-01' WHERE product_id = $1`, [id])
    expect(await shop.price(id)).toEqual(before)
    await shop.query(
      `UPDATE prices SET amount_cents = 1200, version = 0, version_updated_at = '2001-01-01' WHERE product_id = $1`,
      [id],
    )
    const after = await shop.price(id)
    expect(after.version).toBe(2)
    expect(after.versionUpdatedAt.getFullYear()).toBeGreaterThan(2001)
  })

  test('starts at 1 when the writer of a new row claims another version', async () => {
    const [row] = await shop.query<{ id: number }>(
      `INSERT INTO products (slug, sku, name, description, brand, image) VALUES ('new', 'NEW', 'n', 'd', 'b', 'i') RETURNING id`,
    )
    const id = row?.id ?? 0
    await shop.query(
      `INSERT INTO prices (product_id, amount_cents, currency, version, version_updated_at) VALUES ($1, 500, 'EUR', 77, '2001-01-01')`,
      [id],
    )
    expect((await shop.price(id)).version).toBe(1)
    expect((await shop.price(id)).versionUpdatedAt.getFullYear()).toBeGreaterThan(2001)
  })

  test('grows by one when an upsert meets the row', async () => {
    const id = await oneProduct()
    await shop.query(
      `INSERT INTO prices (product_id, amount_cents, currency) VALUES ($1, 1300, 'EUR') ON CONFLICT (product_id) DO UPDATE SET amount_cents = EXCLUDED.amount_cents`,
      [id],
    )
    expect(await shop.price(id)).toMatchObject({ version: 2, amountMinor: 1300 })
  })

  test(`is never skipped or given twice by ${WRITERS} writers at once`, async () => {
    const [hot, other] = await shop.products(2)
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        for (let edit = 0; edit < EDITS_EACH; edit += 1) {
          await shop.query('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [hot])
          await shop.query('UPDATE prices SET amount_cents = amount_cents WHERE product_id = $1', [other])
        }
      }),
    )
    const edits = WRITERS * EDITS_EACH
    expect(await shop.price(hot ?? 0)).toMatchObject({ version: 1 + edits, amountMinor: 1000 + edits })
    expect((await shop.price(other ?? 0)).version).toBe(1)

    const history = await shop.query<{ version: number; old: number | null; new: number }>(
      `SELECT version::int, old_amount_cents AS old, new_amount_cents AS new FROM price_changes WHERE product_id = $1 ORDER BY version`,
      [hot],
    )
    expect(history.map((change) => change.version)).toEqual(Array.from({ length: 1 + edits }, (_, i) => i + 1))
    // Each change starts from the amount that the one before it left.
    expect(history.slice(1).map((change) => change.old)).toEqual(history.slice(0, -1).map((change) => change.new))
    const delivered = await shop.query<{ version: number }>(
      `SELECT unnest(versions)::int AS version FROM outbox WHERE topic = 'price' AND entity_ids = ARRAY[$1::int] ORDER BY 1`,
      [hot],
    )
    expect(delivered.map((row) => row.version)).toEqual(Array.from({ length: edits }, (_, i) => i + 2))
  })
})
