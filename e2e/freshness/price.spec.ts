import type { APIRequestContext } from '@playwright/test'
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { ADMIN, signInOnPage } from '../support/accounts.ts'
import { PricePage } from '../support/adminPage.ts'
import type { Database } from '../support/database.ts'
import { measured } from '../support/measured.ts'
import { featuredProduct, pagesOf } from '../support/pagesOf.ts'
import { fetchShownPrice, type ShownPrice } from '../support/shownPrices.ts'
import { expect, test } from '../support/test.ts'

async function allPages(database: Database, productId: number): Promise<string[]> {
  const pages = await pagesOf(database, productId)
  return [...pages.products, ...pages.categories, pages.home, pages.search]
}

/** @returns `product page`, `list`, … for the report */
function kindOf(url: string): string {
  if (url.includes('/products/')) return 'product page (meta tags, price, JSON-LD, OpenGraph)'
  if (url.includes('/categories/')) return 'category'
  return url.includes('/search') ? 'search' : 'home page'
}

function byKind(urls: readonly string[]): Map<string, string[]> {
  const kinds = new Map<string, string[]>()
  for (const url of urls) kinds.set(kindOf(url), [...(kinds.get(kindOf(url)) ?? []), url])
  return kinds
}

/** Pages from the cache, so that what follows is about a cache that has something to be wrong about. */
async function fillCache(request: APIRequestContext, urls: string[], productId: number): Promise<void> {
  for (const url of urls) {
    await fetchShownPrice(request, url, productId)
    const second = await fetchShownPrice(request, url, productId)
    if (!url.includes('/search')) expect(second.cache, `${url} is served from the cache`).toMatch(/^HIT/)
  }
}

async function expectFresh(shown: ShownPrice, database: Database, productId: number): Promise<void> {
  const row = await database.price(productId)
  expect(shown.version, `${shown.url}: version in the head`).toBe(row.version)
  expect(shown.elements, `${shown.url}: every price element`).toEqual([`${row.version}:${row.amountCents}`])
  expect(Date.parse(shown.updatedAt ?? ''), `${shown.url}: time of the newest version`).toBeGreaterThanOrEqual(
    row.versionUpdatedAt.getTime(),
  )
  expect(Date.parse(shown.renderedAt ?? ''), `${shown.url}: rendered after the edit`).toBeGreaterThanOrEqual(
    row.versionUpdatedAt.getTime(),
  )
  if (shown.url.includes('/products/')) {
    expect(shown.jsonLdCents, `${shown.url}: JSON-LD`).toBe(row.amountCents)
    expect(shown.openGraphCents, `${shown.url}: OpenGraph`).toBe(row.amountCents)
  }
  if (!shown.url.includes('/search')) expect(shown.cacheTag).toContain(`price:${productId}@${row.version}`)
}

async function expectFreshApi(request: APIRequestContext, database: Database, productId: number): Promise<void> {
  const row = await database.price(productId)
  expect(await (await request.get(`/api/prices?ids=${productId}`)).json()).toEqual([
    expect.objectContaining({
      productId,
      amountCents: row.amountCents,
      version: row.version,
      versionUpdatedAt: row.versionUpdatedAt.toISOString(),
    }),
  ])
}

test('a price changed in the back office is on every page at the first request after it', async ({
  page,
  request,
  database,
}) => {
  const productId = await featuredProduct(database)
  const urls = await allPages(database, productId)
  const before = await database.price(productId)
  await fillCache(request, urls, productId)

  await page.goto('/admin')
  await signInOnPage(page, ADMIN)
  await expect(page).toHaveURL(/\/admin$/)
  const pricePage = new PricePage(page)
  await pricePage.open(productId)
  await pricePage.change(((before.amountCents + 101) / 100).toFixed(2), 'First request after the edit')
  await expect(page.getByText(/^Live/)).toBeVisible()

  // In parallel: each page's very first request after the acknowledgement, none of them warmed by another.
  const first = await Promise.all(urls.map((url) => fetchShownPrice(request, url, productId)))
  expect((await database.price(productId)).version).toBe(before.version + 1)
  expect((await database.price(productId)).amountCents).toBe(before.amountCents + 101)
  for (const shown of first) await expectFresh(shown, database, productId)
  await expectFreshApi(request, database, productId)
  for (const [kind, pages] of byKind(urls)) {
    measured(
      `${kind}, ${pages.length} addresses: version ${before.version + 1} at the first request (before: ${before.version})`,
    )
  }
  measured(`/api/prices: version ${before.version + 1} at the first request`)
})

test('a price changed with SQL, past the application, is on every page within a second', async ({
  request,
  database,
}) => {
  const productId = await featuredProduct(database, 1)
  const urls = await allPages(database, productId)
  await fillCache(request, urls, productId)
  const resting = performance.now()
  for (const url of urls) await fetchShownPrice(request, url, productId)
  const restMs = performance.now() - resting
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 7 WHERE product_id = $1', [productId])
  const committed = performance.now()
  const { version } = await database.price(productId)

  for (const [kind, pages] of byKind(urls)) {
    for (const url of pages) {
      await expect
        .poll(async () => (await fetchShownPrice(request, url, productId)).version, { message: url, intervals: [20] })
        .toBe(version)
    }
    measured(
      `${kind}: version ${version}, all ${pages.length} seen ${Math.round(performance.now() - committed)} ms after the commit`,
    )
  }
  // The machine takes its time for the reads themselves.
  expect(performance.now() - committed, 'milliseconds until the last page was fresh').toBeLessThan(1_000 + 2 * restMs)
  for (const url of urls) await expectFresh(await fetchShownPrice(request, url, productId), database, productId)
  await expectFreshApi(request, database, productId)
})

test('every delivered change is in the ledger: verified in each layer, and the outbox is empty', async ({
  database,
}) => {
  const productId = await featuredProduct(database, 2)
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 3 WHERE product_id = $1', [productId])
  const { version } = await database.price(productId)
  await expect
    .poll(async () =>
      database.sql(
        `SELECT DISTINCT i.layer FROM outbox o JOIN invalidations i ON i.outbox_ids @> ARRAY[o.id]
     WHERE o.topic = 'price' AND $1 = ANY(o.entity_ids) AND o.done_at IS NOT NULL AND i.verified_at IS NOT NULL
       AND o.versions[array_position(o.entity_ids, $1)] = $2 ORDER BY 1`,
        [productId, version],
      ),
    )
    .toEqual([{ layer: 'index' }, { layer: 'page' }, { layer: 'redis' }])
  expect(await database.sql('SELECT version::int FROM price_index WHERE product_id = $1', [productId])).toEqual([
    { version },
  ])
})

test('a product that appears is found by the next request, though its page was asked for before', async ({
  request,
  database,
}) => {
  const slug = `new-arrival-${Date.now()}`
  expect((await request.get(`/en/products/${slug}`)).status()).toBe(404)
  expect((await request.get(`/en/products/${slug}`)).status()).toBe(404)
  await database.sql(
    `WITH added AS (
       INSERT INTO products (slug, sku, name, description, brand, image)
       SELECT $1::text, upper($1), 'New arrival', 'A product that was not there a moment ago.', brand, image FROM products ORDER BY id LIMIT 1 RETURNING id)
     INSERT INTO prices (product_id, amount_cents, currency) SELECT id, 4200, '${SHOP_CURRENCY.code}' FROM added`,
    [slug],
  )
  const response = await request.get(`/en/products/${slug}`)
  expect(response.status()).toBe(200)
  expect(await response.text()).toContain('data-amount-cents="4200"')
})
