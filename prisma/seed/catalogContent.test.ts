import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { artByFile } from '#lib/catalog/art/index.ts'
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { LOWEST_AMOUNT } from '#lib/catalog/prices/lowestPrice.ts'
import { reductionOf } from '#lib/catalog/prices/priceReduction.ts'
import { relatedTo } from './related.ts'
import { emptyCatalog, type EmptyCatalog } from './testing/seeded.ts'

const SIZE = 2_000

let shop: EmptyCatalog
beforeAll(async () => {
  shop = await emptyCatalog()
  await shop.seed(SIZE)
})
afterAll(() => shop.drop())

/** The number of rows of `from`. */
const count = async (from: string) => (await shop.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`))[0]?.n

describe('the seeded catalog', () => {
  test('has 24 categories in two levels with names in every language, and a hidden collection of twelve', async () => {
    expect(await count(`categories WHERE kind = 'category' AND parent_id IS NULL`)).toBe(6)
    expect(await count(`categories WHERE kind = 'category' AND parent_id IS NOT NULL`)).toBe(18)
    const names = await shop.query<{ names: Record<string, string> }>('SELECT names FROM categories')
    for (const row of names) {
      expect(Object.keys(row.names).toSorted()).toEqual(LOCALES.toSorted())
      expect(Object.values(row.names).every((name) => name.length > 1)).toBe(true)
    }
    expect(
      await count(
        `product_categories JOIN categories c ON c.id = category_id WHERE c.kind = 'collection' AND c.slug = 'featured'`,
      ),
    ).toBe(12)
  })

  test('has names and descriptions in every language, put together without a word left out', async () => {
    interface Texts {
      readonly name: string
      readonly names: Record<string, string>
      readonly descriptions: Record<string, string>
    }
    const rows = await shop.query<Texts>('SELECT name, names, descriptions FROM products')
    const others = LOCALES.filter((locale) => locale !== 'en').toSorted()
    const wrong = rows.filter(({ name, names, descriptions }) => {
      const texts = [...Object.values(names), ...Object.values(descriptions)]
      const isWhole = [names, descriptions].every((of) => Object.keys(of).toSorted().join() === others.join())
      return !isWhole || texts.some((text) => text.length < 8 || text === name || /[{}]|undefined| {2}/.test(text))
    })
    expect(wrong).toEqual([])
    expect(await count(`products WHERE colour IS NULL OR position(colour IN image) = 0`)).toBe(0)
  })

  test('has groups of colours and sizes: one thing, named in every language, each of them once', async () => {
    interface Row {
      readonly name: string
      readonly names: Record<string, string>
      readonly members: { name: string; names: Record<string, string>; colour: string; size: string | null }[]
      readonly brands: number
      readonly categories: number
    }
    const groups = await shop.query<Row>(
      `SELECT g.name, g.names, jsonb_agg(jsonb_build_object('name', p.name, 'names', p.names, 'colour', p.colour, 'size', p.size)) AS members,
              count(DISTINCT p.brand)::int AS brands,
              count(DISTINCT ARRAY(SELECT category_id FROM product_categories WHERE product_id = p.id ORDER BY 1))::int AS categories
       FROM product_groups g JOIN products p ON p.group_id = g.id GROUP BY g.id`,
    )
    expect((await count('products WHERE group_id IS NOT NULL')) ?? 0).toBeGreaterThan(SIZE / 2)
    const others = LOCALES.filter((locale) => locale !== 'en')
    const wrong = groups.filter(({ name, names, members, brands, categories }) => {
      const differ = new Set(members.map(({ colour, size }) => `${colour} ${size}`)).size === members.length
      const isNamed = others.every((locale) => {
        const own = names[locale] ?? ''
        return own.length > 5 && members.every((member) => member.names[locale]?.startsWith(own))
      })
      const words = name.split(' ')
      const isOne = members.every((member) => words.every((word) => member.name.includes(word)))
      return !differ || !isNamed || !isOne || brands !== 1 || categories !== 1
    })
    expect(wrong).toEqual([])
    expect(groups.some(({ members }) => members.some(({ size }) => size !== null))).toBe(true)
    expect(
      await count(
        `(SELECT 1 FROM products p JOIN prices pr ON pr.product_id = p.id WHERE group_id IS NOT NULL
          GROUP BY group_id HAVING count(DISTINCT amount_cents) > 1) differ`,
      ),
    ).toBeGreaterThan(20)
  })

  test('has every product in one category and the parent of it', async () => {
    const wrong = await shop.query(
      `SELECT p.sku FROM products p LEFT JOIN product_categories pc ON pc.product_id = p.id LEFT JOIN categories c ON c.id = pc.category_id AND c.kind = 'category'
       GROUP BY p.id HAVING count(c.id) <> 2 OR max(c.parent_id) IS NULL OR NOT max(c.parent_id) = ANY (array_agg(c.id))`,
    )
    expect(wrong).toEqual([])
  })

  test('has plausible prices, and a fifth of them reduced, each from a price that its history bears out', async () => {
    expect(await count(`prices WHERE currency = '${SHOP_CURRENCY.code}' AND amount_cents BETWEEN 500 AND 300000`)).toBe(
      SIZE,
    )
    expect(await count(`prices WHERE amount_cents % 100 IN (0, 50, 90, 95, 99)`)).toBe(SIZE)
    const reduced = (await count('prices WHERE compare_at_cents IS NOT NULL')) ?? 0
    expect(reduced / SIZE).toBeGreaterThan(0.15)
    expect(reduced / SIZE).toBeLessThan(0.25)
    const lowest = Prisma.sql`SELECT pr.amount_cents AS amount, pr.compare_at_cents AS compare_at, ${LOWEST_AMOUNT} AS lowest FROM prices pr WHERE pr.compare_at_cents IS NOT NULL`
    const rows = await shop.query<{ amount: number; compare_at: number; lowest: number }>(lowest.sql)
    const shown = rows.map(
      (row) =>
        reductionOf({ amountMinor: row.amount, compareAtMinor: row.compare_at, lowestMinor: row.lowest }, 'eu')
          .reducedFromMinor,
    )
    expect(shown.filter((from) => from === null)).toEqual([])
    // Beside some stands a list price that was never asked: the reduction is not from that.
    const listed = rows.filter((row) => row.compare_at > row.lowest).length
    expect(listed / reduced).toBeGreaterThan(0.2)
    expect(listed / reduced).toBeLessThan(0.5)
    expect(await count('prices WHERE compare_at_cents > 2 * amount_cents')).toBe(0)
  })

  test('describes every product in two to four whole sentences, without a gap', async () => {
    const rows = await shop.query<{ name: string; description: string }>('SELECT name, description FROM products')
    const wrong = rows.filter(({ name, description }) => {
      const sentences = description.split(/(?<=\.) (?=[A-Z])/).length
      return (
        sentences < 2 ||
        sentences > 5 ||
        /[{}]|undefined|lorem/i.test(`${name} ${description}`) ||
        /\ba [aeio]/.test(description)
      )
    })
    expect(wrong).toEqual([])
  })

  test('has about forty brands and no two products with one slug or SKU', async () => {
    const brands = (await count('(SELECT DISTINCT brand FROM products) b')) ?? 0
    expect(brands).toBeGreaterThanOrEqual(36)
    expect(brands).toBeLessThanOrEqual(45)
    expect(await count('(SELECT DISTINCT slug, sku FROM products) s')).toBe(SIZE)
  })

  test('shows six others beside each product, of six other categories', async () => {
    expect(
      await count(`(SELECT 1 FROM products p LEFT JOIN related_products r ON r.product_id = p.id
      GROUP BY p.id HAVING count(r.related_id) <> 6 OR count(DISTINCT r.position) <> 6 OR bool_or(r.related_id = p.id)) wrong`),
    ).toBe(0)
    expect(
      await count(`(SELECT r.product_id FROM related_products r
        JOIN product_categories b ON b.product_id = r.related_id
        JOIN categories c ON c.id = b.category_id AND c.parent_id IS NOT NULL
        LEFT JOIN product_categories a ON a.product_id = r.product_id AND a.category_id = b.category_id
        GROUP BY r.product_id HAVING count(DISTINCT b.category_id) <> 6 OR count(a.category_id) > 0) wrong`),
    ).toBe(0)
  })

  test('has a picture at every address', async () => {
    const images = await shop.query<{ image: string }>('SELECT DISTINCT image FROM products')
    expect(images.filter(({ image }) => artByFile(image.replace('/images/products/', '')) === undefined)).toEqual([])
  })

  test('went through the triggers: history says "seed", the consumer is up to date, and nothing waits', async () => {
    expect(
      await count(`price_changes WHERE source = 'seed' AND actor = 'seed' AND reason IS NOT NULL AND version = 1`),
    ).toBe(SIZE)
    expect(await count('price_index JOIN prices p USING (product_id, version, version_updated_at)')).toBe(SIZE)
    expect(await count('outbox WHERE done_at IS NULL')).toBe(0)
  })
})

test.each([1, 2, 7, 19, 60])('a catalog of %i products relates each to others that are there', (size) => {
  for (let index = 0; index < size; index += 1) {
    const related = relatedTo(index, size)
    expect(related).toHaveLength(Math.min(6, size - 1))
    expect(new Set(related).size).toBe(related.length)
    expect(related.every((other) => other >= 0 && other < size && other !== index)).toBe(true)
  }
})
