import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogContentHash } from './testing/contentHash.ts'
import { emptyCatalog, type EmptyCatalog } from './testing/seeded.ts'

const SIZE = 300
/** So many that an empty catalog gets them without its keys and indexes. */
const GROWN = 700
/** More than one batch, so that there is a middle to be killed in. */
const TWO_BATCHES = 5_500
const SMALL = 20

let shop: EmptyCatalog
let other: EmptyCatalog
beforeAll(async () => {
  ;[shop, other] = await Promise.all([emptyCatalog(), emptyCatalog()])
})
afterAll(() => Promise.all([shop.drop(), other.drop()]))

const count = async (catalog: EmptyCatalog) =>
  (await catalog.query<{ n: number }>('SELECT count(*)::int AS n FROM products'))[0]?.n
const versions = (catalog: EmptyCatalog) =>
  catalog.query(
    `SELECT (SELECT sum(version) FROM products) AS products, (SELECT sum(version) FROM prices) AS prices, (SELECT sum(version) FROM categories) AS categories,
          (SELECT version FROM catalog_state) AS catalog, (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM price_changes) AS history`,
  )
/** Keys, checks, indexes and triggers, as a database says that it has them. */
const guards = (catalog: EmptyCatalog) =>
  catalog.query(
    `SELECT conrelid::regclass::text AS owner, conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE connamespace = 'public'::regnamespace
     UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
     UNION ALL SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2, 3`,
  )

describe('the seed', () => {
  let seededMs = 0
  test('makes the same catalog every time', async () => {
    const began = performance.now()
    expect(await shop.seed(SIZE)).toEqual({ added: SIZE, picturesRefreshed: 0, translationsAdded: 0 })
    seededMs = performance.now() - began
    await other.seed(SIZE)
    expect(await catalogContentHash(shop.client)).toBe(await catalogContentHash(other.client))
  })

  test('writes each product once', async () => {
    expect(await shop.query('SELECT max(version)::int AS version FROM products')).toEqual([{ version: 1 }])
  })

  test('does nothing a second time, not even raise a version', async () => {
    const before = await versions(shop)
    const began = performance.now()
    expect(await shop.seed(SIZE)).toEqual({ added: 0, picturesRefreshed: 0, translationsAdded: 0 })
    expect(performance.now() - began, `of ${seededMs}`).toBeLessThan(seededMs)
    expect(await versions(shop)).toEqual(before)
  })

  test('gives a catalog from before translations its own, but not a product that was renamed', async () => {
    const hash = await catalogContentHash(shop.client)
    const texts = () => shop.query('SELECT names, descriptions FROM products ORDER BY id LIMIT 3')
    const before = await texts()
    const [first] = await shop.query<{ id: number; name: string }>('SELECT id, name FROM products ORDER BY id LIMIT 1')
    await shop.query(`UPDATE products SET names = '{}', descriptions = '{}'`)
    await shop.query(`UPDATE products SET name = 'Mine' WHERE id = $1`, [first?.id])
    expect(await shop.seed(SIZE)).toMatchObject({ added: 0, translationsAdded: SIZE - 1 })
    expect(await texts()).toEqual([{ names: {}, descriptions: {} }, ...before.slice(1)])
    await shop.query(`UPDATE products SET name = $2 WHERE id = $1`, [first?.id, first?.name])
    expect(await shop.seed(SIZE)).toMatchObject({ translationsAdded: 1 })
    expect(await catalogContentHash(shop.client)).toBe(hash)
  })

  test('keeps what an admin has changed since', async () => {
    const [product] = await shop.query<{ id: number }>('SELECT id FROM products ORDER BY id LIMIT 1')
    await shop.query(`UPDATE prices SET amount_cents = 123456, compare_at_cents = NULL WHERE product_id = $1`, [
      product?.id,
    ])
    await shop.query(`UPDATE categories SET names = '{"en": "Renamed"}' WHERE slug = 'chairs'`)
    await shop.seed(SIZE)
    expect(
      await shop.query('SELECT amount_cents, version::int FROM prices WHERE product_id = $1', [product?.id]),
    ).toEqual([{ amount_cents: 123456, version: 2 }])
    expect(await shop.query(`SELECT names FROM categories WHERE slug = 'chairs'`)).toEqual([
      { names: { en: 'Renamed' } },
    ])
  })

  test('grows a catalog to the same one that it would have made at once', async () => {
    const whole = await emptyCatalog()
    try {
      const before = await guards(whole)
      await whole.seed(GROWN)
      expect(await guards(whole), 'what was set aside is back').toEqual(before)
      expect(await whole.query('SELECT max(version)::int AS version FROM product_groups')).toEqual([{ version: 1 }])
      expect(await other.seed(GROWN)).toMatchObject({ added: GROWN - SIZE })
      expect(await catalogContentHash(other.client)).toBe(await catalogContentHash(whole.client))
    } finally {
      await whole.drop()
    }
  })

  test('leaves lists and groups of a catalog that grew to the relay: they may be cached', async () => {
    const pending = await other.query<{ topic: string }>(
      'SELECT DISTINCT topic FROM outbox WHERE done_at IS NULL ORDER BY 1',
    )
    expect(pending.map((row) => row.topic)).toEqual(['category', 'group'])
  })

  test('adds nothing when the catalog is larger than asked for', async () => {
    expect(await other.seed(SIZE)).toEqual({ added: 0, picturesRefreshed: 0, translationsAdded: 0 })
    expect(await count(other)).toBe(GROWN)
  })

  test('waits for another seed that runs at the same time, and then has nothing to do', async () => {
    const both = await emptyCatalog()
    try {
      const results = await Promise.all([both.seed(SIZE), both.seed(SIZE)])
      expect(results.map((result) => result.added).toSorted((a, b) => a - b)).toEqual([0, SIZE])
      expect(await count(both)).toBe(SIZE)
    } finally {
      await both.drop()
    }
  })

  test('leaves nothing behind when it is killed half way; the next one starts cleanly, and links that others write raise versions', async () => {
    const broken = await emptyCatalog()
    const client = new pg.Client(broken.url)
    await client.connect()
    try {
      await broken.seed(SMALL)
      let killed: Promise<unknown> | undefined
      const seeding = broken.seed(TWO_BATCHES, () => {
        killed ??= broken.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'evergreen-seed'`,
        )
      })
      await expect(seeding).rejects.toThrow(/terminat|EPIPE|ECONNRESET/)
      await killed
      expect(await count(broken)).toBe(SMALL)
      let linked: Promise<unknown> | undefined
      const grown = broken.seed(TWO_BATCHES, () => {
        linked ??= client.query(`
          INSERT INTO related_products (product_id, related_id, position) SELECT min(id), max(id), 9 FROM products WHERE version = 1;
          INSERT INTO product_categories (product_id, category_id) SELECT min(p.id), c.id FROM products p, categories c WHERE c.slug = 'featured' AND p.sku LIKE '%12' GROUP BY c.id`)
      })
      expect(await grown).toMatchObject({ added: TWO_BATCHES - SMALL })
      await linked
      expect(await count(broken)).toBe(TWO_BATCHES)
      expect(await broken.query('SELECT sku, version::int FROM products WHERE version > 1 ORDER BY sku')).toEqual([
        { sku: 'BOT-000012', version: 2 },
        { sku: 'CHR-000001', version: 2 },
      ])
    } finally {
      await client.end()
      await broken.drop()
    }
  }, 60_000)
})
