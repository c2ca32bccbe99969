import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import type { Database } from '../support/database.ts'
import { expect, test } from '../support/test.ts'

async function addSomething(page: Page): Promise<{ name: string; amountCents: number }> {
  await page.goto('/en')
  await page.getByRole('article').first().getByRole('link').click()
  await expect(page).toHaveURL(/\/products\//)
  const answered = page.waitForResponse((response) => response.url().endsWith('/api/cart'))
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await expect(page.getByText('Added to your cart.')).toBeVisible()
  // The page shows it at once. What a test sends beside it would go without its cookie.
  await answered
  await expect(page.getByRole('banner').getByRole('link', { name: 'Cart 1', exact: true })).toBeVisible()
  return {
    name: await page.getByRole('heading', { level: 1 }).innerText(),
    amountCents: Number(await page.locator('article [data-amount-cents]').first().getAttribute('data-amount-cents')),
  }
}

/** As a page does. @param form fields */
const change = (page: Page, form: Record<string, string>) =>
  page.evaluate(
    (fields) =>
      fetch('/api/cart', {
        method: 'POST',
        headers: { accept: 'application/json' },
        body: new URLSearchParams(fields),
      }).then(({ status }) => status),
    form,
  )

const euros = (cents: number) => new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(cents / 100)
const total = (page: Page) => page.getByTestId('cart-total')

/** A product that the other tests leave alone. */
async function another(database: Database, offset = 40) {
  const [row] = await database.sql(
    `SELECT p.id FROM products p JOIN stock s ON s.product_id = p.id
     WHERE status = 'active' AND s.quantity > 9 ORDER BY id DESC LIMIT 1 OFFSET ${offset}`,
  )
  return database.price(Number(Object(row).id))
}

test('says that it is empty and leads back to the shop', async ({ page }) => {
  const response = await page.goto('/en/cart')
  expect(response?.headers()['cache-control']).toContain('no-store')
  await expect(page.getByRole('heading', { name: 'Your cart is empty' })).toBeVisible()
  await page.getByRole('link', { name: 'Continue shopping' }).click()
  await expect(page).toHaveURL('/en')
})

test('keeps what is added over a reload and in every language, and counts it', async ({ page }) => {
  const { name, amountCents } = await addSomething(page)
  await page.getByRole('link', { name: 'View cart' }).click()
  await expect(page.getByRole('link', { name })).toBeVisible()
  await expect(total(page)).toHaveText(euros(amountCents))

  await page.getByLabel(`Quantity of ${name}`).fill('3')
  await expect(total(page)).toHaveText(euros(amountCents * 3))
  await expect(page.getByTestId('line-total')).toHaveText(euros(amountCents * 3))
  await page.reload()
  await expect(total(page)).toHaveText(euros(amountCents * 3))
  await page.getByRole('button', { name: `One more of ${name}` }).click()
  await expect(total(page)).toHaveText(euros(amountCents * 4))
  await page.getByRole('button', { name: `One less of ${name}` }).click()
  await expect(page.getByRole('banner').getByRole('link', { name: 'Cart 3' })).toBeVisible()
  await page.goto('/de/cart')
  const german = await page.locator('main a[href^="/de/products/"]').last().innerText()
  expect(german).not.toBe(name)
  await page.getByRole('button', { name: `${german} entfernen` }).click()
  await expect(page.getByRole('heading', { name: 'Ihr Warenkorb ist leer' })).toBeVisible()
})

test('the header opens a panel of the cart with live prices, loads its code then, and has the focus again when it closes', async ({
  page,
  database,
}) => {
  const { productId, slug, name, amountCents } = await another(database, 44)
  const setPrice = (amount: number) =>
    database.sql('UPDATE prices SET amount_cents = $2 WHERE product_id = $1', [productId, amount])
  const scripts: string[] = []
  page.on('request', (request) => void (request.resourceType() === 'script' && scripts.push(request.url())))
  await page.goto(`/en/products/${slug}`)
  await page.getByRole('button', { name: 'Add to cart' }).click()
  const link = page.getByRole('banner').getByRole('link', { name: 'Cart 1', exact: true })
  await expect(link).toBeVisible()
  const before = scripts.length
  try {
    await link.focus()
    await page.keyboard.press('Enter')
    const panel = page.getByRole('dialog', { name: 'Cart' })
    await expect(panel.getByRole('link', { name })).toBeVisible()
    expect(scripts.length).toBeGreaterThan(before)
    await expect(panel.getByRole('button', { name: 'Close' })).toBeFocused()
    await expect(total(page)).toHaveText(euros(amountCents))
    await panel.getByRole('button', { name: `One more of ${name}` }).click()
    await expect(total(page)).toHaveText(euros(2 * amountCents))
    await setPrice(amountCents - 100)
    await expect(total(page)).toHaveText(euros(2 * (amountCents - 100)))
    await expect(panel.getByTestId('line-total')).toHaveText(euros(2 * (amountCents - 100)))
    const { violations } = await new AxeBuilder({ page }).include('dialog').analyze()
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([])

    await page.keyboard.press('Escape')
    await expect(panel).toBeHidden()
    const opener = page.getByRole('banner').getByRole('link', { name: 'Cart 2', exact: true })
    await expect(opener).toBeFocused()
    await opener.click()
    await panel.getByRole('link', { name: 'To the checkout' }).click()
    await expect(page).toHaveURL('/en/checkout')
    await expect(panel).toBeHidden()
  } finally {
    await setPrice(amountCents)
  }
})

test('counts each press, and shows in another tab what this one does', async ({ page }) => {
  const { name, amountCents } = await addSomething(page)
  const add = page.getByRole('button', { name: 'Add to cart' })
  for (let presses = 0; presses < 3; presses += 1) await add.click()
  const other = await page.context().newPage()
  await other.goto('/en/cart')
  await expect(total(other)).toHaveText(euros(4 * amountCents))
  await page.bringToFront()
  await add.click()
  await other.bringToFront()
  await expect(other.getByLabel(`Quantity of ${name}`)).toHaveValue('5')
  await expect(total(other)).toHaveText(euros(5 * amountCents))
})

test('says which product is no longer sold and leaves it out of the total', async ({ page }) => {
  const { amountCents } = await addSomething(page)
  expect(await change(page, { do: 'add', product: '999999999' })).toBe(200)
  await page.goto('/en/cart')
  await expect(page.getByRole('listitem').filter({ hasText: '#999999999' })).toContainText('No longer available')
  await expect(total(page)).toHaveText(euros(amountCents))
})

test('counts and prices nothing that is no longer sold, in the cart and beside its icon on each page, until it is sold again', async ({
  page,
  database,
}) => {
  const { name, amountCents } = await addSomething(page)
  const { productId, name: goneName, amountCents: goneCents } = await another(database)
  const setStatus = (status: string) =>
    database.sql('UPDATE products SET status = $2::product_status WHERE id = $1', [productId, status])
  for (const _ of [1, 2]) expect(await change(page, { do: 'add', product: String(productId) })).toBe(200)
  const count = (n: number) => page.getByRole('banner').getByRole('link', { name: `Cart ${n}`, exact: true })
  const goneRow = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: goneName, exact: true }) })
  try {
    const stream = page.waitForResponse((response) => response.url().includes('/api/prices/stream') && response.ok())
    await page.goto('/en/cart')
    await expect(total(page)).toHaveText(euros(amountCents + 2 * goneCents))
    await expect(count(3)).toBeVisible()
    await stream

    await setStatus('discontinued')
    await expect(goneRow).toContainText('No longer available')
    await expect(goneRow.locator('[data-amount-cents]')).toHaveCount(0)
    await expect(goneRow.getByRole('spinbutton')).toHaveCount(0)
    await expect(total(page)).toHaveText(euros(amountCents))
    await expect(count(1)).toBeVisible()

    await page.reload()
    await expect(goneRow).toContainText('No longer available')
    await expect(total(page)).toHaveText(euros(amountCents))
    const other = await page.context().newPage()
    await other.goto('/en')
    await expect(other.getByRole('banner').getByRole('link', { name: 'Cart 1', exact: true })).toBeVisible()

    await setStatus('active')
    await expect(total(page)).toHaveText(euros(amountCents + 2 * goneCents))
    await expect(count(3)).toBeVisible()
    await other.bringToFront()
    await expect(other.getByRole('banner').getByRole('link', { name: 'Cart 3', exact: true })).toBeVisible()
    await expect(page.getByRole('link', { name })).toBeVisible()
  } finally {
    await setStatus('active')
  }
})

