/** The files and tags that a search engine reads: robots.txt, sitemaps, and what each page says about its own address. */
import type { Page } from '@playwright/test'
import { environment } from '../support/environment.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { featuredProduct, pagesOf } from '../support/pagesOf.ts'
import { expect, test } from '../support/test.ts'

const LANGUAGES = [...LOCALES, 'x-default']

interface Entry {
  readonly loc: string
  readonly lastmod: string | null
  readonly alternates: readonly (readonly [string, string])[]
}

/** Parsed as XML by the browser, which refuses what is not well-formed. */
async function readXml(page: Page, path: string): Promise<{ root: string; namespace: string; entries: Entry[] }> {
  const response = await page.request.get(path)
  expect(response.status(), path).toBe(200)
  expect(response.headers()['content-type']).toContain('xml')
  return page.evaluate(
    (text) => {
      const document = new DOMParser().parseFromString(text, 'application/xml')
      const error = document.querySelector('parsererror')
      if (error) throw new Error(error.textContent ?? 'not XML')
      const root = document.documentElement
      return {
        root: root.localName,
        namespace: root.namespaceURI ?? '',
        entries: [...root.children].map((entry) => ({
          loc: entry.querySelector('loc')?.textContent ?? '',
          lastmod: entry.querySelector('lastmod')?.textContent ?? null,
          alternates: [...entry.getElementsByTagNameNS('http://www.w3.org/1999/xhtml', 'link')].map(
            (link) => [link.getAttribute('hreflang') ?? '', link.getAttribute('href') ?? ''] as const,
          ),
        })),
      }
    },
    await response.text(),
  )
}

const pathOf = (url: string) => new URL(url).pathname

test('robots.txt names the sitemap, and leaves the pages of products to all crawlers', async ({ request }) => {
  const text = await (await request.get('/robots.txt')).text()
  const sitemap = /^Sitemap: (\S+)$/m.exec(text)?.[1] ?? ''
  expect((await request.get(pathOf(sitemap))).status()).toBe(200)
  const forbidden = [...text.matchAll(/^Disallow: (\S+)$/gm)].map(
    ([, path = '']) => new RegExp(`^${path.replaceAll('*', '.*')}`),
  )
  const isForbidden = (path: string) => forbidden.some((pattern) => pattern.test(path))
  for (const path of ['/admin', '/admin/products', '/api/prices', '/en/search?q=oak', '/ja/cart'])
    expect(isForbidden(path), path).toBe(true)
  for (const path of [
    '/en',
    '/de/products/oak-chair-1',
    '/fr/categories/chairs/2',
    '/og/products/1/1.png',
    '/sitemap.xml',
  ])
    expect(isForbidden(path), path).toBe(false)
})

test('the sitemaps list every page that can be bought from, in every language, with when it last changed', async ({
  page,
  database,
}) => {
  const index = await readXml(page, '/sitemap.xml')
  expect(index).toMatchObject({ root: 'sitemapindex', namespace: 'http://www.sitemaps.org/schemas/sitemap/0.9' })
  const listed = new Map<string, Entry>()
  for (const { loc, lastmod } of index.entries) {
    expect(lastmod).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const file = await readXml(page, pathOf(loc))
    expect(file).toMatchObject({ root: 'urlset', namespace: 'http://www.sitemaps.org/schemas/sitemap/0.9' })
    expect(file.entries.length).toBeLessThanOrEqual(50_000)
    for (const entry of file.entries) {
      expect(entry.alternates.map(([language]) => language)).toEqual(LANGUAGES)
      // Each language names the others, itself included: otherwise none of it counts.
      expect(entry.alternates.map(([, url]) => url)).toContain(entry.loc)
      listed.set(pathOf(entry.loc), entry)
    }
  }
  const rows = await database.sql("SELECT slug FROM products WHERE status = 'active'")
  const products = rows.map((row) => String(Object(row).slug))
  const missing = products
    .flatMap((slug) => LOCALES.map((locale) => `/${locale}/products/${slug}`))
    .filter((path) => !listed.has(path))
  expect(missing).toEqual([])
  expect([...listed.keys()].filter((path) => path.includes('/products/'))).toHaveLength(
    products.length * LOCALES.length,
  )
  for (const path of ['/en', '/ko', '/de/categories/furniture']) expect(listed.has(path), path).toBe(true)
})

