/**
 * The history of a tab: a price that it has shown is never followed by an older one, in any frame. The router's cache and the
 * browser's are in `18-shows-nothing-older-than-it-has-shown.spec.ts`.
 */
import type { Page } from '@playwright/test'
import type { Database } from '../support/database.ts'
import { environment } from '../support/environment.ts'
import { framesOf, recordFrames } from '../support/frames.ts'
import { expect, test } from '../support/test.ts'

const LATENCY_MS = 2_000
/** A file of its own for its prices. */
const OFFSET = 24

/** Opens the page of a product, then in the same tab another document with its price; the price changes there. */
async function leaveAndChange(page: Page, database: Database, leave: { scripts: boolean }) {
  const { productId, slug, name, version: before } = await database.plainProduct(OFFSET)
  const price = page.locator(`[data-product-id="${productId}"][data-price-version]`).first()
  const path = `/en/products/${slug}`
  await page.goto(path)
  await expect(price).toHaveAttribute('data-price-version', String(before))
  const list = `/en/search?q=${encodeURIComponent(name)}`
  if (leave.scripts) {
    const stream = page.waitForResponse((response) => response.url().includes('/api/prices/stream') && response.ok())
    await page.goto(list)
    await stream
  }
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
  const { version } = await database.price(productId)
  if (!leave.scripts) await page.goto(list)
  await expect(price).toHaveAttribute('data-price-version', String(version))
  return { productId, path, price, before, version }
}

const historyBack = (page: Page) => page.evaluate(() => history.back())

test('asks the shop again when a reader without JavaScript goes back', async ({ browser, baseURL, database }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL })
  const page = await context.newPage()
  const { path, price, version } = await leaveAndChange(page, database, { scripts: false })
  await page.goBack()
  await expect(page).toHaveURL(path)
  await expect(price).toHaveAttribute('data-price-version', String(version))
  await context.close()
})

test('shows no older price in any frame when a reader on a line of two seconds goes back', async ({
  browser,
  baseURL,
  database,
}) => {
  const context = await browser.newContext({ baseURL })
  const page = await context.newPage()
  const { productId } = await database.plainProduct(OFFSET)
  await recordFrames(context, productId)
  const { path, price, version } = await leaveAndChange(page, database, { scripts: true })
  const network = await context.newCDPSession(page)
  await network.send('Network.enable')
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: LATENCY_MS,
    downloadThroughput: -1,
    uploadThroughput: -1,
  })
  await historyBack(page)
  await expect(page).toHaveURL(path)
  await expect(price).toHaveAttribute('data-price-version', String(version))
  const { versions } = await framesOf(page)
  expect(versions.length).toBeGreaterThan(0)
  expect(Math.min(...versions)).toBe(version)
  await context.close()
})

for (const offline of [false, true]) {
  test(`shows no older price in any frame when a page comes out of the back-forward cache${offline ? ', offline' : ''}`, async ({
    playwright,
    launchOptions,
    baseURL,
    database,
  }) => {
    const browser = await playwright.chromium.launch({
      ...launchOptions,
      executablePath: environment.WINDOW_CHROMIUM_PATH,
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    })
    const context = await browser.newContext({ baseURL })
    const page = await context.newPage()
    const { productId } = await database.plainProduct(OFFSET)
    await recordFrames(context, productId)
    const { path, price, version } = await leaveAndChange(page, database, { scripts: true })
    await context.setOffline(offline)
    await historyBack(page)
    await expect(page).toHaveURL(path)
    await expect(price).toHaveAttribute('data-price-version', String(version))
    await expect(price).toBeVisible()
    await expect.poll(async () => (await framesOf(page)).versions.length).toBeGreaterThan(0)
    const { versions, persisted } = await framesOf(page)
    expect(persisted).toBe(true)
    expect(Math.min(...versions)).toBe(version)
    await browser.close()
  })
}

test('shows no older price in any frame when a copy of a page is older than the tab, even without the scripts of the shop', async ({
  context,
  page,
  database,
}) => {
  const { slug, productId } = await database.plainProduct(OFFSET)
  const path = `/en/products/${slug}`
  const old = await (await page.request.get(path)).text()
  await recordFrames(context, productId)
  const { price, before, version } = await leaveAndChange(page, database, { scripts: true })
  await page.route('**/_next/static/chunks/*.js', (route) => route.abort())
  await page.route(`**${path}`, (route) => route.fulfill({ body: old, contentType: 'text/html' }))
  await page.goto(path)
  await expect(price).toHaveAttribute('data-price-version', String(before))
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect.poll(async () => (await framesOf(page)).frames).toBeGreaterThan(3)
  expect((await framesOf(page)).versions).toEqual([])
  // The scripts come, and know better.
  await page.unroute('**/_next/static/chunks/*.js')
  await page.route('**/api/prices**', (route) => route.abort())
  await page.reload()
  await expect(price).toHaveAttribute('data-price-version', String(version))
  await expect(price).toBeVisible()
  const { versions } = await framesOf(page)
  expect(Math.min(...versions)).toBe(version)
})
