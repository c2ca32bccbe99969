/** The bulk editor on a catalog of 2,000 products of its own: other files count the products of the shop that they share. */
import type { BrowserContext, Locator, Page } from '@playwright/test'
import { z } from 'zod'
import { ADMIN } from '../support/accounts.ts'
import { type IsolatedShop, startIsolatedShop } from '../support/isolatedShop.ts'
import { fetchShownPrice } from '../support/shownPrices.ts'
import { expect, test } from '../support/test.ts'

const PRODUCTS = 2_000
const SELECTED = 150
/** Requests at once: what a small shop has at any moment. */
const READERS = 6
/** Rows in the page for a list of any length: those on screen, and some above and below. */
const MAX_ROWS = 60

let shop: IsolatedShop
let context: BrowserContext

test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000)
  shop = await startIsolatedShop({}, { products: PRODUCTS })
  await shop.startWorker()
  context = await browser.newContext({ baseURL: shop.url })
  expect(
    (await context.request.post('/api/auth/sign-in/email', { data: ADMIN, headers: { origin: shop.url } })).status(),
  ).toBe(200)
})
test.afterAll(async () => {
  await context?.close()
  await shop?.stop()
})

const product = z.object({ id: z.number(), slug: z.string(), cents: z.number(), version: z.coerce.number() })
type Product = z.infer<typeof product>

const COLUMNS =
  'p.id, p.slug, pr.amount_cents AS cents, pr.version FROM products p JOIN prices pr ON pr.product_id = p.id'

/** A category and a lowest price that exactly `SELECTED` products meet, each of them dear enough that 15 % are more than a rounding. */
async function filter(): Promise<{ category: string; fromCents: number }> {
  const rows = await shop.database.sql(
    `SELECT slug AS category, cents AS "fromCents" FROM (
       SELECT c.slug, pr.amount_cents AS cents, count(*) OVER (PARTITION BY c.id ORDER BY pr.amount_cents DESC) AS products
       FROM categories c JOIN product_categories pc ON pc.category_id = c.id JOIN prices pr USING (product_id)) bounds
     WHERE products = $1 AND cents >= 400 ORDER BY slug LIMIT 1`,
    [SELECTED],
  )
  return z.tuple([z.object({ category: z.string(), fromCents: z.number() })]).parse(rows)[0]
}

async function productsIn(category: string, fromCents: number): Promise<Product[]> {
  const rows = await shop.database.sql(
    `SELECT ${COLUMNS} JOIN product_categories pc ON pc.product_id = p.id JOIN categories c ON c.id = pc.category_id
     WHERE c.slug = $1 AND pr.amount_cents >= $2 ORDER BY p.id`,
    [category, fromCents],
  )
  return z.array(product).parse(rows)
}

async function now(ids: readonly number[]): Promise<Product[]> {
  return z.array(product).parse(await shop.database.sql(`SELECT ${COLUMNS} WHERE p.id = ANY($1) ORDER BY p.id`, [ids]))
}

/** One request for the page of each, a few at a time. @returns what each page said, in their order */
async function read(products: readonly Product[]) {
  const shown = new Map<number, Awaited<ReturnType<typeof fetchShownPrice>>>()
  const queue = [...products]
  const reader = async () => {
    for (let next = queue.shift(); next; next = queue.shift())
      shown.set(next.id, await fetchShownPrice(context.request, `/en/products/${next.slug}`, next.id))
  }
  await Promise.all(Array.from({ length: READERS }, reader))
  return products.map(({ id }) => shown.get(id))
}

function asShown({ cents, version }: Product) {
  return { version, elements: [`${version}:${cents}`], jsonLdCents: cents, openGraphCents: cents }
}

async function preview(page: Page, reason: string): Promise<string> {
  await page.getByLabel('3. Why').fill(reason)
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.waitForURL(/\/admin\/bulk\/[0-9a-f-]{36}$/)
  return page.url().split('/').at(-1) ?? ''
}

/** Types what the approval asks for: many of the prices fall below the lowest of 30 days, and some are on sale. */
async function confirmDoubts(page: Page): Promise<void> {
  const asked = await page.locator('label', { hasText: 'to confirm.' }).locator('strong').allInnerTexts()
  expect(asked, 'what is asked').toHaveLength(2)
  for (const phrase of asked) await page.getByLabel(phrase).fill(phrase)
}

function outcome(page: Page): Locator {
  return page.getByRole('region', { name: 'Outcome' })
}

