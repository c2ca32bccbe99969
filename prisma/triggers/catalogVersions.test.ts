import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { triggerFixture, type TriggerFixture } from './fixture.ts'

let shop: TriggerFixture
beforeAll(async () => {
  shop = await triggerFixture(8)
})
afterAll(() => shop.drop())

let made = 0
/** A product in one category, beside a category that it is not in. */
async function productInCategory() {
  made += 1
  const [product = 0] = await shop.products(1)
  const [home = 0, elsewhere = 0] = await shop.categories(`home-${made}`, `elsewhere-${made}`)
  await shop.query('INSERT INTO product_categories VALUES ($1, $2)', [product, home])
  return { product, home, elsewhere }
}

/** The growth of each version while `sql` ran. */
async function growth(
  { product, home, elsewhere }: Awaited<ReturnType<typeof productInCategory>>,
  sql: string,
  params?: unknown[],
) {
  const versions = () =>
    Promise.all([
      shop.versionOf('products', product),
      shop.versionOf('categories', home),
      shop.versionOf('categories', elsewhere),
      shop.versionOf('catalog_state', 1),
    ])
  const before = await versions()
  await shop.query(sql, params)
  const after = await versions()
  const [ofProduct, ofHome, ofElsewhere, ofCatalog] = after.map((version, i) => version - (before[i] ?? 0))
  return { product: ofProduct, home: ofHome, elsewhere: ofElsewhere, catalog: ofCatalog }
}

const NOTHING = { product: 0, home: 0, elsewhere: 0, catalog: 0 }

