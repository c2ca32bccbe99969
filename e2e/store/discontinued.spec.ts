/** A product that is no longer sold leaves every place at once, and is back at once. */
import type { APIRequestContext, Page } from '@playwright/test'
import { z } from 'zod'
import { signIn } from '../support/accounts.ts'
import { anySize } from '../support/confirmations.ts'
import type { Database } from '../support/database.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { environment } from '../support/environment.ts'
import { pagesOf } from '../support/pagesOf.ts'
import { expect, test } from '../support/test.ts'

const SAYS: Readonly<Record<string, string>> = {
  en: 'This product is no longer made',
  de: 'Dieses Produkt wird nicht mehr hergestellt',
  fr: 'Ce produit n’est plus fabriqué',
  es: 'Este producto ya no se fabrica',
  pt: 'Este produto não é mais fabricado',
  ja: 'この商品は販売を終了しました',
  ko: '더 이상 생산되지 않는 상품입니다',
}

const UNAVAILABLE: Readonly<Record<string, string>> = {
  en: 'No longer available',
  de: 'Nicht mehr lieferbar',
  fr: 'N’est plus disponible',
  es: 'Ya no está disponible',
  pt: 'Não está mais disponível',
  ja: '取り扱いを終了しました',
  ko: '더 이상 판매하지 않음',
}

const discovery = z.object({ generation: z.string(), url: z.string() })

async function setStatus(
  request: APIRequestContext,
  productId: number,
  status: 'active' | 'discontinued',
): Promise<void> {
  const response = await request.put(`/api/admin/products/${productId}/status`, {
    data: { status, reason: 'Test of the shelves' },
  })
  expect(await response.json()).toMatchObject({ state: 'live', status })
}

/** The newest product that others show beside them, recommended for the time of a test: other files count products from the first one on. */
async function recommendedProduct(database: Database) {
  const [row] = await database.sql(
    "SELECT max(id) AS id FROM products JOIN related_products ON related_id = id WHERE status = 'active'",
  )
  const { id } = z.object({ id: z.number() }).parse(row)
  await database.sql(
    "INSERT INTO product_categories (product_id, category_id) SELECT $1, id FROM categories WHERE slug = 'featured' ON CONFLICT DO NOTHING",
    [id],
  )
  return {
    ...(await database.price(id)),
    restore: async () => {
      await database.sql("UPDATE products SET status = 'active' WHERE id = $1", [id])
      await database.sql(
        "DELETE FROM product_categories WHERE product_id = $1 AND category_id = (SELECT id FROM categories WHERE slug = 'featured')",
        [id],
      )
    },
  }
}

test('discontinued, a product is gone from its pages, lists, search, sitemap, recommendations and previews, and comes back, each at once', async ({
  request,
  database,
}) => {
  await signIn(request)
  const product = await recommendedProduct(database)
  const { productId, slug, version } = product
  try {
    const pages = await pagesOf(database, productId)
    const lists = [...pages.categories, pages.search]
    const preview = `/og/products/${productId}/${version}.png`
    const feed = async () => discovery.parse(await (await request.get('/api/recommendations')).json())
    const part = `/sitemaps/products-${Math.ceil(productId / 1_000)}.xml`
    const mentions = async (path: string) => (await (await request.get(path)).text()).includes(slug)
    await expect.poll(async () => mentions((await feed()).url)).toBe(true)

    const expectSold = async () => {
      for (const path of pages.products) expect((await request.get(path)).status(), path).toBe(200)
      for (const path of [...lists, part, (await feed()).url]) expect(await mentions(path), path).toBe(true)
      expect((await request.get(preview)).status()).toBe(200)
    }
    await expectSold()
    const { url: oldFeed } = await feed()

    await setStatus(request, productId, 'discontinued')
    for (const path of pages.products) expect((await request.get(path)).status(), path).toBe(410)
    // The search for its number still says what was searched for, so it is the link that must be gone.
    for (const path of [...lists, part]) expect(await mentions(path), path).toBe(false)
    expect((await request.get(oldFeed)).status()).toBe(410)
    expect(await mentions((await feed()).url)).toBe(false)
    expect((await request.get(preview)).status()).toBe(410)
    // Asked with a cookie that Next alone looks at, and by the address in another spelling, it is the same page.
    const [page = ''] = pages.products
    expect((await request.get(page, { headers: { cookie: '__prerender_bypass=guessed' } })).status()).toBe(410)
    expect((await request.get(page.replace('/en/', '/%65n/'))).status()).toBe(410)
    expect((await request.head(page)).status()).toBe(410)

    await setStatus(request, productId, 'active')
    await expectSold()
  } finally {
    await product.restore()
  }
})

