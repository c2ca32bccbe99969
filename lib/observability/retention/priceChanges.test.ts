/** The statements about prices after their old history was deleted: the same as before. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lowestAmountSql, pricePayloadSql } from '#lib/catalog/prices/priceSql.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { BASE_CHANGED_AT } from '#lib/catalog/prices/baseChange.ts'
import { LOWEST_OF_30_DAYS, USUAL_AMOUNT } from '#lib/pricing/priceRows.ts'
import { keptPriceChanges } from './priceChanges.ts'

const PRODUCTS = 40
const STEPS = 60

let database: SeededDatabase
beforeAll(async () => {
  database = await seededDatabase(PRODUCTS)
})
afterAll(() => database.drop())

/** Random numbers for all products, one after the other, so that a failure names the seed that makes it again. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Base prices change, compare-at prices come and go, sales begin and end: some products often, some hardly ever. */
async function live(random: () => number): Promise<void> {
  const [sale] = await database.db.$queryRaw<[{ id: string }]>`
    WITH edit AS (INSERT INTO bulk_edits (selection, rules, reason, created_by, state) VALUES ('{}', '{}', 'A sale', 'a test', 'applied') RETURNING id)
    INSERT INTO price_schedules (bulk_edit_id, starts_at, ends_at, time_zone, state, created_by)
    SELECT id, now() - interval '1 day', now() + interval '1 day', 'UTC', 'running', 'a test' FROM edit RETURNING id`
  for (let step = 0; step < STEPS; step++) {
    const kind = random()
    // The base price of some has not changed for long: only sales come and go.
    const ids = Array.from({ length: PRODUCTS }, (_, i) => i + 1).filter(
      (id) => random() < (id % 5 === 0 ? 0.03 : 0.6) && (kind >= 0.6 || id % 4 !== 0 || step < 5),
    )
    const amounts = ids.map(() => 500 + Math.floor(random() * 20) * 100)
    const compareAt = amounts.map((amount) => (random() < 0.5 ? amount + 1_000 : null))
    if (kind < 0.6)
      await database.db.$executeRaw`
        UPDATE prices p SET base_amount_cents = u.amount, base_compare_at_cents = u.compare_at
        FROM unnest(${ids}::int[], ${amounts}::int[], ${compareAt}::int[]) u (id, amount, compare_at) WHERE p.product_id = u.id`
    else if (kind < 0.8)
      await database.db.$executeRaw`
        INSERT INTO sale_prices (sale_id, product_id, amount_cents, compare_at_cents)
        SELECT ${sale.id}::uuid, u.id, 400, u.amount + 500 FROM unnest(${ids}::int[], ${amounts}::int[]) u (id, amount) ON CONFLICT DO NOTHING`
    else await database.db.$executeRaw`DELETE FROM sale_prices WHERE product_id = ANY(${ids}::int[])`
  }
}

/** Spreads the changes of each product over years: many within days, then none for months. */
async function spread(random: () => number): Promise<void> {
  const changes = await database.db.priceChange.findMany({
    select: { id: true, productId: true },
    orderBy: [{ productId: 'asc' }, { version: 'desc' }],
  })
  let [product, days] = [0, 0]
  const ages = changes.map(({ productId }) => {
    if (productId !== product) [product, days] = [productId, random() * (productId % 3 === 0 ? 600 : 40)]
    else days += random() < 0.2 ? random() * 200 : random() * 20
    return days
  })
  await database.db.$transaction([
    database.db.$executeRaw`SET LOCAL session_replication_role = replica`,
    database.db.$executeRaw`
      UPDATE price_changes c SET changed_at = now() - make_interval(secs => u.days * 86400)
      FROM unnest(${changes.map(({ id }) => id)}::bigint[], ${ages}::float8[]) u (id, days) WHERE c.id = u.id`,
  ])
}

/** All that is said of the prices as they are. */
const statements = () => database.db.$queryRaw<object[]>`
  SELECT p.product_id, ${Prisma.raw(pricePayloadSql('p'))} AS payload, ${USUAL_AMOUNT} AS usual, ${LOWEST_OF_30_DAYS} AS lowest,
    (SELECT ${BASE_CHANGED_AT} FROM prices pr WHERE pr.product_id = p.product_id) AS base_changed_at
  FROM prices p ORDER BY p.product_id`
