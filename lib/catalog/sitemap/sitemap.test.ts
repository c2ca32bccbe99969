import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { sitemapCategories, sitemapParts } from './sitemap.ts'

let database: SeededDatabase
beforeAll(async () => {
  database = await seededDatabase(30)
  // A second part, with the last product in it.
  await database.db.$executeRaw`INSERT INTO products (id, slug, sku, name, description, brand, image)
    SELECT 1500, 'far', 'FAR', name, description, brand, image FROM products WHERE id = 30`
  await database.db.$executeRaw`INSERT INTO prices (product_id, amount_cents, currency) VALUES (1500, 1000, 'EUR')`
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
  await database.drop()
})

const times = async () => Object.fromEntries((await sitemapParts()).map(({ part, changedAt }) => [part, changedAt]))
const priceTime = async (productId: number) =>
  (await database.db.price.findUniqueOrThrow({ where: { productId } })).versionUpdatedAt.toISOString()

test('says of each part when it last changed, after an edit of a price, a product that goes, and a log that was cut', async () => {
  const before = await times()
  expect(Object.keys(before)).toEqual(['1', '2'])
  await database.db.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = 7`
  expect(await times()).toEqual({ ...before, 1: await priceTime(7) })

  await database.db.product.update({ where: { id: 1500 }, data: { status: 'discontinued' } })
  expect(Object.keys(await times())).toEqual(['1'])
  await database.db.product.update({ where: { id: 1500 }, data: { status: 'active' } })
  expect(Object.keys(await times())).toEqual(['1', '2'])

  await database.db.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = 1500`
  await database.db.$executeRaw`UPDATE index_term SET forgotten = database_identity() || ' ' || pg_current_xact_id()`
  expect((await times())[2]).toBe(await priceTime(1500))
})

test('says of a category when its first page last changed: a price on it, and a product that left', async () => {
  const [member] = await database.db.$queryRaw<{ slug: string; categoryId: number; productId: number }[]>`
    SELECT c.slug, c.id AS "categoryId", l.product_id AS "productId" FROM category_cards l JOIN categories c ON c.id = l.category_id
    WHERE c.kind = 'category' LIMIT 1`
  if (!member) throw new Error('no category lists anything')
  const { slug, categoryId, productId } = member
  const changedAt = async () => (await sitemapCategories()).find((place) => place.slug === slug)?.changedAt ?? ''
  await database.db.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = ${productId}`
  const edited = await changedAt()
  expect(edited).toBe(await priceTime(productId))
  await database.db.productCategory.delete({ where: { categoryId_productId: { categoryId, productId } } })
  expect((await changedAt()) > edited).toBe(true)
})
