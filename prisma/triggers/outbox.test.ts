import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { triggerFixture, type TriggerFixture } from './fixture.ts'

let shop: TriggerFixture
let listener: pg.PoolClient
beforeAll(async () => {
  shop = await triggerFixture()
  listener = await shop.pool.connect()
  await listener.query('LISTEN evergreen_outbox')
})
afterAll(async () => {
  listener.release(true)
  await shop.drop()
})

/** Notifications arrive in the order of the commits, so a marker of our own says that all before it have come. */
async function notificationsOf(work: () => Promise<unknown>): Promise<number> {
  let seen = 0
  const marker = `marker-${Math.random()}`
  const count = () =>
    new Promise<number>((resolve) => {
      const listen = (message: pg.Notification) => {
        if (message.payload !== marker) seen += 1
        else {
          listener.off('notification', listen)
          resolve(seen)
        }
      }
      listener.on('notification', listen)
    })
  const counted = count()
  await work()
  await shop.query(`SELECT pg_notify('evergreen_outbox', $1)`, [marker])
  return counted
}

describe('the outbox', () => {
  test('has one row a statement, with the ids and versions in step', async () => {
    const ids = await shop.products(3)
    await shop.query('UPDATE prices SET amount_cents = 1500 WHERE product_id = $1', [ids[1]])
    const rows = await shop.outboxOf(() =>
      shop.query('UPDATE prices SET amount_cents = 1600 WHERE product_id = ANY($1)', [ids]),
    )
    expect(rows).toEqual([{ topic: 'price', ids, versions: [2, 3, 2] }])
  })

  test('splits a statement of 2,500 products into rows of at most 1,000, losing none', async () => {
    const ids = await shop.products(2_500)
    const rows = await shop.outboxOf(() =>
      shop.query('UPDATE prices SET amount_cents = amount_cents + 5 WHERE product_id = ANY($1)', [ids]),
    )
    expect(rows.map((row) => row.ids.length)).toEqual([1_000, 1_000, 500])
    expect(rows.flatMap((row) => row.ids)).toEqual(ids)
    expect(rows.flatMap((row) => row.versions).every((version) => version === 2)).toBe(true)
  })

  test.each([
    ['prices', 'product_id', 'amount_cents = amount_cents + 1'],
    ['products', 'id', 'rank = rank + 1'],
  ])('is written as fast for many %s in a session that changed single ones before', async (table, id, change) => {
    const ids = await shop.products(10_000)
    await shop.transaction(async (run) => {
      for (const single of ids.slice(0, 10)) await run(`UPDATE ${table} SET ${change} WHERE ${id} = $1`, [single])
      // A join planned for one row compares each of these rows with each: 10 s.
      await run(`SET LOCAL statement_timeout = '4s'`)
      await expect(run(`UPDATE ${table} SET ${change} WHERE ${id} = ANY ($1)`, [ids])).resolves.toBeDefined()
    })
  })

  test('refuses a row that is too large, empty, or whose lists differ in length', async () => {
    const insert = (ids: string, versions: string) =>
      shop.query(`INSERT INTO outbox (topic, entity_ids, versions) VALUES ('price', ${ids}, ${versions})`)
    const many = 'ARRAY(SELECT generate_series(1, 1001))'
    await expect(insert(many, many)).rejects.toMatchObject({ constraint: 'outbox_bounded' })
    await expect(insert(`'{}'`, `'{}'`)).rejects.toMatchObject({ constraint: 'outbox_bounded' })
    await expect(insert(`'{1,2}'`, `'{1}'`)).rejects.toMatchObject({ constraint: 'outbox_pairs' })
  })

  test('has a row if and only if the transaction committed', async () => {
    const [id] = await shop.products(1)
    const change = (end: string) =>
      shop.outboxOf(() => shop.query(`BEGIN; UPDATE prices SET amount_cents = 3000 WHERE product_id = ${id}; ${end}`))
    expect(await change('ROLLBACK')).toEqual([])
    expect(await change('COMMIT')).toEqual([{ topic: 'price', ids: [id], versions: [2] }])
  })

  test('keeps the change and its row together when a later statement of the transaction fails', async () => {
    const [id] = await shop.products(1)
    const rows = await shop.outboxOf(async () => {
      await expect(
        shop.transaction(async (run) => {
          await run('UPDATE prices SET amount_cents = 3000 WHERE product_id = $1', [id])
          await run('UPDATE prices SET amount_cents = -1 WHERE product_id = $1', [id])
        }),
      ).rejects.toMatchObject({ constraint: 'prices_amount_positive' })
    })
    expect(rows).toEqual([])
    expect(await shop.price(id ?? 0)).toMatchObject({ version: 1, amountMinor: 1000 })
  })

  test('carries the correlation id of the request that wrote it', async () => {
    const [id] = await shop.products(1)
    await shop.transaction(async (run) => {
      await run(`SELECT set_config('evergreen.correlation_id', 'req-42', true)`)
      await run('UPDATE prices SET amount_cents = 3000 WHERE product_id = $1', [id])
    })
    expect(await shop.query(`SELECT entity_ids AS ids FROM outbox WHERE correlation_id = 'req-42'`)).toEqual([
      { ids: [id] },
    ])
  })

  test('wakes the relay on commit, and neither before it nor after a rollback', async () => {
    const [id] = await shop.products(1)
    await notificationsOf(async () => undefined) // those of the new product have come
    const update = (amount: number) => `UPDATE prices SET amount_cents = ${amount} WHERE product_id = ${id}`
    expect(await notificationsOf(() => shop.query(`BEGIN; ${update(5000)}; ROLLBACK`))).toBe(0)
    expect(await notificationsOf(() => shop.query(update(1000)))).toBe(0)
    await shop.transaction(async (run) => {
      expect(await notificationsOf(() => run(update(6000)))).toBe(0)
    })
    expect(await notificationsOf(() => shop.query(update(7000)))).toBeGreaterThan(0)
  })

  test('sends no NOTIFY while a relay looks by itself, and keeps no lock afterwards', async () => {
    const [id] = await shop.products(1)
    await notificationsOf(async () => undefined) // those of the new product have come
    const update = (amount: number) => shop.query(`UPDATE prices SET amount_cents = ${amount} WHERE product_id = ${id}`)
    const relay = await shop.pool.connect()
    try {
      await relay.query(`SELECT pg_advisory_lock(hashtext('evergreen_outbox'))`)
      expect(await notificationsOf(() => update(5000))).toBe(0)
      await relay.query(`SELECT pg_advisory_unlock(hashtext('evergreen_outbox'))`)
      await shop.transaction(async (run) => {
        await run(`UPDATE prices SET amount_cents = 6000 WHERE product_id = ${id}`)
        const tried = await relay.query(`SELECT pg_try_advisory_lock(hashtext('evergreen_outbox')) AS free`)
        expect(tried.rows).toEqual([{ free: true }])
      })
      await relay.query(`SELECT pg_advisory_unlock(hashtext('evergreen_outbox'))`)
      expect(await notificationsOf(() => update(7000))).toBeGreaterThan(0)
    } finally {
      relay.release()
    }
  })
})