/** The statement about each version that was in force in the last 400 days. */
const statementsOfVersions = () => database.db.$queryRaw<object[]>`
  SELECT v.product_id, v.version, v.amount_cents, v.compare_at_cents, ${Prisma.raw(lowestAmountSql('v'))} AS lowest FROM (
    SELECT product_id, version, new_amount_cents AS amount_cents, new_compare_at_cents AS compare_at_cents,
      lead(changed_at, 1, now()) OVER (PARTITION BY product_id ORDER BY version) AS until FROM price_changes) v
  WHERE v.until > now() - interval '400 days' ORDER BY 1, 2`

async function forgetAll(): Promise<number> {
  const kept = keptPriceChanges()
  for (let gone = 0; ;) {
    const { rows, more } = await kept.forget(database.db)
    gone += rows
    if (!more) return gone
  }
}

describe('when the old history is deleted', () => {
  it.each([1, 2])('all that is said of prices stays the same: seed %i', async (seed) => {
    const random = randomFrom(seed)
    await live(random)
    await spread(random)
    const [before, versions] = [await statements(), await statementsOfVersions()]
    const young = Prisma.sql`SELECT count(*)::int AS count FROM price_changes WHERE changed_at > now() - interval '400 days'`
    const count = async (sql: Prisma.Sql) => (await database.db.$queryRaw<[{ count: number }]>(sql))[0].count
    const kept = await count(young)
    const all = await database.db.priceChange.count()
    const gone = await forgetAll()
    expect(gone, 'a good part of what is old').toBeGreaterThan((all - kept) / 4)
    expect(await database.db.priceChange.count()).toBe(all - gone)
    expect(await count(young)).toBe(kept)
    expect(await statements()).toEqual(before)
    expect(await statementsOfVersions()).toEqual(versions)
    expect(await database.db.priceChange.count({ where: { version: 1 } }), 'the seed counts them').toBe(PRODUCTS)
    expect(await forgetAll(), 'nothing is left').toBe(0)
  })

  it('the version stays that the preview of a sale saw, until the sale begins', async () => {
    const version = 5
    const [edit] = await database.db.$queryRaw<[{ id: string }]>`
      INSERT INTO bulk_edits (state, selection, rules, reason, created_by, previewed_at)
      VALUES ('approved', '{}', '{}', 'A sale that is far away', 'a test', now() - interval '900 days') RETURNING id`
    await database.db.$executeRaw`
      INSERT INTO price_schedules (bulk_edit_id, starts_at, ends_at, time_zone, created_by)
      VALUES (${edit.id}::uuid, now() + interval '1 day', now() + interval '2 days', 'UTC', 'a test')`
    // A product without another history: its versions are 40 days apart.
    await database.db.$executeRaw`
      WITH made AS (INSERT INTO products (slug, sku, name, description, brand, image) VALUES ('far', 'FAR', 'Far', '', 'B', '/i') RETURNING id)
      INSERT INTO prices (product_id, amount_cents, currency) SELECT id, 500, 'EUR' FROM made`
    const { id } = await database.db.product.findUniqueOrThrow({ where: { slug: 'far' } })
    await database.db.$executeRaw`
      INSERT INTO bulk_edit_rows (bulk_edit_id, product_id, previewed_version, old_amount_cents, new_amount_cents)
      VALUES (${edit.id}::uuid, ${id}, ${version}, 1000, 900)`
    for (let cents = 501; cents < 530; cents++)
      await database.db.$executeRaw`UPDATE prices SET amount_cents = ${cents} WHERE product_id = ${id}`
    await database.db.$transaction([
      database.db.$executeRaw`SET LOCAL session_replication_role = replica`,
      database.db.$executeRaw`
        UPDATE price_changes SET changed_at = now() - (31 - version) * interval '40 days' WHERE product_id = ${id}`,
    ])
    const kept = async () =>
      (
        await database.db.priceChange.findMany({
          where: { productId: id, version: { lte: 10 } },
          orderBy: { version: 'asc' },
        })
      ).map((change) => Number(change.version))
    await forgetAll()
    expect(await kept()).toEqual([1, version])
    await database.db.priceSchedule.updateMany({ data: { state: 'cancelled' } })
    await forgetAll()
    expect(await kept()).toEqual([1])
  })
})
