/** A product that is no longer sold leaves every place at once, and is back at once. */
import { z } from 'zod'
import { signIn } from '../support/accounts.ts'
import { expectNoBarrierOnAnyScreen } from '../support/barriers.ts'
import { anySize } from '../support/confirmations.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { recommendedProduct, SAYS, setStatus } from '../support/discontinue.ts'
import { pagesOf } from '../support/pagesOf.ts'
import { expect, test } from '../support/test.ts'

const discovery = z.object({ generation: z.string(), url: z.string() })

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
      const heading = await page.getByRole('heading', { level: 1 }).textContent()
      expect(
        await database.sql('SELECT COALESCE(names->>$2, name) AS name FROM products WHERE id = $1', [
          product.productId,
          locale,
        ]),
      ).toEqual([{ name: heading }])
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
    await expect(page).toHaveURL(new RegExp(`/${LOCALES.at(-1)}$`))
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

test('the page of a product that is discontinued or sold out has no barrier, and does not scroll sideways', async ({
  page,
  database,
}) => {
  const gone = await database.plainProduct(44)
  const soldOut = await database.plainProduct(45)
  await database.sql('UPDATE stock SET quantity = 0 WHERE product_id = $1', [soldOut.productId])
  await database.sql("UPDATE products SET status = 'discontinued' WHERE id = $1", [gone.productId])
  try {
    for (const { slug } of [gone, soldOut]) {
      const path = `/en/products/${slug}`
      await page.goto(path)
      await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible()
      await expectNoBarrierOnAnyScreen(page, path)
    }
  } finally {
    await database.sql("UPDATE products SET status = 'active' WHERE id = $1", [gone.productId])
    await database.sql('UPDATE stock SET quantity = 20 WHERE product_id = $1', [soldOut.productId])
  }
})
