/** Open tabs stop selling a product that is no longer sold, and sell it again. */
import type { Page } from '@playwright/test'
import { z } from 'zod'
import { signIn } from '../support/accounts.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { recommendedProduct, SAYS, setStatus, UNAVAILABLE } from '../support/discontinue.ts'
import { environment } from '../support/environment.ts'
import { pagesOf } from '../support/pagesOf.ts'
import { expect, test } from '../support/test.ts'

async function openWithStream(page: Page, path: string): Promise<void> {
  const stream = page.waitForResponse((response) => response.url().includes('/api/prices/stream') && response.ok())
  await page.goto(path)
  await stream
}

function partsOf(page: Page, productId: number) {
  return {
    button: page.getByRole('main').getByRole('button'),
    amount: page.locator(`[data-product-id="${productId}"][data-amount-cents]`),
    gone: page.locator(`[data-product-id="${productId}"][data-product-status="discontinued"]`),
  }
}

test('an open product page stops selling within a second of the change, and sells again', async ({
  page,
  database,
}) => {
  await signIn(page.request)
  const product = await recommendedProduct(database)
  const { button, amount, gone } = partsOf(page, product.productId)
  try {
    await openWithStream(page, `/en/products/${product.slug}`)
    await expect(button).toBeVisible()
    const name = await page.getByRole('heading', { level: 1 }).innerText()
    const times: number[] = []
    const untilButtons = async (count: number) => {
      const changed = performance.now()
      await expect.poll(() => button.count(), { intervals: [20] }).toBe(count)
      times.push(performance.now() - changed)
    }
    const buttons = await button.count()
    for (let round = 0; round < 3; round++) {
      await setStatus(page.request, product.productId, 'discontinued')
      await untilButtons(0)
      await expect(amount).toHaveCount(0)
      await expect(page.locator('output[aria-live="polite"].visually-hidden')).toContainText(name)
      await setStatus(page.request, product.productId, 'active')
      await untilButtons(buttons)
      await expect(amount.first()).toHaveAttribute('data-amount-cents', String(product.amountCents))
      await expect(gone).toHaveCount(0)
    }
    // The median: on a machine with other work a single one says more about that work.
    expect(times.toSorted((a, b) => a - b)[3], `${times.map(Math.round).join(', ')} ms`).toBeLessThan(1_000)
  } finally {
    await product.restore()
  }
})

test('open product pages in every language say that a product is no longer sold, and sell it again', async ({
  page,
  browser,
  baseURL,
  database,
}) => {
  await signIn(page.request)
  const product = await recommendedProduct(database)
  // A browser of its own for each, as visitors have: they share no connections.
  const tabs = await Promise.all(
    LOCALES.map(async (locale) => {
      const context = await browser.newContext({ baseURL })
      return { locale, tab: await context.newPage(), close: () => context.close() }
    }),
  )
  try {
    for (const { locale, tab } of tabs) await openWithStream(tab, `/${locale}/products/${product.slug}`)
    await setStatus(page.request, product.productId, 'discontinued')
    for (const { locale, tab } of tabs) {
      const { button, amount, gone } = partsOf(tab, product.productId)
      await expect(button, locale).toHaveCount(0)
      await expect(tab.getByText(SAYS[locale] ?? '', { exact: true })).toBeVisible()
      await expect(amount).toHaveCount(0)
      await expect(gone).toHaveText(UNAVAILABLE[locale] ?? '')
    }
    await setStatus(page.request, product.productId, 'active')
    for (const { locale, tab } of tabs) {
      const { button, amount } = partsOf(tab, product.productId)
      await expect(button, locale).toBeVisible()
      await expect(amount.first()).toHaveAttribute('data-amount-cents', String(product.amountCents))
    }
  } finally {
    await product.restore()
    for (const { close } of tabs) await close()
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