test('shows the new price and version on the first request for each page, for 150 of 2,000 products by filter', async () => {
  test.setTimeout(180_000)
  const { category, fromCents } = await filter()
  const before = await productsIn(category, fromCents)
  expect(before).toHaveLength(SELECTED)
  // Each page is in the cache with the old price: a page that was never asked for could not be stale.
  await read(before)
  expect((await read(before)).map((page) => page?.cache)).toEqual(before.map(() => expect.stringContaining('HIT')))

  const page = await context.newPage()
  await page.goto('/admin/bulk/new')
  await expect(page.getByText('2,000 products')).toBeVisible()
  await page.getByLabel('Category').selectOption(category)
  await page.getByLabel('Price from').fill((fromCents / 100).toFixed(2))
  await expect(page.getByText(`${SELECTED} products`)).toBeVisible()
  await page.getByLabel('Price', { exact: true }).selectOption('percent-down')
  await page.getByLabel('Percent').fill('15')
  await page.getByLabel('Round').selectOption('.99')
  const id = await preview(page, 'Autumn sale')
  await expect(page.getByText('Prices that change').locator('xpath=..')).toContainText(String(SELECTED))
  await expect(page.getByRole('grid').getByRole('row')).not.toHaveCount(1)
  expect(await page.evaluate(() => window.scrollY), 'a page begins at its top').toBe(0)
  expect(await now(before.map((each) => each.id)), 'a preview changes nothing').toEqual(before)

  await confirmDoubts(page)
  await page.getByRole('button', { name: `Approve and change ${SELECTED} prices` }).click()
  await expect(outcome(page)).toContainText(`Live: ${SELECTED} prices changed`, { timeout: 30_000 })
  const pages = await read(before)
  const after = await now(before.map((each) => each.id))
  expect(pages).toEqual(after.map((each) => expect.objectContaining(asShown(each))))

  for (const [i, { cents, version }] of after.entries()) {
    const { cents: old = 0, version: was = 0, slug } = before[i] ?? {}
    expect({ version, ending: cents % 100 }, slug).toEqual({ version: was + 1, ending: 99 })
    expect(Math.abs(cents - old * 0.85), `${slug}: the nearest price that ends so`).toBeLessThanOrEqual(50)
  }
  const frozen = await shop.database.sql(
    'SELECT product_id AS id, new_amount_cents AS cents FROM bulk_edit_rows WHERE bulk_edit_id = $1 ORDER BY product_id',
    [id],
  )
  expect(frozen, 'as previewed').toEqual(after.map((each) => ({ id: each.id, cents: each.cents })))
  await page.close()
})

test('applies 2,000 rows while the page of the edit is open: the first thousand is live while the second waits', async () => {
  test.setTimeout(120_000)
  const all = await now(Array.from({ length: PRODUCTS }, (_, i) => i + 1))
  const [first, last] = [all[10], all[PRODUCTS - 10]]
  if (!first || !last) throw new Error('no products')
  await read([first, last])
  const page = await context.newPage()
  await page.goto('/admin/bulk/new')
  await page.getByLabel('Price', { exact: true }).selectOption('plus')
  await page.getByLabel('Amount in €').fill('0.10')
  await page.getByLabel('Compare-at price', { exact: true }).selectOption('clear')
  await preview(page, 'Ten cents more')

  // Another transaction holds a row of the second thousand: there the edit waits, by no clock.
  const release = await shop.database.holdPrice(last.id)
  try {
    await page.getByRole('button', { name: 'Approve and change 2,000 prices' }).click()
    await expect(page.getByRole('heading', { name: 'Being applied' })).toBeVisible()
    await expect(page.getByText('1,000 of 2,000 prices live')).toBeVisible()
    await expect(page.getByRole('progressbar', { name: 'Rows applied' })).toHaveAttribute('value', '1000')
    await expect(page.getByText(/a second · about \d+ s left/)).toBeVisible()
    const [live, waiting] = await read([first, last])
    expect(live).toMatchObject({ version: first.version + 1, openGraphCents: first.cents + 10 })
    expect(waiting).toMatchObject({ version: last.version, openGraphCents: last.cents })
  } finally {
    await release()
  }
  await expect(outcome(page)).toContainText('Live: 2,000 prices changed', { timeout: 30_000 })
  expect(await read([last])).toEqual([
    expect.objectContaining({ version: last.version + 1, openGraphCents: last.cents + 10 }),
  ])
  expect(await now(all.map(({ id }) => id))).toEqual(
    all.map((each) => ({ ...each, cents: each.cents + 10, version: each.version + 1 })),
  )
  await page.close()
})

test('holds the rows on screen only, each of them filled, when the list is scrolled', async () => {
  const page = await context.newPage()
  await page.goto('/admin/bulk/new')
  const grid = page.getByRole('grid', { name: 'Products and their new prices' })
  await expect(grid).toHaveAttribute('aria-rowcount', String(PRODUCTS + 1))
  const expectFilled = async (row: number) => {
    const sku = z
      .tuple([z.object({ sku: z.string() })])
      .parse(await shop.database.sql('SELECT sku FROM products ORDER BY id LIMIT 1 OFFSET $1', [row - 1]))[0].sku
    await expect(grid.locator(`[aria-rowindex="${row + 1}"]`)).toContainText(sku)
    await expect(grid.getByLabel('Loading')).toHaveCount(0)
    expect(await grid.getByRole('row').count()).toBeLessThan(MAX_ROWS)
  }
  await expectFilled(1)
  expect(await page.evaluate(() => window.scrollY), 'a page begins at its top').toBe(0)
  await grid.hover()
  // A turn of the wheel each frame, which flies by without waiting for what it passes.
  while (await grid.evaluate((element) => element.scrollTop + element.clientHeight < element.scrollHeight - 1)) {
    await page.mouse.wheel(0, 3_000)
    expect(await grid.getByRole('row').count()).toBeLessThan(MAX_ROWS)
  }
  await expectFilled(PRODUCTS)
  await grid.focus()
  await page.keyboard.press('Control+Home')
  await expectFilled(1)
  await page.keyboard.press('Control+ArrowDown')
  await expectFilled(PRODUCTS)
  for (let i = 0; i < 30; i++) await page.keyboard.press('PageUp')
  await expect(grid.getByLabel('Loading')).toHaveCount(0)
  await expect(grid.locator('[data-focus="true"]')).toBeInViewport()
  await page.close()
})
