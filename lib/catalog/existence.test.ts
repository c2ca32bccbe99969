import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { missingPageOf, pageExists } from './existence.ts'

let database: SeededDatabase
beforeAll(async () => {
  database = await seededDatabase(300)
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs() // the database is dropped from the server that the environment names
  await database.drop()
})

const product = (slug: string) =>
  pageExists({ source: '/[locale]/products/[slug]/page', pathname: `/en/products/${slug}` })
const category = (slug: string) =>
  pageExists({ source: '/[locale]/categories/[slug]/page', pathname: `/en/categories/${slug}` })
const categoryPage = (slug: string, page: string) =>
  pageExists({ source: '/[locale]/categories/[slug]/[page]/page', pathname: `/en/categories/${slug}/${page}` })

async function addProduct(slug: string): Promise<number> {
  const { id } = await database.db.product.create({
    data: { slug, sku: slug.toUpperCase(), name: slug, description: 'new', brand: 'Brand', image: '/images/x.svg' },
  })
  return id
}

it('finds a product by the first question after the commit that gave it a price', async () => {
  expect(await product('newcomer')).toBe(false)
  const productId = await addProduct('newcomer')
  expect(await product('newcomer')).toBe(false)
  await database.db.price.create({ data: { productId, amountMinor: 100, currency: 'EUR' } })
  expect(await product('newcomer')).toBe(true)
})

it('finds a category, and each further page of it, by the first question after the commit', async () => {
  expect(await category('new-shelf')).toBe(false)
  const { id } = await database.db.category.create({
    data: { slug: 'new-shelf', kind: 'category', names: { en: 'New' }, position: 99 },
  })
  expect(await category('new-shelf')).toBe(true)
  expect(await categoryPage('new-shelf', '2')).toBe(false)
  const products = await database.db.product.findMany({ where: { status: 'active' }, take: 25, select: { id: true } })
  await database.db.productCategory.createMany({
    data: products.slice(0, 24).map((one) => ({ categoryId: id, productId: one.id })),
  })
  expect(await categoryPage('new-shelf', '2')).toBe(false)
  await database.db.productCategory.create({ data: { categoryId: id, productId: products[24]?.id ?? 0 } })
  expect(await categoryPage('new-shelf', '2')).toBe(true)
  expect(await categoryPage('new-shelf', '3')).toBe(false)
  await database.db.product.update({ where: { id: products[0]?.id ?? 0 }, data: { status: 'discontinued' } })
  expect(await categoryPage('new-shelf', '2')).toBe(false)
})

it('knows no page at the first number, at numbers with another spelling, and in a collection', async () => {
  for (const page of ['1', '0', '02', '-2', '2.0', '1000000', '%00'])
    expect({ page, exists: await categoryPage('furniture', page) }).toEqual({ page, exists: false })
  expect(await category('featured')).toBe(false)
})

it('refuses what can be no slug without a question to Postgres', async () => {
  for (const slug of ['%00', 'a\u0000', 'caf%C3%A9', '', 'A', 'x'.repeat(10_000)]) {
    expect({ slug, exists: await product(slug) }).toEqual({ slug, exists: false })
    expect({ slug, exists: await category(slug) }).toEqual({ slug, exists: false })
  }
})

it('answers a thousand questions that come at once with at most two look-ups', async () => {
  const query = vi.spyOn(db(), '$queryRaw')
  const answers = await Promise.all(Array.from({ length: 1_000 }, (_, n) => product(`unknown-${n}`)))
  expect(new Set(answers)).toEqual(new Set([false]))
  expect(query.mock.calls.length).toBeLessThanOrEqual(2)
  query.mockRestore()
})

it('knows the pages of each language only, and those of the back office', async () => {
  expect(await pageExists({ source: '/[locale]/page', pathname: '/de' })).toBe(true)
  expect(await pageExists({ source: '/[locale]/page', pathname: '/xx' })).toBe(false)
  expect(await pageExists({ source: '/[locale]/search/page', pathname: '/xx/search' })).toBe(false)
  expect(await pageExists({ source: '/[locale]/[...rest]/page', pathname: '/en/no/such/page' })).toBe(false)
  expect(await pageExists({ source: '/admin/(office)/page', pathname: '/admin' })).toBe(true)
})

it('shows the page of the language, or the English one where the address has none', () => {
  expect(missingPageOf('/de/products/x')).toBe('/de/not-found')
  expect(missingPageOf('/xx/products/x')).toBe('/en/not-found')
})
