import { expect, test } from '../support/test.ts'

test('leads from the home page through a category and its pages to a product, and back up by the breadcrumbs', async ({
  page,
}) => {
  await page.goto('/en')
  await page.getByRole('navigation', { name: 'Categories' }).first().getByRole('link').first().click()
  await expect(page).toHaveURL(/\/en\/categories\/[a-z-]+$/)
  await expect(
    page.getByRole('navigation', { name: 'Categories' }).first().locator('[aria-current="page"]'),
  ).toHaveCount(1)
  await expect(page.getByRole('article')).toHaveCount(24)

  const category = page.url()
  await page.getByRole('link', { name: 'Next' }).click()
  await expect(page).toHaveURL(`${category}/2`)
  await expect(page.locator('link[rel="canonical"]')).toHaveAttribute(
    'href',
    new RegExp(`${new URL(category).pathname}/2$`),
  )

  const name = await page.getByRole('article').first().getByRole('heading').innerText()
  await page.getByRole('article').first().getByRole('link').click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
  await expect(page.locator('[data-stock-of]').first()).toHaveText(/^(In stock|Only \d left|Sold out)$/)
  await expect(page.getByRole('heading', { name: 'Goes well with it' })).toBeVisible()

  await page.getByRole('navigation', { name: 'You are here' }).getByRole('link').nth(1).click()
  await expect(page).toHaveURL(/\/en\/categories\//)
})

test('lists each product of a category once, in one order, over all of its pages', async ({ page }) => {
  await page.goto('/en')
  const category = await page
    .getByRole('navigation', { name: 'Categories' })
    .first()
    .getByRole('link')
    .first()
    .getAttribute('href')
  const seen: string[] = []
  for (let n = 1; ; n += 1) {
    await page.goto(n === 1 ? `${category}` : `${category}/${n}`)
    seen.push(
      ...(await page
        .locator('[data-product-id]')
        .evaluateAll((all) => all.map((e) => e.getAttribute('data-product-id') ?? ''))),
    )
    if ((await page.getByRole('link', { name: 'Next' }).count()) === 0) break
  }
  const count = Number((await page.getByText(/^\d[\d,]* products/).innerText()).replace(/\D.*$/, ''))
  expect(seen).toHaveLength(count)
  expect(new Set(seen).size).toBe(count)
})

const NOT_FOUND = [
  '/en/products/no-such-product',
  '/de/categories/no-such-category',
  '/en/categories/no-such-category/2',
  '/fr/no/such/page',
  '/xx',
  '/xx/products/no-such-product',
  '/en/categories/furniture/0',
  '/en/categories/furniture/99999',
]

for (const path of NOT_FOUND) {
  test(`answers ${path} with 404, and a page that leads on`, async ({ page }) => {
    const response = await page.goto(path)
    expect(response?.status()).toBe(404)
    await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible()
    await page.getByRole('main').getByRole('link').first().click()
    await expect(page).toHaveURL(/\/(en|de|fr)$/)
  })
}
