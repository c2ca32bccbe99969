/** A page that shows a group has to follow products that join or leave the group, from every writer. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { triggerFixture, type TriggerFixture } from './fixture.ts'

let shop: TriggerFixture
beforeAll(async () => {
  shop = await triggerFixture()
})
afterAll(() => shop.drop())

async function newGroup(name: string): Promise<number> {
  const [row] = await shop.query<{ id: number }>('INSERT INTO product_groups (name) VALUES ($1) RETURNING id', [name])
  if (!row) throw new Error('the group was not made')
  return row.id
}

const join = (group: number | null, ...ids: number[]) =>
  shop.query('UPDATE products SET group_id = $1 WHERE id = ANY($2::int[])', [group, ids])

test('raises the versions of a group and of the lists that its products are in when one joins, moves and leaves', async () => {
  const [one = 0, two = 0] = await shop.products(2)
  const [category = 0] = await shop.categories('chairs')
  await shop.query('INSERT INTO product_categories SELECT unnest($1::int[]), $2', [[one, two], category])
  const [from, to] = [await newGroup('Chair'), await newGroup('Stool')]
  const versions = async () => [
    await shop.versionOf('product_groups', from),
    await shop.versionOf('product_groups', to),
    await shop.versionOf('categories', category),
  ]
  const raised = async (work: () => Promise<unknown>) => {
    const before = await versions()
    await work()
    return (await versions()).map((version, i) => version - (before[i] ?? 0))
  }
  expect(await raised(() => join(from, one, two))).toEqual([1, 0, 1])
  expect(await raised(() => join(to, two))).toEqual([1, 1, 1])
  expect(await raised(() => join(null, one))).toEqual([1, 0, 1])
  expect(await raised(() => join(to, two))).toEqual([0, 0, 0])
  // Its page shows the others, and so does its card.
  expect(await raised(() => shop.query(`UPDATE products SET colour = 'moss' WHERE id = $1`, [two]))).toEqual([0, 1, 0])
  expect(await raised(() => shop.query('UPDATE products SET id = id WHERE id = $1', [two]))).toEqual([0, 0, 0])
  expect(await raised(() => shop.query('UPDATE prices SET amount_cents = 900 WHERE product_id = $1', [two]))).toEqual([
    0, 0, 0,
  ])
})

test('raises the version of a group when a new product comes with it, and when it gets its price', async () => {
  const group = await newGroup('Lamp')
  const topics = await shop.outboxOf(async () => {
    const [row] = await shop.query<{ id: number }>(
      `INSERT INTO products (slug, sku, name, description, brand, image, group_id)
       VALUES ('lamp', 'LAMP', 'Lamp', 'A lamp.', 'Brand', '/images/p.svg', $1) RETURNING id`,
      [group],
    )
    await shop.query(`INSERT INTO prices (product_id, amount_cents, currency) VALUES ($1, 1000, 'EUR')`, [row?.id])
  })
  expect(topics.filter(({ topic }) => topic === 'group').map(({ versions }) => versions)).toEqual([[2], [3]])
})

test('raises a version for a new name of a group', async () => {
  const group = await newGroup('Vase')
  const outbox = await shop.outboxOf(() => shop.query(`UPDATE product_groups SET name = 'Jug' WHERE id = $1`, [group]))
  expect(outbox).toEqual([{ topic: 'group', ids: [group], versions: [2] }])
})

test('refuses an eleventh product of a group, and changes nothing', async () => {
  const group = await newGroup('Sofa')
  const ids = await shop.products(11)
  await join(group, ...ids.slice(0, 10))
  await expect(join(group, ...ids.slice(10))).rejects.toThrow('group "Sofa" would have more than 10 products')
  expect(await shop.query('SELECT id FROM products WHERE group_id = $1', [group])).toHaveLength(10)
})

test('refuses to delete a group', async () => {
  const group = await newGroup('Tent')
  await expect(shop.query('DELETE FROM product_groups WHERE id = $1', [group])).rejects.toThrow(
    /product_groups|version/,
  )
})
