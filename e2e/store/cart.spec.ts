import { expect, test, type Page } from '@playwright/test'

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
