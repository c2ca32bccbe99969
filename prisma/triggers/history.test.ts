import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { triggerFixture, type TriggerFixture } from './fixture.ts'

let shop: TriggerFixture
beforeAll(async () => {
  shop = await triggerFixture()
})
afterAll(() => shop.drop())

const lastChange = async (id: number | undefined) => {
  const rows = await shop.query(
    `SELECT version::int, old_amount_cents, new_amount_cents, old_compare_at_cents, new_compare_at_cents, currency,
            source, actor, reason, bulk_edit_id, correlation_id, changed_at
     FROM price_changes WHERE product_id = $1 ORDER BY id DESC LIMIT 1`,
    [id],
  )
  return rows[0]
}

/** Makes a change so many days old, which only the owner of the table can. */
const age = (id: number, version: number, days: number) =>
  shop.transaction(async (run) => {
    await run('SET LOCAL session_replication_role = replica')
    await run(
      'UPDATE price_changes SET changed_at = now() - make_interval(days => $3) WHERE product_id = $1 AND version = $2',
      [id, version, days],
    )
  })

describe('the history of a price', () => {
  test('names the change, its actor, its reason and its source', async () => {
    const [id] = await shop.products(1)
    const bulkEdit = '5f1d2c3b-0000-4000-8000-000000000001'
    await shop.transaction(async (run) => {
      await run(
        `SELECT set_config('evergreen.source', 'editor', true), set_config('evergreen.actor', 'ada@example.com', true),
                        set_config('evergreen.reason', 'Winter sale', true), set_config('evergreen.correlation_id', 'req-1', true),
                        set_config('evergreen.bulk_edit_id', $1, true)`,
        [bulkEdit],
      )
      await run('UPDATE prices SET amount_cents = 900, compare_at_cents = 1000 WHERE product_id = $1', [id])
    })
    const price = await shop.price(id ?? 0)
    expect(await lastChange(id)).toEqual({
      version: 2,
      old_amount_cents: 1000,
      new_amount_cents: 900,
      old_compare_at_cents: null,
      new_compare_at_cents: 1000,
      currency: 'EUR',
      source: 'editor',
      actor: 'ada@example.com',
      reason: 'Winter sale',
      bulk_edit_id: bulkEdit,
      correlation_id: 'req-1',
      changed_at: price.versionUpdatedAt,
    })
  })

  test('names the database role when a write passes the application by, also after one that did not on the same connection', async () => {
    const [id] = await shop.products(1)
    const client = await shop.pool.connect()
    try {
      await client.query('BEGIN')
      await client.query(
        `SELECT set_config('evergreen.source', 'editor', true), set_config('evergreen.actor', 'ada@example.com', true)`,
      )
      await client.query('COMMIT')
      await client.query('UPDATE prices SET amount_cents = 1 WHERE product_id = $1', [id])
      const { rows } = await client.query<{ role: string }>('SELECT session_user AS role')
      expect(await lastChange(id)).toMatchObject({
        source: 'sql',
        actor: rows[0]?.role,
        reason: null,
        bulk_edit_id: null,
        correlation_id: null,
      })
    } finally {
      client.release()
    }
  })

  test('begins with the first price, which had none before it', async () => {
    const [id] = await shop.products(1)
    expect(await lastChange(id)).toMatchObject({ version: 1, old_amount_cents: null, new_amount_cents: 1000 })
  })

  test('has a row if and only if the transaction committed', async () => {
    const [id] = await shop.products(1)
    const refused = shop.transaction(async (run) => {
      await run('UPDATE prices SET amount_cents = 4000 WHERE product_id = $1', [id])
      const { rowCount } = await run('SELECT 1 FROM price_changes WHERE product_id = $1 AND version = 2', [id])
      expect(rowCount).toBe(1)
      throw new Error('the writer changed its mind')
    })
    await expect(refused).rejects.toThrow('changed its mind')
    expect(await lastChange(id)).toMatchObject({ version: 1 })
    expect(await shop.price(id ?? 0)).toMatchObject({ version: 1, amountMinor: 1000 })

    await shop.transaction(
      async (run) => void (await run('UPDATE prices SET amount_cents = 4000 WHERE product_id = $1', [id])),
    )
    expect(await lastChange(id)).toMatchObject({ version: 2, new_amount_cents: 4000 })
  })

  test.each(["UPDATE price_changes SET actor = 'mallory'", 'DELETE FROM price_changes', 'TRUNCATE price_changes'])(
    'is append-only: %s is refused',
    async (sql) => {
      await shop.products(1)
      const count = 'SELECT count(*)::int AS rows FROM price_changes'
      const before = await shop.query(count)
      await expect(shop.query(sql)).rejects.toMatchObject({
        code: '23001',
        message: expect.stringContaining('history is append-only'),
      })
      expect(await shop.query(count)).toEqual(before)
    },
  )

  test('keeps 400 days also in a session that says that it forgets', async () => {
    const [id = 0] = await shop.products(1)
    await shop.query('UPDATE prices SET amount_cents = 1234 WHERE product_id = $1', [id])
    await age(id, 1, 401)
    await age(id, 2, 399)
    const forget = (version: number) =>
      shop.transaction(async (run) => {
        await run("SELECT set_config('evergreen.forget_price_changes', 'on', true)")
        await run('DELETE FROM price_changes WHERE product_id = $1 AND version = $2', [id, version])
      })
    await expect(forget(2)).rejects.toMatchObject({ code: '23001', message: expect.stringContaining('400 days') })
    await forget(1)
    const rows = await shop.query('SELECT version::int FROM price_changes WHERE product_id = $1', [id])
    expect(rows).toEqual([{ version: 2 }])
    await expect(shop.query('DELETE FROM price_changes WHERE product_id = $1', [id]), 'as ever').rejects.toThrow(
      /append-only/,
    )
  })
})
