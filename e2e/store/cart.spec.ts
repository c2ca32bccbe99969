import type { Page } from '@playwright/test'
import { expect, test } from '../support/test.ts'

async function addSomething(page: Page): Promise<{ name: string; amountCents: number }> {
  await page.goto('/en')
  await page.getByRole('article').first().getByRole('link').click()
  await expect(page).toHaveURL(/\/products\//)
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await expect(page.getByText('Added to your cart.')).toBeVisible()
  return {
    name: await page.getByRole('heading', { level: 1 }).innerText(),
    amountCents: Number(await page.locator('article [data-amount-cents]').first().getAttribute('data-amount-cents')),
  }
}

const euros = (cents: number) => new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(cents / 100)

test('says that it is empty and leads back to the shop', async ({ page }) => {
  await page.goto('/en/cart')
  await expect(page.getByRole('heading', { name: 'Your cart is empty' })).toBeVisible()
  await page.getByRole('link', { name: 'Continue shopping' }).click()
  await expect(page).toHaveURL('/en')
})

test('keeps what is added over a reload and in every language, and counts it', async ({ page }) => {
  const { name, amountCents } = await addSomething(page)
  await page.getByRole('link', { name: 'View cart' }).click()
  await expect(page.getByRole('link', { name })).toBeVisible()
  await expect(page.getByTestId('cart-total')).toHaveText(euros(amountCents))

  await page.getByLabel(`Quantity of ${name}`).fill('3')
  await expect(page.getByTestId('cart-total')).toHaveText(euros(amountCents * 3))
  await page.reload()
  await expect(page.getByTestId('cart-total')).toHaveText(euros(amountCents * 3))
  await expect(page.getByRole('banner').getByRole('link', { name: 'Cart 3' })).toBeVisible()
  await page.goto('/de/cart')
  await expect(page.getByRole('link', { name })).toBeVisible()

  await page.getByRole('button', { name: `${name} entfernen` }).click()
  await expect(page.getByRole('heading', { name: 'Ihr Warenkorb ist leer' })).toBeVisible()
})

test('never shows a remembered price as a current one: it says that it could not ask, and asks again', async ({
  page,
}) => {
  const { amountCents } = await addSomething(page)
  await page.route('**/api/prices?*', (route) => route.abort())
  await page.goto('/en/cart')
  await expect(page.getByText('The current prices could not be loaded.')).toBeVisible()
  await expect(page.getByRole('main').locator('[data-amount-cents]')).toHaveCount(0)
  await page.unroute('**/api/prices?*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByTestId('cart-total')).toHaveText(euros(amountCents))
})

test('says which product is no longer sold and leaves it out of the total', async ({ page }) => {
  const { amountCents } = await addSomething(page)
  await page.evaluate(() => {
    const cart: unknown[] = JSON.parse(localStorage.getItem('evergreen.cart') ?? '[]')
    cart.push({ productId: 999_999_999, slug: 'gone', name: 'Gone', image: '/icon.svg', quantity: 2 })
    localStorage.setItem('evergreen.cart', JSON.stringify(cart))
  })
  await page.goto('/en/cart')
  await expect(page.getByRole('listitem').filter({ hasText: 'Gone' })).toContainText('No longer available')
  await expect(page.getByTestId('cart-total')).toHaveText(euros(amountCents))
})

test('counts and prices nothing that is no longer sold, in the cart and beside its icon on each page, until it is sold again', async ({
  page,
  database,
}) => {
  const { name, amountCents } = await addSomething(page)
  // A product that the other tests leave alone.
  const [row] = await database.sql("SELECT id FROM products WHERE status = 'active' ORDER BY id DESC LIMIT 1 OFFSET 40")
  const { productId, slug, name: goneName, amountCents: goneCents } = await database.price(Number(Object(row).id))
  const setStatus = (status: string) =>
    database.sql('UPDATE products SET status = $2::product_status WHERE id = $1', [productId, status])
  await page.evaluate(
    (item) => {
      const cart: unknown[] = JSON.parse(localStorage.getItem('evergreen.cart') ?? '[]')
      localStorage.setItem('evergreen.cart', JSON.stringify([...cart, item]))
    },
    { productId, slug, name: goneName, image: '/icon.svg', quantity: 2 },
  )
  const count = (n: number) => page.getByRole('banner').getByRole('link', { name: `Cart ${n}`, exact: true })
  const goneRow = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: goneName, exact: true }) })
  try {
    await page.goto('/en/cart')
    await expect(page.getByTestId('cart-total')).toHaveText(euros(amountCents + 2 * goneCents))
    await expect(count(3)).toBeVisible()

    await setStatus('discontinued')
    await expect(goneRow).toContainText('No longer available')
    await expect(goneRow.locator('[data-amount-cents]')).toHaveCount(0)
    await expect(goneRow.getByRole('spinbutton')).toHaveCount(0)
    await expect(page.getByTestId('cart-total')).toHaveText(euros(amountCents))
    await expect(count(1)).toBeVisible()

    await page.reload()
    await expect(goneRow).toContainText('No longer available')
    await expect(page.getByTestId('cart-total')).toHaveText(euros(amountCents))
    const other = await page.context().newPage()
    await other.goto('/en')
    await expect(other.getByRole('banner').getByRole('link', { name: 'Cart 1', exact: true })).toBeVisible()

    await setStatus('active')
    await expect(page.getByTestId('cart-total')).toHaveText(euros(amountCents + 2 * goneCents))
    await expect(count(3)).toBeVisible()
    await other.bringToFront()
    await expect(other.getByRole('banner').getByRole('link', { name: 'Cart 3', exact: true })).toBeVisible()
    await expect(page.getByRole('link', { name })).toBeVisible()
  } finally {
    await setStatus('active')
  }
})
