/** Checks that no layer keeps the absence of a page: a page is found by the first request after the commit that made it. */
import { expect } from '@playwright/test'
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { ask, type EdgeShop } from './edgeShop.ts'

export async function expectNewPagesAreFound(edge: EdgeShop): Promise<void> {
  const { database } = edge.shop
  const slug = `newcomer-${Date.now()}`
  const product = `/en/products/${slug}`
  const list = `/en/categories/${slug}`
  for (const path of [product, list, `${list}/2`]) {
    // Often, and at once: what is asked for so is what an edge would like to keep.
    for (const { status } of await Promise.all(Array.from({ length: 20 }, () => ask(edge.url + path))))
      expect(status, path).toBe(404)
    expect((await ask(edge.url + path)).headers.get('cache-control'), path).toBe('no-store')
  }

  await database.sql(
    `WITH added AS (
       INSERT INTO products (slug, sku, name, description, brand, image)
       SELECT $1::text, upper($1), 'Newcomer', 'Not there a moment ago.', brand, image FROM products ORDER BY id LIMIT 1 RETURNING id)
     INSERT INTO prices (product_id, amount_cents, currency) SELECT id, 4200, '${SHOP_CURRENCY.code}' FROM added`,
    [slug],
  )
  const found = await ask(edge.url + product)
  expect(found.status).toBe(200)
  expect(found.body.includes('data-amount-cents="4200"')).toBe(true)

  await database.sql(`INSERT INTO categories (slug, names) VALUES ($1, '{"en": "Newcomers"}')`, [slug])
  expect((await ask(edge.url + list)).status).toBe(200)

  await database.sql(
    `INSERT INTO product_categories (product_id, category_id)
     SELECT p.id, c.id FROM products p, categories c WHERE c.slug = $1 AND p.status = 'active' ORDER BY p.id LIMIT 25`,
    [slug],
  )
  expect((await ask(`${edge.url}${list}/2`)).status).toBe(200)
  expect((await ask(`${edge.url}${list}/3`)).status).toBe(404)
}
