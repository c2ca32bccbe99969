import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { triggerFixture, type TriggerFixture } from './fixture.ts'

let shop: TriggerFixture
beforeAll(async () => {
  shop = await triggerFixture()
})
afterAll(() => shop.drop())

interface Asked {
  readonly amount: number
  readonly compareAt: number | null
}

interface Sale {
  readonly id: string
  priority: number
  startsAt: number
  readonly prices: Map<number, Asked>
}

/** The rows that the database must hold: a base price each, and the sales that are active. */
class Model {
  readonly base: Map<number, Asked>
  readonly sales: Sale[] = []

  constructor(products: readonly number[]) {
    this.base = new Map(products.map((product) => [product, { amount: 1_000, compareAt: null }]))
  }

  /** The highest priority, then the later start, then the higher id. */
  top(product: number): Sale | undefined {
    return this.sales
      .filter(({ prices }) => prices.has(product))
      .toSorted((a, b) => b.priority - a.priority || b.startsAt - a.startsAt || (b.id < a.id ? -1 : 1))[0]
  }

  shown(product: number) {
    const [sale, base] = [this.top(product), this.base.get(product)]
    const shown = sale?.prices.get(product) ?? base
    return { product, ...shown, base: base?.amount, baseCompareAt: base?.compareAt, sale: sale?.id ?? null }
  }
}

const readSql = `SELECT product_id AS product, amount_cents AS amount, compare_at_cents AS "compareAt", base_amount_cents AS base,
  base_compare_at_cents AS "baseCompareAt", sale_id AS sale FROM prices WHERE product_id = ANY($1) ORDER BY product_id`
const versionsSql = `SELECT p.version::int, p.base_version::int AS "baseVersion", (SELECT count(*)::int FROM price_changes c WHERE c.product_id = p.product_id) AS changes
  FROM prices p WHERE product_id = ANY($1) ORDER BY product_id`

async function plan(sale: Omit<Sale, 'prices'>): Promise<void> {
  await shop.query(
    `WITH edit AS (INSERT INTO bulk_edits (selection, rules, reason, created_by) VALUES ('{}', '{}', 'Sale', 'test') RETURNING id)
     INSERT INTO price_schedules (id, bulk_edit_id, starts_at, ends_at, time_zone, state, created_by, priority)
     SELECT $1, id, to_timestamp($2), to_timestamp($2) + interval '100 years', 'UTC', 'running', 'test', $3 FROM edit`,
    [sale.id, sale.startsAt, sale.priority],
  )
}

const asked = fc
  .tuple(fc.integer({ min: 1, max: 5_000 }), fc.option(fc.integer({ min: 1, max: 500 })))
  .map(([amount, more]): Asked => ({ amount, compareAt: more === null ? null : amount + more }))
const which = fc.integer({ min: 0, max: 2 })
const some = fc.uniqueArray(which, { minLength: 1, maxLength: 3 })
/** Writes of a base price: alone, and with all that follows from it, as a bulk edit does. */
const BASE_WRITES = {
  base: '',
  row: `, base_version = version + 1, amount_cents = CASE WHEN sale_id IS NULL THEN $2::int ELSE amount_cents END,
    compare_at_cents = CASE WHEN sale_id IS NULL THEN $3::int ELSE compare_at_cents END`,
}
/** Few values, so that sales are equal in them. */
const priority = fc.integer({ min: 0, max: 1 })
const time = fc.constantFrom(1_000_000, 2_000_000)