test('takes over what an earlier release kept in the browser: products and quantities, and no picture from elsewhere', async ({
  page,
  database,
}) => {
  const { productId, name } = await another(database, 41)
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).hostname))
  await page.addInitScript(
    (item) => {
      if (sessionStorage.getItem('once') !== null) return
      sessionStorage.setItem('once', '')
      localStorage.setItem('evergreen.cart', JSON.stringify([item, { productId: -1 }, 'x']))
    },
    { productId, slug: 'x', name: 'x', image: 'https://evil.example/x.svg', quantity: 2 },
  )
  await page.goto('/en')
  await expect(page.getByRole('banner').getByRole('link', { name: 'Cart 2', exact: true })).toBeVisible()
  await page.goto('/en/cart')
  await expect(page.getByRole('link', { name, exact: true })).toBeVisible()
  expect(await page.evaluate(() => localStorage.getItem('evergreen.cart'))).toBeNull()
  expect(new Set(asked)).toEqual(new Set([new URL(page.url()).hostname]))
})

test('is empty and says so when its cookie is not the shop’s, and takes the next product', async ({ page }) => {
  const { name } = await addSomething(page)
  const cartCookie = async () => (await page.context().cookies()).find((cookie) => cookie.name.endsWith('cart'))
  // The page says so before the answer is there.
  await expect.poll(cartCookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
  const cart = await cartCookie()
  await page.context().addCookies([{ ...cart!, value: cart!.value.replace('.', '.1') }])
  await page.goto('/en/cart')
  await expect(page.getByText('Your cart could not be read, so it is empty now.')).toBeVisible()
  await expect(page.getByRole('banner').getByRole('link', { name: 'Cart', exact: true })).toBeVisible()
  await addSomething(page)
  await page.goto('/en/cart')
  await expect(page.getByRole('link', { name, exact: true })).toBeVisible()
})

test('refuses what another site sends, what is no form of the shop, and what is too large', async ({ request }) => {
  const post = async (form: Record<string, string>, headers = {}) =>
    (await request.post('/api/cart', { form, headers, maxRedirects: 0 })).status()
  const add = { do: 'add', product: '1' }
  expect(await post(add)).toBe(303)
  expect(await post(add, { origin: 'https://evil.example' })).toBe(403)
  const wrong: Record<string, string>[] = [
    {},
    { do: 'add', product: '0' },
    { do: 'set', product: '1', quantity: '-1' },
    { do: 'x', product: '1' },
  ]
  for (const form of wrong) expect(await post(form)).toBe(400)
  expect(await post({ do: 'adopt', lines: '1-1-1_'.repeat(2_000) })).toBe(413)
  expect((await request.post('/api/cart', { data: { do: 'add' } })).status()).toBe(415)
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('takes a product, another quantity, and lets it go', async ({ page, database }) => {
    const { slug, name, amountCents } = await another(database, 42)
    await page.goto(`/en/products/${slug}`)
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await expect(page).toHaveURL('/en/cart')
    await expect(total(page)).toHaveText(euros(amountCents))
    await page.getByRole('button', { name: `One more of ${name}` }).click()
    await expect(total(page)).toHaveText(euros(2 * amountCents))
    const quantity = page.getByLabel(`Quantity of ${name}`)
    await quantity.fill('4')
    await quantity.press('Enter')
    await expect(total(page)).toHaveText(euros(4 * amountCents))
    await page.getByRole('button', { name: `Remove ${name}` }).click()
    await expect(page.getByRole('heading', { name: 'Your cart is empty' })).toBeVisible()
  })
})

test('says so when JavaScript is switched off in the settings of the browser', async ({
  playwright,
  launchOptions,
  baseURL,
  database,
}) => {
  // Without scripts by its debugger, as in the test above, Chromium does not show `noscript`.
  const args = [...(launchOptions.args ?? []), '--blink-settings=scriptEnabled=false']
  const browser = await playwright.chromium.launch({ ...launchOptions, args })
  try {
    const page = await browser.newPage({ baseURL })
    await page.goto(`/de/products/${(await another(database, 42)).slug}`)
    await page.getByRole('button', { name: 'In den Warenkorb' }).click()
    await expect(page).toHaveURL('/de/cart')
    await expect(page.getByText(/^JavaScript ist/)).toBeVisible()
  } finally {
    await browser.close()
  }
})