test('after an edit the sitemap says so at the next request: another lastmod, another validator', async ({
  page,
  database,
}) => {
  const productId = await featuredProduct(database, 3)
  const { slug } = await database.price(productId)
  const file = `/sitemaps/products-${Math.ceil(productId / 1_000)}.xml`
  const changedAt = async () =>
    (await readXml(page, file)).entries.find(({ loc }) => loc.endsWith(`/en/products/${slug}`))?.lastmod ?? ''
  const [before, etag = ''] = [await changedAt(), (await page.request.get(file)).headers()['etag']]
  expect((await page.request.get(file, { headers: { 'if-none-match': etag } })).status()).toBe(304)
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
  const { versionUpdatedAt } = await database.price(productId)
  expect(await changedAt()).toBe(versionUpdatedAt.toISOString())
  expect((await changedAt()) > before).toBe(true)
  expect((await page.request.get(file, { headers: { 'if-none-match': etag } })).status()).toBe(200)
  const [newest = ''] = (await readXml(page, '/sitemap.xml')).entries
    .map(({ lastmod }) => lastmod ?? '')
    .toSorted()
    .toReversed()
  expect(newest >= versionUpdatedAt.toISOString()).toBe(true)
})

test('there is no sitemap of products that do not exist, nor of anything else', async ({ request }) => {
  for (const file of ['products-0.xml', 'products-999999.xml', 'products-1', 'nothing.xml']) {
    expect((await request.get(`/sitemaps/${file}`)).status(), file).toBe(404)
  }
})

test('every page of the shop names its one address, and itself in all languages', async ({ page, database }) => {
  const {
    products,
    categories: [category = ''],
  } = await pagesOf(database, await featuredProduct(database, 3))
  const first = category.replace(/\/\d+$/, '')
  for (const path of ['/de', products[1] ?? '', first, `${first}/2`, '/fr/search?q=oak&page=1', '/ja/cart']) {
    await page.goto(path)
    const own = path.replace(/\?.*/, '')
    const canonical = page.locator('head link[rel="canonical"]')
    await expect(canonical, path).toHaveCount(1)
    expect(pathOf((await canonical.getAttribute('href')) ?? ''), path).toBe(own)
    const found = await page
      .locator('head link[rel="alternate"][hreflang]')
      .evaluateAll((all) => all.map((link) => [link.getAttribute('hreflang'), link.getAttribute('href')]))
    const rest = own.replace(/^\/[a-z]{2}/, '')
    expect(found.map(([language, href]) => [language, pathOf(href ?? '')])).toEqual([
      ...LOCALES.map((locale) => [locale, `/${locale}${rest}`]),
      ['x-default', `/en${rest}`],
    ])
    for (const [, href] of found) expect(new URL(href ?? '').origin).toBe(new URL(environment.BASE_URL).origin)
  }
})

test('the recommendations: a document names the current generation, the feed itself may be kept for ever and has no price in it', async ({
  request,
  database,
}) => {
  const discovery = await request.get('/api/recommendations')
  expect(discovery.headers()['cache-control']).toBe('no-store')
  const { generation, url } = Object(await discovery.json())
  const feed = await request.get(url)
  expect(feed.headers()).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    etag: `"${generation}"`,
  })
  const { products } = Object(await feed.json())
  expect(products.length).toBeGreaterThan(5)
  expect(products[0]).toEqual({
    rank: 1,
    id: expect.any(Number),
    slug: expect.any(String),
    name: expect.any(String),
    brand: expect.any(String),
    image: expect.any(String),
  })
  // A new price is no new feed; a new name is.
  const { id, name } = products[0]
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [id])
  expect(await (await request.get('/api/recommendations')).json()).toMatchObject({ generation })
  await database.sql('UPDATE products SET name = $2 WHERE id = $1', [id, `${name} II`])
  expect(Object(await (await request.get('/api/recommendations')).json()).generation).not.toBe(generation)
  expect((await request.get(url)).status()).toBe(410)
  await database.sql('UPDATE products SET name = $2 WHERE id = $1', [id, name])
  expect((await request.get(url)).status()).toBe(200)
  expect((await request.get('/api/recommendations/not-a-generation')).status()).toBe(404)
})
