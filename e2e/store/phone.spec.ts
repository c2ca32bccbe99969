import type { Locator } from '@playwright/test'
import { LOCALES } from '#lib/platform/locales.ts'
import { signIn } from '../support/accounts.ts'
import { anySize } from '../support/confirmations.ts'
import { expect, test } from '../support/test.ts'

const SCREEN = { width: 360, height: 740 }
const MOST_OF_THE_SCREEN = 0.12

test.use({ viewport: SCREEN, hasTouch: true })

async function box(locator: Locator) {
  const found = await locator.boundingBox()
  if (!found) throw new Error('it is not on the screen')
  return found
}

for (const locale of LOCALES)
  test(`the header takes an eighth of a phone at most, and each sentence of the headline begins a line, in ${locale}`, async ({
    page,
  }) => {
    await page.goto(`/${locale}`)
    const header = await box(page.getByRole('banner'))
    expect(header.height / SCREEN.height).toBeLessThanOrEqual(MOST_OF_THE_SCREEN)
    const headline = page.getByRole('heading', { level: 1 })
    const sentences = await headline.locator('span').allInnerTexts()
    expect(sentences.length).toBeGreaterThan(1)
    for (const sentence of sentences) expect(sentence.trim()).toMatch(/[.。]$/)
    const lines = await Promise.all((await headline.locator('span').all()).map(box))
    expect(new Set(lines.map(({ x }) => x)).size).toBe(1)
    for (const [i, line] of lines.slice(1).entries()) expect(line.y).toBeGreaterThan(lines[i]?.y ?? 0)
  })

test('the row of categories shows the one that is open', async ({ page }) => {
  await page.goto('/de/categories/outdoor')
  await expect(page.getByRole('banner').getByRole('link', { name: 'Outdoor & Reise' })).toBeInViewport({ ratio: 1 })
})

test('the button of a reduced product has one line', async ({ page, database }) => {
  const [row] = await database.sql(
    `SELECT slug FROM products p JOIN prices ON product_id = p.id JOIN stock s USING (product_id)
     WHERE compare_at_cents IS NOT NULL AND status = 'active' AND quantity > 0 ORDER BY amount_cents DESC LIMIT 1`,
  )
  for (const locale of LOCALES) {
    await page.goto(`/${locale}/products/${Object(row).slug}`)
    const button = await box(page.locator('[data-bottom-bar] button'))
    const price = await box(page.locator('[data-bottom-bar] [data-price-version]'))
    expect(button.height, locale).toBeLessThan(50)
    expect(Math.abs(button.y + button.height / 2 - (price.y + price.height / 2)), locale).toBeLessThan(2)
  }
})

test('no picture of the home page is shown twice', async ({ page }) => {
  await page.goto('/en')
  const pictures = await page
    .locator('main img')
    .evaluateAll((images) => images.map((image) => image.getAttribute('src')))
  expect(pictures.length).toBeGreaterThan(15)
  expect(new Set(pictures).size).toBe(pictures.length)
})

test('a card is no wider than its column, however long a word of its name is', async ({ page }) => {
  await page.goto('/de/categories/furniture')
  const [first, second] = [page.getByRole('article').nth(0), page.getByRole('article').nth(1)]
  const name = first.getByRole('heading')
  await name.evaluate((heading) => {
    const [text] = [...heading.querySelectorAll('*'), heading].filter(({ children }) => children.length === 0)
    if (text) text.textContent = 'Schwiegermutterzungenübertopfuntersetzer'
  })
  await expect(name).toHaveText('Schwiegermutterzungenübertopfuntersetzer')
  const [card, next] = [await box(first), await box(second)]
  expect(card.width).toBeCloseTo(next.width, 0)
  const overflow = await name.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)
  expect(overflow).toBeLessThanOrEqual(0)
})

test('the field of the search takes the whole bar while it is written in', async ({ page }) => {
  await page.goto('/en')
  // Not by its role: with suggestions it is a combobox.
  const field = page.locator('#site-search')
  const { height } = await box(page.getByRole('banner'))
  await field.focus()
  await expect.poll(async () => (await box(field)).width).toBeGreaterThan(300)
  expect((await box(page.getByRole('banner'))).height).toBe(height)
})

