/** The contents of lists follow from products, groups and memberships: `category_cards` agrees, for every writer. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Random } from '../../e2e/simulation/random.ts'
import { triggerFixture, type TriggerFixture } from './fixture.ts'

const WRITERS = 4
const CHANGES = 300

let shop: TriggerFixture
let products: number[]
let categories: number[]
let groups: number[]
beforeAll(async () => {
  shop = await triggerFixture(WRITERS)
  products = await shop.products(12)
  categories = await shop.categories('chairs', 'lamps', 'rugs')
  const rows = await shop.query<{ id: number }>(
    `INSERT INTO product_groups (name) SELECT 'Group ' || n FROM generate_series(1, 3) n RETURNING id`,
  )
  groups = rows.map(({ id }) => id)
})
afterAll(() => shop.drop())

/** As a list is defined: what is sold, of a group the first one, by rank, then id. */
const listed = () =>
  shop.query(`
    SELECT pc.category_id, p.rank, p.id AS product_id FROM product_categories pc JOIN products p ON p.id = pc.product_id
    WHERE p.status = 'active' AND (p.group_id IS NULL OR NOT EXISTS (
      SELECT FROM products o JOIN product_categories oc ON oc.product_id = o.id AND oc.category_id = pc.category_id
      WHERE o.group_id = p.group_id AND o.status = 'active' AND (o.rank, o.id) < (p.rank, p.id)))
    ORDER BY 1, 2, 3`)
const kept = () => shop.query('SELECT category_id, rank, product_id FROM category_cards ORDER BY 1, 2, 3')

function change(random: Random): Promise<unknown> {
  const two = [random.pick(products), random.pick(products)]
  switch (random.below(6)) {
    case 0:
      return shop.query('UPDATE products SET rank = $2 WHERE id = ANY($1::int[])', [two, random.below(5)])
    case 1:
      return shop.query('UPDATE products SET status = $2::product_status WHERE id = ANY($1::int[])', [
        two,
        random.pick(['active', 'active', 'discontinued']),
      ])
    case 2:
      return shop.query('UPDATE products SET group_id = $2 WHERE id = ANY($1::int[])', [
        two,
        random.pick([...groups, null]),
      ])
    case 3:
      return shop.query('DELETE FROM product_categories WHERE product_id = $1 AND category_id = $2', [
        two[0],
        random.pick(categories),
      ])
    case 4:
      return shop.query(
        `UPDATE product_categories pc SET category_id = $2 WHERE product_id = $1 AND category_id = $3
         AND NOT EXISTS (SELECT FROM product_categories WHERE product_id = $1 AND category_id = $2)`,
        [two[0], random.pick(categories), random.pick(categories)],
      )
    default:
      return shop.query(
        'INSERT INTO product_categories (product_id, category_id) SELECT unnest($1::int[]), $2 ON CONFLICT DO NOTHING',
        [[...new Set(two)], random.pick(categories)],
      )
  }
}

test('keeps the cards of every list through any change of products, groups and memberships', async () => {
  const random = new Random(18)
  for (let i = 0; i < CHANGES; i += 1) {
    await change(random)
    expect(await kept(), `after change ${i}`).toEqual(await listed())
  }
  expect(await kept()).not.toEqual([])
})

test('keeps them while writers change the same products at once', async () => {
  const failures: unknown[] = []
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      const random = new Random(writer)
      for (let i = 0; i < CHANGES / 2; i += 1) await change(random).catch((error: unknown) => failures.push(error))
    }),
  )
  // Two that move one membership may meet in its key, or wait for each other: Postgres refuses one of them, whole.
  expect(failures.map(String).filter((failure) => !/product_categories_pkey|deadlock detected/.test(failure))).toEqual(
    [],
  )
  expect(failures.length).toBeLessThan(CHANGES)
  expect(await kept()).toEqual(await listed())
})
