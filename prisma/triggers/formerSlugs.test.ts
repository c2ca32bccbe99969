import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { triggerFixture, type TriggerFixture } from './fixture.ts'

let shop: TriggerFixture
beforeAll(async () => {
  shop = await triggerFixture()
})
afterAll(() => shop.drop())
beforeEach(() => shop.query('DELETE FROM former_slugs'))

const former = () => shop.query<{ kind: string; slug: string; id: number }>('SELECT * FROM former_slugs ORDER BY slug')
const rename = (id: number, slug: string) => shop.query('UPDATE products SET slug = $2 WHERE id = $1', [id, slug])
const version = (id: number) => shop.versionOf('products', id)

describe('former slugs', () => {
  test('are kept for every writer: of a product, of a category, and each of a chain', async () => {
    const [product = 0] = await shop.products(1)
    const [category = 0] = await shop.categories('shelf-a')
    await rename(product, 'a')
    await shop.query('DELETE FROM former_slugs')
    await rename(product, 'b')
    await rename(product, 'c')
    await shop.query(`UPDATE categories SET slug = 'shelf-b' WHERE id = $1`, [category])
    expect(await former()).toEqual([
      { kind: 'product', slug: 'a', id: product },
      { kind: 'product', slug: 'b', id: product },
      { kind: 'category', slug: 'shelf-a', id: category },
    ])
  })

  test('are not written when anything else changes, nor when the slug is set to itself', async () => {
    const [product = 0] = await shop.products(1)
    await shop.query(`UPDATE products SET name = 'Other', slug = slug WHERE id = $1`, [product])
    expect(await former()).toEqual([])
  })

  test('a slug that returns to its owner is no former one', async () => {
    const [product = 0] = await shop.products(1)
    await rename(product, 'there')
    await rename(product, 'elsewhere')
    await shop.query(`DELETE FROM former_slugs WHERE slug NOT IN ('there', 'elsewhere')`)
    await rename(product, 'there')
    expect(await former()).toEqual([{ kind: 'product', slug: 'elsewhere', id: product }])
  })

  test.each([
    [
      'a new product',
      (slug: string) =>
        shop.query(
          `INSERT INTO products (slug, sku, name, description, brand, image) VALUES ($1, upper($1), 'N', 'n', 'B', '/images/n.svg')`,
          [slug],
        ),
    ],
    [
      'a renamed one',
      async (slug: string) => {
        const [other = 0] = await shop.products(1)
        await rename(other, slug)
      },
    ],
  ] as const)('that %s takes end, and outdate the redirects of the former owner', async (what, take) => {
    const slug = what.replaceAll(' ', '-')
    const [product = 0] = await shop.products(1)
    await rename(product, slug)
    await rename(product, `${slug}-moved`)
    const before = await version(product)
    const outbox = await shop.outboxOf(() => take(slug))
    expect(await version(product)).toBe(before + 1)
    expect(outbox).toContainEqual({ topic: 'product', ids: [product], versions: [before + 1] })
    expect((await former()).filter((row) => row.slug === slug)).toEqual([])
  })

  test('of a category leave the products of the same name alone', async () => {
    const [product = 0] = await shop.products(1)
    await rename(product, 'lamp')
    await rename(product, 'lamp-two')
    const before = await version(product)
    await shop.categories('lamp')
    expect(await version(product)).toBe(before)
    expect(await former()).toContainEqual({ kind: 'product', slug: 'lamp', id: product })
  })
})