test('the price stands beside the button of a product all the way down its page, and follows an edit', async ({
  page,
  database,
}) => {
  await signIn(page.request)
  const { productId, slug, version } = await database.plainProduct(39)
  const stream = page.waitForResponse((response) => response.url().includes('/api/prices/stream') && response.ok())
  await page.goto(`/de/products/${slug}`)
  await stream
  await page.getByRole('heading', { name: 'Details', exact: true }).scrollIntoViewIfNeeded()
  const price = page.locator('[data-bottom-bar] [data-price-version]')
  await expect(price).toBeInViewport({ ratio: 1 })
  await expect(price).toHaveAttribute('data-price-version', String(version))
  const edit = { changes: [{ productId, amountCents: 43_210 }], reason: 'The bar', confirmations: anySize() }
  expect((await page.request.post('/api/admin/prices', { data: edit })).ok()).toBe(true)
  await expect(price).toContainText('432,10')
  await page.setViewportSize({ width: 1280, height: 800 })
  await expect(price).toBeHidden()
})

test('the button of a product is at hand all the way down its page, and covers nothing below', async ({
  page,
  database,
}) => {
  const { slug } = await database.plainProduct(40)
  await page.goto(`/en/products/${slug}`)
  const button = page.getByRole('button', { name: 'Add to cart' })
  await expect(button).toBeInViewport({ ratio: 1 })
  await page.getByText('Item number').scrollIntoViewIfNeeded()
  await expect(button).toBeInViewport({ ratio: 1 })
  const facts = await box(page.getByText('Item number'))
  expect(facts.y + facts.height).toBeLessThan((await box(button)).y)
  await page.getByRole('contentinfo').scrollIntoViewIfNeeded()
  await expect(button).not.toBeInViewport()
})

test('filters open as a sheet over the list, close with Escape, and are gone once the list is another one', async ({
  page,
}) => {
  await page.goto('/en/search?q=lamp')
  const summary = page.getByText('Filters', { exact: true })
  const sheet = page.locator('details', { has: summary })
  await summary.click()
  await expect(sheet).toHaveAttribute('open')
  expect(await box(sheet)).toEqual({ x: 0, y: 0, ...SCREEN })
  await expect(page.locator('[inert]')).not.toHaveCount(0)
  await page.getByRole('heading', { name: 'Brand' }).click()
  await page.keyboard.press('Escape')
  await expect(sheet).not.toHaveAttribute('open')
  await expect(summary).toBeFocused()
  await summary.press('Enter')
  await sheet.getByRole('link', { name: /^In stock/ }).click()
  await expect(page).toHaveURL(/stock/)
  await expect(sheet).not.toHaveAttribute('open')
  await expect(page.locator('[inert]')).toHaveCount(0)
})

/** What has the focus after each of so many presses of Tab, more than there are stops. @returns whether it stood within */
async function focusStaysIn(sheet: Locator, key: 'Tab' | 'Shift+Tab'): Promise<boolean> {
  const stops = await sheet.locator('a, button, summary, input:not([type=hidden]), select').count()
  for (let press = 0; press < stops + 3; press++) {
    await sheet.page().keyboard.press(key)
    // The body: the browser's own bar has it.
    if (
      !(await sheet.evaluate((own) => own.contains(document.activeElement) || document.activeElement === document.body))
    )
      return false
  }
  return true
}

test('Tab stays within an open sheet of a category, which closes where it was opened, and lets the next page scroll', async ({
  page,
}) => {
  await page.goto('/en/categories/lamps')
  const summary = page.locator('summary', { hasText: 'Filter and sort' })
  const sheet = page.locator('details', { has: summary })
  await summary.press('Enter')
  await expect(page.getByRole('region', { name: 'Brand' })).toBeVisible()
  expect(await focusStaysIn(sheet, 'Tab')).toBe(true)
  expect(await focusStaysIn(sheet, 'Shift+Tab')).toBe(true)
  await page.keyboard.press('Escape')
  await expect(sheet).not.toHaveAttribute('open')
  await expect(summary).toBeFocused()
  expect(await focusStaysIn(sheet, 'Tab')).toBe(false)

  await summary.click()
  await page.setViewportSize({ width: 1280, height: 800 })
  await expect(page.locator('[inert]')).toHaveCount(0)
  await page.setViewportSize(SCREEN)
  await expect(page.locator('[inert]')).not.toHaveCount(0)
  await sheet.getByRole('link', { name: /^Price, low/ }).click()
  await expect(page).toHaveURL(/sort=price-asc/)
  await expect(page.locator('[inert]')).toHaveCount(0)
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).overflowY)).not.toBe('hidden')
})
