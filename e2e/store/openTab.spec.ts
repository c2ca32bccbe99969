/** The statements of an open tab beside its prices: news for screen readers, statements for machines, and that it is cut off. */
import type { Page } from '@playwright/test'
import { faultProxy } from '#lib/coherence/testing/faultProxy.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import type { Database, PriceRow } from '../support/database.ts'
import { expect, test } from '../support/test.ts'

/** A file of its own for its prices. */
const OFFSET = 26

/** Longer than changes are merged, and than a shop may be silent that was asked. */
const A_WHILE_MS = 7_000
/** Longer than the stream says nothing. */
const A_LONG_WHILE_MS = 45_000

const priceOn = (page: Page, { productId }: PriceRow) =>
  page.locator(`[data-product-id="${productId}"][data-price-version]`).first()

async function openWithStream(page: Page, url: string): Promise<void> {
  const stream = page.waitForResponse((response) => response.url().includes('/api/prices/stream') && response.ok())
  await page.goto(url)
  await stream
}

async function raisePrice(database: Database, { productId }: PriceRow): Promise<PriceRow> {
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
  return database.price(productId)
}

test('reads ten changes in two seconds aloud once, and the next one again', async ({ page, database }) => {
  const product = await database.plainProduct(OFFSET)
  await page.clock.install()
  await openWithStream(page, `/en/products/${product.slug}`)
  const price = priceOn(page, product)
  await expect(price).toHaveAttribute('data-price-version', String(product.version))
  await page.evaluate(() => {
    const said: string[] = []
    Reflect.set(window, 'said', said)
    const news = document.querySelector('output[aria-live="polite"]')
    if (news)
      new MutationObserver(() => said.push(news.textContent)).observe(news, {
        subtree: true,
        childList: true,
        characterData: true,
      })
  })
  await page.clock.pauseAt(new Date(await page.evaluate(() => Date.now() + 1_000)))
  const change = async () => {
    const changed = await raisePrice(database, product)
    await expect(price).toHaveAttribute('data-price-version', String(changed.version))
    return `${product.name}: the price is now €${(changed.amountCents / 100).toLocaleString('en', { minimumFractionDigits: 2 })}`
  }
  const setStock = (quantity: number) =>
    database.sql('UPDATE stock SET quantity = $2 WHERE product_id = $1', [product.productId, quantity])
  const stock = page.locator(`[data-stock-of="${product.productId}"]`).first()
  let last = ''
  for (let n = 0; n < 5; n++) {
    last = `${await change()} Only ${n + 1} left`
    await setStock(n + 1)
    await expect(stock).toHaveText(`Only ${n + 1} left`)
    await page.clock.runFor(400)
  }
  await page.clock.runFor(A_WHILE_MS)
  const said = () => page.evaluate(() => Reflect.get(window, 'said'))
  await expect.poll(said).toEqual([last])
  await expect(page.locator('[data-stock-of][aria-live]'), 'it is not read aloud by itself, too').toHaveCount(0)
  await setStock(80)
  await expect(stock).toHaveText('In stock')
  await page.clock.runFor(A_WHILE_MS)
  await expect.poll(said).toEqual([last, 'In stock'])
  const next = await change()
  await page.clock.runFor(A_WHILE_MS)
  await expect.poll(said).toEqual([last, 'In stock', next])
})

for (const [fault, whileMs] of [
  ['refuses connections', A_WHILE_MS],
  ['lets nothing through', A_LONG_WHILE_MS],
] as const) {
  test(`says that prices may be out of date when the network ${fault}, and recovers by itself`, async ({
    page,
    database,
    baseURL,
  }) => {
    const { hostname, port } = new URL(baseURL ?? '')
    const proxy = await faultProxy({ host: hostname, port: Number(port) })
    try {
      const product = await database.plainProduct(OFFSET)
      const notice = page.getByText('Prices may be out of date')
      await page.clock.install()
      await openWithStream(page, `http://localhost:${proxy.port}/en/products/${product.slug}`)
      await expect(priceOn(page, product)).toBeVisible()
      await page.clock.runFor(A_WHILE_MS)
      await expect(notice).toHaveCount(0)
      if (whileMs === A_WHILE_MS) await proxy.cut()
      else proxy.freeze()
      const changed = await raisePrice(database, product)
      await expect(async () => {
        await page.clock.runFor(whileMs)
        await expect(notice).toBeVisible({ timeout: 500 })
      }).toPass({ timeout: 10_000 })
      await proxy.heal()
      await expect(async () => {
        await page.clock.runFor(1_000)
        await expect(notice).toHaveCount(0, { timeout: 500 })
      }).toPass({ timeout: 10_000 })
      await expect(priceOn(page, product)).toHaveAttribute('data-price-version', String(changed.version))
    } finally {
      await proxy.close()
    }
  })
}

test('updates JSON-LD and OpenGraph of an open tab to the current price', async ({ page, database }) => {
  const product = await database.plainProduct(OFFSET)
  await openWithStream(page, `/en/products/${product.slug}`)
  const amount = product.amountCents + 1_000
  await database.sql('UPDATE prices SET amount_cents = $2 WHERE product_id = $1', [product.productId, amount])
  const { version } = await database.price(product.productId)
  await expect(priceOn(page, product)).toHaveAttribute('data-price-version', String(version))
  const decimal = (amount / 100).toFixed(2)
  for (const property of ['og:price:amount', 'product:price:amount'])
    await expect(page.locator(`meta[property="${property}"]`)).toHaveAttribute('content', decimal)
  await expect(page.locator('meta[property="og:image"]')).toHaveAttribute('content', new RegExp(`/${version}\\.png$`))
  const statements = await page.locator('script[type="application/ld+json"]').allTextContents()
  const said: unknown = JSON.parse(statements.find((text) => text.includes('"@type":"Product"')) ?? '')
  expect(said).toMatchObject({
    name: product.name,
    offers: { '@type': 'Offer', price: decimal, priceCurrency: 'EUR', availability: expect.stringContaining('Stock') },
  })
})

test('shows what another tab of the browser has seen when the shop does not answer this one', async ({
  context,
  page,
  database,
}) => {
  const product = await database.plainProduct(OFFSET)
  const cutOff = await context.newPage()
  await cutOff.route('**/api/prices**', (route) => route.abort())
  await cutOff.goto(`/de/products/${product.slug}`)
  await openWithStream(page, `/en/products/${product.slug}`)
  const { version } = await raisePrice(database, product)
  await expect(priceOn(page, product)).toHaveAttribute('data-price-version', String(version))
  await expect(priceOn(cutOff, product)).toHaveAttribute('data-price-version', String(version))
})

test('says that it is cut off in each language', async ({ page, database }) => {
  const { slug } = await database.plainProduct(OFFSET)
  const said = new Set<string>()
  await page.clock.install()
  await page.route('**/api/prices**', (route) => route.abort())
  for (const locale of LOCALES) {
    await page.goto(`/${locale}/products/${slug}`)
    const notice = page.locator('output:not([aria-live]):not(.visually-hidden)').last()
    await expect(async () => {
      await page.clock.runFor(A_WHILE_MS)
      await expect(notice).not.toBeEmpty({ timeout: 500 })
    }).toPass({ timeout: 10_000 })
    said.add(await notice.innerText())
  }
  expect(said.size).toBe(LOCALES.length)
})
