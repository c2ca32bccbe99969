import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { missingPageOf, placeAt } from './existence.ts'

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

const at = (pathname: string, source: string, gone?: boolean) => placeAt({ source, pathname }, gone)
const product = (slug: string, gone?: boolean) => at(`/en/products/${slug}`, '/[locale]/products/[slug]/page', gone)
const category = (slug: string) => at(`/en/categories/${slug}`, '/[locale]/categories/[slug]/page')
const categoryPage = (slug: string, page: string) =>
  at(`/en/categories/${slug}/${page}`, '/[locale]/categories/[slug]/[page]/page')
/** Without the versions, which other tests look at. */
const movedTo = async (place: ReturnType<typeof placeAt>) => {
  const found = await place
  return typeof found === 'string' ? found : found.movedTo
}

async function addProduct(slug: string, sku = slug.toUpperCase()): Promise<number> {
  const { id } = await database.db.product.create({
    data: { slug, sku, name: slug, description: 'new', brand: 'Brand', image: '/images/x.svg' },
  })
  return id
}

it('finds a product by the first question after the commit that gave it a price', async () => {
  expect(await product('newcomer')).toBe('missing')
  const productId = await addProduct('newcomer')
  expect(await product('newcomer')).toBe('missing')
  await database.db.price.create({ data: { productId, amountMinor: 100, currency: 'EUR' } })
  expect(await product('newcomer')).toBe('page')
})

it('finds a category, and each further page of it, by the first question after the commit', async () => {
  expect(await category('new-shelf')).toBe('missing')
  const { id } = await database.db.category.create({
    data: { slug: 'new-shelf', kind: 'category', names: { en: 'New' }, position: 99 },
  })
  expect(await category('new-shelf')).toBe('page')
  expect(await categoryPage('new-shelf', '2')).toBe('missing')
  const products = await database.db.product.findMany({ where: { status: 'active' }, take: 25, select: { id: true } })
  await database.db.productCategory.createMany({
    data: products.slice(0, 24).map((one) => ({ categoryId: id, productId: one.id })),
  })
  expect(await categoryPage('new-shelf', '2')).toBe('missing')
  await database.db.productCategory.create({ data: { categoryId: id, productId: products[24]?.id ?? 0 } })
  expect(await categoryPage('new-shelf', '2')).toBe('page')
  expect(await categoryPage('new-shelf', '3')).toBe('missing')
  await database.db.product.update({ where: { id: products[0]?.id ?? 0 }, data: { status: 'discontinued' } })
  expect(await categoryPage('new-shelf', '2')).toBe('missing')
})

it('says where a renamed product is, in one step, from the first question after the commit', async () => {
  const productId = await addProduct('first-name')
  await database.db.price.create({ data: { productId, amountMinor: 100, currency: 'EUR' } })
  expect(await product('first-name')).toBe('page')
  const renamed = (slug: string) => database.db.product.update({ where: { id: productId }, data: { slug } })
  await renamed('second-name')
  // A page that this process knew is asked about again when its render finds none.
  expect(await movedTo(product('first-name', true))).toBe('/en/products/second-name')
  const { version } = await renamed('third-name')
  for (const slug of ['first-name', 'second-name'])
    expect(await product(slug)).toEqual({
      movedTo: '/en/products/third-name',
      madeFrom: [{ kind: 'product', id: productId, version: Number(version) }],
    })
  expect(await product('third-name')).toBe('page')
})

it('shows the product that has a slug today, and leads nowhere when that one has no price yet', async () => {
  const productId = await addProduct('taken-again')
  await database.db.price.create({ data: { productId, amountMinor: 100, currency: 'EUR' } })
  await database.db.product.update({ where: { id: productId }, data: { slug: 'moved-away' } })
  expect(await movedTo(product('taken-again'))).toBe('/en/products/moved-away')
  const newcomer = await addProduct('taken-again', 'OTHER-SKU')
  expect(await product('taken-again')).toBe('missing')
  await database.db.price.create({ data: { productId: newcomer, amountMinor: 100, currency: 'EUR' } })
  expect(await product('taken-again')).toBe('page')
})

it('leads to a renamed category, each of its pages too, and to the first page from its number', async () => {
  const slug = 'furniture'
  const [row] = await database.db.category.findMany({ where: { slug } })
  expect(await movedTo(categoryPage(slug, '1'))).toBe('/en/categories/furniture')
  await database.db.category.update({ where: { id: row?.id ?? 0 }, data: { slug: 'seats-and-tables' } })
  expect(await movedTo(category(slug))).toBe('/en/categories/seats-and-tables')
  expect(await movedTo(categoryPage(slug, '1'))).toBe('/en/categories/seats-and-tables')
  expect(await movedTo(categoryPage(slug, '2'))).toBe('/en/categories/seats-and-tables/2')
  expect(await categoryPage(slug, '99')).toBe('missing')
  await database.db.category.update({ where: { id: row?.id ?? 0 }, data: { slug } })
  expect(await category(slug)).toBe('page')
})

it('knows no page at numbers with another spelling, and in a collection', async () => {
  for (const page of ['0', '02', '-2', '2.0', '1000000', '%00'])
    expect({ page, place: await categoryPage('furniture', page) }).toEqual({ page, place: 'missing' })
  expect(await category('featured')).toBe('missing')
})

it('refuses what can be no slug without a question to Postgres', async () => {
  for (const slug of ['%00', 'a\u0000', 'caf%C3%A9', '', 'A', 'x'.repeat(10_000)]) {
    expect({ slug, place: await product(slug) }).toEqual({ slug, place: 'missing' })
    expect({ slug, place: await category(slug) }).toEqual({ slug, place: 'missing' })
  }
})

it('answers a thousand questions that come at once with at most two look-ups', async () => {
  const query = vi.spyOn(db(), '$queryRaw')
  const answers = await Promise.all(Array.from({ length: 1_000 }, (_, n) => product(`unknown-${n}`)))
  expect(new Set(answers)).toEqual(new Set(['missing']))
  expect(query.mock.calls.length).toBeLessThanOrEqual(2)
  query.mockRestore()
})

it('knows the pages of each language only, and those of the back office', async () => {
  expect(await at('/de', '/[locale]/page')).toBe('page')
  expect(await at('/xx', '/[locale]/page')).toBe('missing')
  expect(await at('/ja/info/terms', '/[locale]/info/[policy]/page')).toBe('page')
  expect(await at('/ja/info/jobs', '/[locale]/info/[policy]/page')).toBe('missing')
  expect(await at('/xx/search', '/[locale]/search/page')).toBe('missing')
  expect(await at('/en/no/such/page', '/[locale]/[...rest]/page')).toBe('missing')
  expect(await at('/admin', '/admin/(office)/page')).toBe('page')
})

it('shows the page of the language, or the English one where the address has none', () => {
  expect(missingPageOf('/de/products/x')).toBe('/de/not-found')
  expect(missingPageOf('/xx/products/x')).toBe('/en/not-found')
})