const step = fc.oneof(
  fc.record({ kind: fc.constant('start' as const), products: some, asked, priority, time }),
  fc.record({ kind: fc.constant('end' as const), sale: fc.nat(9), cascade: fc.boolean() }),
  fc.record({ kind: fc.constant('leave' as const), sale: fc.nat(9), product: which }),
  fc.record({ kind: fc.constant('rank' as const), sale: fc.nat(9), priority, time }),
  fc.record({
    kind: fc.constant('base' as const),
    products: some,
    asked,
    writes: fc.constantFrom('base' as const, 'row' as const),
  }),
  fc.record({ kind: fc.constant('shown' as const), products: some, asked }),
  fc.record({ kind: fc.constant('same' as const), products: some }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

async function take(model: Model, ids: readonly number[], step: Step): Promise<void> {
  const sale = 'sale' in step ? model.sales[step.sale % Math.max(1, model.sales.length)] : undefined
  const products = 'products' in step ? step.products.map((i) => ids[i] ?? 0) : []
  switch (step.kind) {
    case 'start': {
      const made: Sale = { id: randomUUID(), priority: step.priority, startsAt: step.time, prices: new Map() }
      await plan(made)
      await shop.query('INSERT INTO sale_prices SELECT $1, unnest($2::int[]), $3::int, $4::int', [
        made.id,
        products,
        step.asked.amount,
        step.asked.compareAt,
      ])
      for (const product of products) made.prices.set(product, step.asked)
      model.sales.push(made)
      return
    }
    case 'end':
      if (!sale) return
      await shop.query(
        step.cascade ? 'DELETE FROM price_schedules WHERE id = $1' : 'DELETE FROM sale_prices WHERE sale_id = $1',
        [sale.id],
      )
      model.sales.splice(model.sales.indexOf(sale), 1)
      return
    case 'leave':
      await shop.query('DELETE FROM sale_prices WHERE sale_id = $1 AND product_id = $2', [
        sale?.id ?? null,
        ids[step.product],
      ])
      sale?.prices.delete(ids[step.product] ?? 0)
      return
    case 'rank':
      if (!sale) return
      await shop.query('UPDATE price_schedules SET priority = $2, starts_at = to_timestamp($3) WHERE id = $1', [
        sale.id,
        step.priority,
        step.time,
      ])
      Object.assign(sale, { priority: step.priority, startsAt: step.time })
      return
    case 'base':
      await shop.query(
        `UPDATE prices SET base_amount_cents = $2, base_compare_at_cents = $3${BASE_WRITES[step.writes]} WHERE product_id = ANY($1)`,
        [products, step.asked.amount, step.asked.compareAt],
      )
      for (const product of products) model.base.set(product, step.asked)
      return
    case 'shown':
      await shop.query('UPDATE prices SET amount_cents = $2, compare_at_cents = $3 WHERE product_id = ANY($1)', [
        products,
        step.asked.amount,
        step.asked.compareAt,
      ])
      for (const product of products) (model.top(product)?.prices ?? model.base).set(product, step.asked)
      return
    case 'same':
      await shop.query(
        `UPDATE prices SET amount_cents = amount_cents, base_amount_cents = base_amount_cents, base_version = 99, sale_id = $2 WHERE product_id = ANY($1)`,
        [products, randomUUID()],
      )
  }
}

describe('what a price shows', () => {
  test(
    'follows from the base price and the active sales, after any changes in any order, by one version a change',
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
          const ids = await shop.products(3)
          const model = new Model(ids)
          const inModel = () => ids.map((id) => model.shown(id))
          let [before, versions, baseVersions] = [inModel(), [1, 1, 1], [1, 1, 1]]
          for (const one of [...steps, ...steps.map(() => ({ kind: 'end' as const, sale: 0, cascade: false }))]) {
            await take(model, ids, one)
            expect(await shop.query(readSql, [ids])).toEqual(inModel())
            const after = inModel()
            const expected = versions.map(
              (version, i) => version + (JSON.stringify(after[i]) === JSON.stringify(before[i]) ? 0 : 1),
            )
            const stored = await shop.query<{ version: number; baseVersion: number; changes: number }>(versionsSql, [
              ids,
            ])
            expect(stored.map(({ version }) => version)).toEqual(expected)
            expect(
              stored.map(({ changes }) => changes),
              'each version has its history',
            ).toEqual(expected)
            const isSameBase = (i: number) =>
              after[i]?.base === before[i]?.base && after[i]?.baseCompareAt === before[i]?.baseCompareAt
            baseVersions = baseVersions.map((version, i) => (isSameBase(i) ? version : (expected[i] ?? 0)))
            expect(
              stored.map(({ baseVersion }) => baseVersion),
              'in which the base price changed last',
            ).toEqual(baseVersions)
            ;[before, versions] = [after, expected]
          }
          expect(before.map(({ amount, compareAt, sale }) => ({ amount, compareAt, sale }))).toEqual(
            before.map(({ base, baseCompareAt }) => ({ amount: base, compareAt: baseCompareAt, sale: null })),
          )
        }),
        { numRuns: 25 },
      )
    },
  )

  test('is right after two sales of the same products start at the same time', async () => {
    const ids = await shop.products(20)
    const sales = [1, 2, 3, 4].map((priority) => ({ id: randomUUID(), priority, startsAt: 1_000_000 }))
    for (const sale of sales) await plan(sale)
    await Promise.all(
      sales.map(({ id, priority }) =>
        shop.query('INSERT INTO sale_prices SELECT $1, unnest($2::int[]), $3::int, 2000', [
          id,
          priority % 2 === 0 ? ids : ids.toReversed(),
          100 * priority,
        ]),
      ),
    )
    const amounts = async () =>
      new Set((await shop.query<{ amount: number }>(readSql, [ids])).map(({ amount }) => amount))
    expect(await amounts()).toEqual(new Set([400]))
    await Promise.all(sales.slice(1).map(({ id }) => shop.query('DELETE FROM sale_prices WHERE sale_id = $1', [id])))
    expect(await amounts()).toEqual(new Set([100]))
  })
})

describe('a write that cannot be', () => {
  test('is refused: another currency during a sale, a price of a sale that moves, TRUNCATE of all sales', async () => {
    const [id] = await shop.products(1)
    const sale = { id: randomUUID(), priority: 0, startsAt: 1_000_000 }
    await plan(sale)
    await shop.query('INSERT INTO sale_prices VALUES ($1, $2, 500, 1000)', [sale.id, id])
    await expect(shop.query(`UPDATE prices SET currency = 'CHF' WHERE product_id = $1`, [id])).rejects.toThrow(
      `Product ${id} is in a sale in EUR: end the sale before its currency changes`,
    )
    await expect(
      shop.query('UPDATE sale_prices SET product_id = product_id + 1 WHERE sale_id = $1', [sale.id]),
    ).rejects.toThrow('cannot move')
    await expect(shop.query('TRUNCATE sale_prices')).rejects.toThrow('delete the rows')
    await expect(
      shop.query('UPDATE sale_prices SET amount_cents = 1000 WHERE sale_id = $1', [sale.id]),
    ).rejects.toThrow('sale_prices_compare_at_above')
    await shop.query('DELETE FROM sale_prices WHERE sale_id = $1', [sale.id])
    await shop.query(`UPDATE prices SET currency = 'CHF' WHERE product_id = $1`, [id])
  })
})