test('past the application: a status that is set with SQL is on the page within a moment, too', async ({
  request,
  database,
}) => {
  const product = await recommendedProduct(database)
  try {
    const path = `/de/products/${product.slug}`
    expect((await request.get(path)).status()).toBe(200)
    await database.sql("UPDATE products SET status = 'discontinued' WHERE id = $1", [product.productId])
    await expect.poll(async () => (await request.get(path)).status()).toBe(410)
    await database.sql("UPDATE products SET status = 'active' WHERE id = $1", [product.productId])
    await expect.poll(async () => (await request.get(path)).status()).toBe(200)
  } finally {
    await product.restore()
  }
})

test('its page says so in each language, offers what there is instead at live prices, and has no price of its own', async ({
  page,
  database,
}) => {
  await signIn(page.request)
  const product = await recommendedProduct(database)
  try {
    await setStatus(page.request, product.productId, 'discontinued')
    for (const locale of LOCALES) {
      const response = await page.goto(`/${locale}/products/${product.slug}`)
      expect(response?.status()).toBe(410)
      await expect(page.locator('html')).toHaveAttribute('lang', locale)
      await expect(page.getByText(SAYS[locale] ?? '', { exact: true })).toBeVisible()
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(product.name)
      await expect(page.locator(`[data-product-id="${product.productId}"]`)).toHaveCount(0)
      await expect.poll(() => page.locator('[data-price-version]').count()).toBeGreaterThan(3)
      await expect(page.locator('meta[name="robots"]')).toHaveAttribute('content', 'noindex')
      await expect(page.locator('meta[property="og:price:amount"]')).toHaveCount(0)
    }
    // An alternative is a product like any other: its price follows an edit while the page is open.
    const price = page.locator('[data-price-version]').first()
    const id = Number(await price.getAttribute('data-product-id'))
    const before = await database.price(id)
    const amountCents = before.amountCents === 4_321 ? 4_322 : 4_321
    await page.request.post('/api/admin/prices', {
      data: {
        changes: [{ productId: id, amountCents, compareAtCents: null }],
        reason: 'Live on the page',
        confirmations: anySize(),
      },
    })
    await expect(page.locator(`[data-product-id="${id}"]`).first()).toHaveAttribute(
      'data-amount-cents',
      String(amountCents),
    )
    await page.getByRole('link', { name: 'Evergreen' }).first().click()
    await expect(page).toHaveURL(/\/ko$/)
  } finally {
    await product.restore()
  }
})

test('a list that was opened before leads to the page that says so, not to the product as it was', async ({
  page,
  database,
}) => {
  await signIn(page.request)
  const product = await recommendedProduct(database)
  try {
    const {
      categories: [list = ''],
    } = await pagesOf(database, product.productId)
    await page.goto(list)
    await setStatus(page.request, product.productId, 'discontinued')
    await page.locator(`a[href$="/products/${product.slug}"]`).first().click()
    await expect(page.getByText(SAYS['en'] ?? '', { exact: true })).toBeVisible()
  } finally {
    await product.restore()
  }
})

/** A page that has its stream: from then on it hears of changes. */
async function openWithStream(page: Page, path: string): Promise<void> {
  const stream = page.waitForResponse((response) => response.url().includes('/api/prices/stream') && response.ok())
  await page.goto(path)
  await stream
}