describe('the versions of product, category and catalog', () => {
  test.each(['slug', 'sku', 'name', 'description', 'brand', 'image'])(
    'a new %s changes the product, and no list',
    async (field) => {
      const at = await productInCategory()
      expect(await growth(at, `UPDATE products SET ${field} = 'new' WHERE id = $1`, [at.product])).toEqual({
        ...NOTHING,
        product: 1,
      })
    },
  )

  test.each([
    ['rank', '7'],
    ['status', `'discontinued'`],
  ])('a new %s also changes the lists that the product is in', async (field, value) => {
    const at = await productInCategory()
    expect(await growth(at, `UPDATE products SET ${field} = ${value} WHERE id = $1`, [at.product])).toEqual({
      ...NOTHING,
      product: 1,
      home: 1,
    })
  })

  test('an update that changes nothing changes no version', async () => {
    const at = await productInCategory()
    const outbox = await shop.outboxOf(async () => {
      expect(
        await growth(at, 'UPDATE products SET name = name, rank = rank, status = status WHERE id = $1', [at.product]),
      ).toEqual(NOTHING)
      expect(
        await growth(at, 'UPDATE categories SET names = names, position = position WHERE id = $1', [at.home]),
      ).toEqual(NOTHING)
      expect(
        await growth(at, `INSERT INTO categories (slug, names) SELECT 'none', '{"en": "None"}' WHERE false`),
      ).toEqual(NOTHING)
      expect(
        await growth(at, 'DELETE FROM product_categories WHERE product_id = $1 AND category_id = $2', [
          at.product,
          at.elsewhere,
        ]),
      ).toEqual(NOTHING)
    })
    expect(outbox).toEqual([])
  })

  test('a new price changes neither the product nor a list: it has a version of its own', async () => {
    const at = await productInCategory()
    expect(await growth(at, 'UPDATE prices SET amount_cents = 777 WHERE product_id = $1', [at.product])).toEqual(
      NOTHING,
    )
  })

  test('joining, leaving and moving between categories change the product and the lists on both ends', async () => {
    const at = await productInCategory()
    expect(await growth(at, 'INSERT INTO product_categories VALUES ($1, $2)', [at.product, at.elsewhere])).toEqual({
      ...NOTHING,
      product: 1,
      elsewhere: 1,
    })
    expect(
      await growth(at, 'DELETE FROM product_categories WHERE product_id = $1 AND category_id = $2', [
        at.product,
        at.elsewhere,
      ]),
    ).toEqual({ ...NOTHING, product: 1, elsewhere: 1 })
    expect(
      await growth(at, 'UPDATE product_categories SET category_id = $2 WHERE product_id = $1', [
        at.product,
        at.elsewhere,
      ]),
    ).toEqual({ product: 1, home: 1, elsewhere: 1, catalog: 0 })
  })

  test('a change of related products changes the product, and a link that moves changes both ends', async () => {
    const at = await productInCategory()
    const [other = 0, third = 0] = await shop.products(2)
    expect(await growth(at, 'INSERT INTO related_products VALUES ($1, $2, 0)', [at.product, other])).toEqual({
      ...NOTHING,
      product: 1,
    })
    const before = await shop.versionOf('products', third)
    expect(
      await growth(at, 'UPDATE related_products SET product_id = $2 WHERE product_id = $1', [at.product, third]),
    ).toEqual({ ...NOTHING, product: 1 })
    expect(await shop.versionOf('products', third)).toBe(before + 1)
    expect(await growth(at, 'DELETE FROM related_products WHERE product_id = $1', [third])).toEqual(NOTHING)
    expect(await shop.versionOf('products', third)).toBe(before + 2)
  })

  test.each([
    ['names', `'{"en": "Renamed"}'`],
    ['slug', `'moved-' || id`],
    ['position', '9'],
    ['kind', `'collection'`],
  ])('a new %s of a category changes it and the catalog, whose tree every page shows', async (field, value) => {
    const at = await productInCategory()
    expect(await growth(at, `UPDATE categories SET ${field} = ${value} WHERE id = $1`, [at.home])).toEqual({
      ...NOTHING,
      home: 1,
      catalog: 1,
    })
  })

  test('a new branch of the tree changes the catalog', async () => {
    const at = await productInCategory()
    expect(await growth(at, 'UPDATE categories SET parent_id = $2 WHERE id = $1', [at.home, at.elsewhere])).toEqual({
      ...NOTHING,
      home: 1,
      catalog: 1,
    })
    expect(await growth(at, `INSERT INTO categories (slug, names) VALUES ('branch', '{"en": "Branch"}')`)).toEqual({
      ...NOTHING,
      catalog: 1,
    })
  })

  test('each is delivered through the outbox with its new version', async () => {
    const at = await productInCategory()
    const [product, category] = [
      await shop.versionOf('products', at.product),
      await shop.versionOf('categories', at.home),
    ]
    expect(await shop.outboxOf(() => shop.query('UPDATE products SET rank = 5 WHERE id = $1', [at.product]))).toEqual([
      { topic: 'product', ids: [at.product], versions: [product + 1] },
      { topic: 'category', ids: [at.home], versions: [category + 1] },
    ])
    const catalog = await shop.versionOf('catalog_state', 1)
    expect(await shop.outboxOf(() => shop.query('UPDATE catalog_state SET version = version + 1'))).toEqual([
      { topic: 'catalog', ids: [1], versions: [catalog + 1] },
    ])
  })

  test('a version raised by hand, as a purge does it, grows by one; lowered by hand it stays', async () => {
    const at = await productInCategory()
    for (const table of ['products', 'categories', 'catalog_state'] as const) {
      const id = { products: at.product, categories: at.home, catalog_state: 1 }[table]
      const before = await shop.versionOf(table, id)
      await shop.query(`UPDATE ${table} SET version = version + 1000 WHERE id = $1`, [id])
      await shop.query(`UPDATE ${table} SET version = 0 WHERE id = $1`, [id])
      expect(await shop.versionOf(table, id)).toBe(before + 1)
    }
  })

  test('edits of the same products and lists at once all succeed: none waits in a circle', async () => {
    const at = await productInCategory()
    const ids = await shop.products(6)
    await shop.query('INSERT INTO product_categories SELECT unnest($1::int[]), $2', [ids, at.home])
    const before = await shop.versionOf('categories', at.home)
    await Promise.all(
      ids.flatMap((id) => [
        ...Array.from({ length: 8 }, () => shop.query('UPDATE products SET rank = rank + 1 WHERE id = $1', [id])),
        shop.query('INSERT INTO product_categories VALUES ($1, $2)', [id, at.elsewhere]),
        shop.query('DELETE FROM product_categories WHERE product_id = $1 AND category_id = $2', [id, at.home]),
      ]),
    )
    expect(await shop.versionOf('categories', at.home)).toBeGreaterThan(before)
    expect(await shop.versionOf('categories', at.elsewhere)).toBeGreaterThanOrEqual(1 + ids.length)
  })
})
