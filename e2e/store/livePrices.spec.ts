import type { Page } from '@playwright/test'
import pg from 'pg'
import { measured } from '../support/measured.ts'
import { expect, test } from '../support/test.ts'

async function changePrice(productId: string): Promise<{ version: string; amountCents: string }> {
  const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] })
  await client.connect()
  try {
    const { rows } = await client.query<{ version: string; amount_cents: number }>(
      'UPDATE prices SET amount_cents = amount_cents + 1, compare_at_cents = NULL WHERE product_id = $1 RETURNING version, amount_cents',
      [productId],
    )
    return { version: String(rows[0]?.version), amountCents: String(rows[0]?.amount_cents) }
  } finally {
    await client.end()
  }
}

async function openProduct(page: Page): Promise<string> {
  await page.goto('/en')
  const stream = page.waitForResponse((response) => response.url().includes('/api/prices/stream') && response.ok())
  await page.getByRole('article').first().getByRole('link').click()
  await expect(page).toHaveURL(/\/products\//)
  await stream
  return (await page.locator('article [data-product-id]').first().getAttribute('data-product-id')) ?? ''
}

const shown = (page: Page, productId: string) => page.locator(`[data-product-id="${productId}"]`).first()

test('a tab that is open shows a change made past the application, and a screen reader hears of it', async ({
  page,
}) => {
  const asked: string[] = []
  page.on('request', (request) => request.url().includes('/api/prices') && asked.push(new URL(request.url()).pathname))
  const productId = await openProduct(page)
  const { version, amountCents } = await changePrice(productId)
  const committed = performance.now()
  await expect(shown(page, productId)).toHaveAttribute('data-price-version', version)
  measured(`open tab: version ${version}, seen ${Math.round(performance.now() - committed)} ms after the commit`)
  await expect(shown(page, productId)).toHaveAttribute('data-amount-cents', amountCents)
  await expect(shown(page, productId)).toContainText(
    (Number(amountCents) / 100).toLocaleString('en', { minimumFractionDigits: 2 }),
  )
  await expect(page.locator('output[aria-live="polite"]')).toContainText('the price is now')
  expect(new Set(asked), 'the stream alone says the current prices').toEqual(new Set(['/api/prices/stream']))
})

test('going back never takes a price back, not even for a frame', async ({ page }) => {
  const productId = await openProduct(page)
  const { version } = await changePrice(productId)
  await expect(shown(page, productId)).toHaveAttribute('data-price-version', version)
  // The home page was rendered into the router's cache with the older price.
  await page.evaluate((id) => {
    const versions: number[] = []
    Reflect.set(window, 'versionsSeen', versions)
    new MutationObserver(() => {
      for (const element of document.querySelectorAll<HTMLElement>(`[data-product-id="${id}"]`))
        versions.push(Number(element.dataset['priceVersion']))
    }).observe(document.documentElement, { subtree: true, childList: true, attributes: true })
  }, productId)
  await page.goBack()
  await expect(page).toHaveURL('/en')
  await expect(shown(page, productId)).toHaveAttribute('data-price-version', version)
  const seen = await page.evaluate(() => Reflect.get(window, 'versionsSeen'))
  expect(seen.length).toBeGreaterThan(0)
  expect(Math.min(...seen)).toBe(Number(version))
})

test('a new document in the same tab starts from the newest price that the tab has seen', async ({ page }) => {
  const productId = await openProduct(page)
  // A copy of the page from before the change, as a cache in between might hold.
  const old = await (await page.request.get(page.url())).text()
  const { version } = await changePrice(productId)
  await expect(shown(page, productId)).toHaveAttribute('data-price-version', version)
  expect(old).not.toContain(`data-product-id="${productId}" data-price-version="${version}"`)
  // The tab has nothing but its own memory to know better.
  await page.route('**/api/prices**', (route) => route.abort())
  await page.route(page.url(), (route) => route.fulfill({ body: old, contentType: 'text/html' }))
  await page.reload()
  await expect(shown(page, productId)).toHaveAttribute('data-price-version', version)
})

test('beside a sale price stands the lowest one of 30 days, and never that of another version', async ({ page }) => {
  const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] })
  await client.connect()
  const change = async (set: string) =>
    (await client.query<{ version: string }>(`UPDATE prices SET ${set} WHERE product_id = 31 RETURNING version`))
      .rows[0]?.version ?? ''
  await change('amount_cents = 9000, compare_at_cents = NULL')
  await change('amount_cents = 12000')
  const sale = await change('amount_cents = 8000, compare_at_cents = 12000')
  const { rows } = await client.query<{ slug: string; name: string; lowest: number }>(
    'SELECT slug, name, min(old_amount_cents) AS lowest FROM products p JOIN price_changes c ON c.product_id = p.id WHERE p.id = 31 GROUP BY slug, name',
  )
  const [product] = rows
  const line = page.locator('[data-lowest-price]')
  const stream = page.waitForResponse((response) => response.url().includes('/api/prices/stream') && response.ok())
  await page.goto(`/de/products/${product?.slug}`)
  await stream
  await expect(line).toHaveAttribute('data-lowest-price', sale)
  const euros = (cents: number) => (cents / 100).toFixed(2).replace('.', ',')
  await expect(line).toHaveText(`Niedrigster Preis der letzten 30 Tage: ${euros(product?.lowest ?? 0)}\u00a0€`)

  // A list announces the reduction as well.
  const list = await page.context().newPage()
  const listStream = list.waitForResponse((response) => response.url().includes('/api/prices/stream') && response.ok())
  const german = await page.getByRole('heading', { level: 1 }).innerText()
  await list.goto(`/de/search?q=${encodeURIComponent(german)}`)
  await listStream
  const card = list
    .getByRole('article')
    .filter({ has: list.locator('[data-product-id="31"]') })
    .locator('[data-card-lowest]')
  await expect(card).toHaveAttribute('data-card-lowest', sale)
  await expect(card).toHaveText(`Tiefster Preis in 30 Tagen: ${euros(product?.lowest ?? 0)}\u00a0€`)

  const lowest = Math.min(product?.lowest ?? 0, 700)
  await change('amount_cents = 700')
  const next = await change('amount_cents = 600')
  await expect(shown(page, '31')).toHaveAttribute('data-price-version', next)
  await expect(line, 'comes with the price').toHaveAttribute('data-lowest-price', next)
  await expect(line).toContainText(euros(lowest))
  await list.bringToFront()
  await expect(card, 'is never that of another version').toHaveAttribute('data-card-lowest', next)
  await expect(card).toHaveText(`Tiefster Preis in 30 Tagen: ${euros(lowest)}\u00a0€`)
  await list.reload()
  await expect(card).toHaveText(`Tiefster Preis in 30 Tagen: ${euros(lowest)}\u00a0€`)
  await list.close()
  const over = await change('amount_cents = 12000, compare_at_cents = NULL')
  await expect(shown(page, '31')).toHaveAttribute('data-price-version', over)
  await expect(line).toHaveCount(0)
  await client.end()
})