test('an open product page stops selling within a second of the change, in each language, and sells again', async ({
  page,
  database,
}) => {
  await signIn(page.request)
  const product = await recommendedProduct(database)
  const amount = page.locator(`[data-product-id="${product.productId}"][data-amount-cents]`)
  const gone = page.locator(`[data-product-id="${product.productId}"][data-product-status="discontinued"]`)
  const button = page.getByRole('main').getByRole('button')
  try {
    for (const locale of LOCALES) {
      await openWithStream(page, `/${locale}/products/${product.slug}`)
      await expect(button).toBeVisible()
      await setStatus(page.request, product.productId, 'discontinued')
      await expect(button).toHaveCount(0, { timeout: 1_000 })
      await expect(page.getByText(SAYS[locale] ?? '', { exact: true })).toBeVisible()
      await expect(amount).toHaveCount(0)
      await expect(gone).toHaveText(UNAVAILABLE[locale] ?? '')
      await expect(page.locator('output[aria-live="polite"].visually-hidden')).toContainText(product.name)
      await setStatus(page.request, product.productId, 'active')
      await expect(button).toBeVisible({ timeout: 1_000 })
      await expect(amount).toHaveAttribute('data-amount-cents', String(product.amountCents))
      await expect(gone).toHaveCount(0)
    }
  } finally {
    await product.restore()
  }
})

test('cards of open lists, searches and recommendations stop selling and sell again, also when the status is set with SQL', async ({
  page,
  database,
}) => {
  const product = await recommendedProduct(database)
  const {
    categories: [list = ''],
    search,
  } = await pagesOf(database, product.productId)
  const [row] = await database.sql(
    "SELECT o.slug FROM related_products r JOIN products o ON o.id = r.product_id WHERE r.related_id = $1 AND o.status = 'active' LIMIT 1",
    [product.productId],
  )
  const { slug } = z.object({ slug: z.string() }).parse(row)
  try {
    for (const path of [list, search, `/en/products/${slug}`]) {
      await openWithStream(page, path)
      const card = page.getByRole('article').locator(`[data-product-id="${product.productId}"]`)
      await expect(card, path).toHaveAttribute('data-amount-cents', String(product.amountCents))
      await database.sql("UPDATE products SET status = 'discontinued' WHERE id = $1", [product.productId])
      await expect(card, path).toHaveText('No longer available')
      await expect(card, path).not.toHaveAttribute('data-amount-cents')
      await database.sql("UPDATE products SET status = 'active' WHERE id = $1", [product.productId])
      await expect(card, path).toHaveAttribute('data-amount-cents', String(product.amountCents))
    }
  } finally {
    await product.restore()
  }
})

test('the page of a discontinued product that is open becomes the product’s own page when it is sold again', async ({
  page,
  database,
}) => {
  await signIn(page.request)
  const product = await recommendedProduct(database)
  try {
    await setStatus(page.request, product.productId, 'discontinued')
    await openWithStream(page, `/en/products/${product.slug}`)
    await expect(page.getByText(SAYS['en'] ?? '', { exact: true })).toBeVisible()
    await setStatus(page.request, product.productId, 'active')
    await expect(page.getByRole('button', { name: 'Add to cart' })).toBeVisible()
  } finally {
    await product.restore()
  }
})

test('once the status is acknowledged neither the API nor a new stream says otherwise, and a name that changed changes no status', async ({
  request,
  database,
}) => {
  await signIn(request)
  const product = await recommendedProduct(database)
  const live = z.array(
    z.object({
      productId: z.number(),
      status: z.string(),
      productVersion: z.number(),
      version: z.number(),
      amountCents: z.number(),
    }),
  )
  const ask = async () => live.parse(await (await request.get(`/api/prices?ids=${product.productId}`)).json())[0]
  try {
    const before = await ask()
    expect(before).toMatchObject({ status: 'active', amountCents: product.amountCents })
    for (const status of ['discontinued', 'active', 'discontinued', 'active'] as const) {
      await setStatus(request, product.productId, status)
      expect(await ask()).toMatchObject({ status, version: before?.version })
    }
    expect((await ask())?.productVersion).toBeGreaterThanOrEqual((before?.productVersion ?? 0) + 4)
    await setStatus(request, product.productId, 'discontinued')
    const stream = await fetch(`${environment.BASE_URL}/api/prices/stream?ids=${product.productId}`, {
      signal: AbortSignal.timeout(5_000),
    })
    let text = ''
    for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk
      if (text.includes('event: price')) break
    }
    expect(text).toContain('"status":"discontinued"')
  } finally {
    await product.restore()
  }
})
