import { expect, test } from '../support/test.ts'

const amounts = 'main [data-amount-cents]'

test('finds by the beginnings of words, from the search box', async ({ page }) => {
  await page.goto('/en')
  await page.getByRole('searchbox').first().fill('oa cha')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL('/en/search?q=oa+cha')
  const names = await page.getByRole('article').getByRole('heading').allInnerTexts()
  expect(names.length).toBeGreaterThan(0)
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('filters by category and price and sorts, by a plain form', async ({ page }) => {
    await page.goto('/en/search')
    await page.getByLabel('Category').selectOption('furniture')
    await page.getByLabel('Price from (€)').fill('100')
    await page.getByLabel('Price to (€)').fill('200,50')
    await page.getByLabel('Sort by').selectOption('price-desc')
    await page.getByRole('button', { name: 'Show results' }).click()
    await expect(page).toHaveURL(/min=100&max=200%2C50/)
    const cents = await page
      .locator(amounts)
      .evaluateAll((all) => all.map((e) => Number(e.getAttribute('data-amount-cents'))))
    expect(cents.length).toBeGreaterThan(0)
    expect(cents).toEqual(cents.toSorted((a, b) => b - a))
    expect(Math.min(...cents)).toBeGreaterThanOrEqual(10_000)
    expect(Math.max(...cents)).toBeLessThanOrEqual(20_050)
    await expect(page.getByLabel('Category')).toHaveValue('furniture')
  })
})

test('says beside each field what it could not use, and searches with the rest', async ({ page }) => {
  await page.goto('/en/search?min=abc&category=nowhere&sort=best&page=two')
  await expect(page.getByText('“abc” is not an amount. Write it like 20 or 19.90.')).toBeVisible()
  await expect(page.getByText('There is no category “nowhere”. All categories are shown.')).toBeVisible()
  await expect(page.getByText('Results cannot be sorted by “best”.')).toBeVisible()
  await expect(page.getByText('There is no page “two”. You see page 1.')).toBeVisible()
  await expect(page.getByLabel('Price from (€)')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByRole('article')).toHaveCount(24)
})

test('shows the last page for one that is too far', async ({ page }) => {
  await page.goto('/en/search?page=9999')
  await expect(page.getByText(/There is no page “9999”. You see page \d+\./)).toBeVisible()
  expect(await page.getByRole('article').count()).toBeGreaterThan(0)
})

test('says so when nothing matches, and offers a way out', async ({ page }) => {
  await page.goto('/en/search?q=zzzzzz')
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible()
  await page.getByRole('main').getByRole('link', { name: 'Reset all' }).last().click()
  await expect(page).toHaveURL('/en/search')
  await expect(page.getByRole('article')).toHaveCount(24)
})

for (const text of ['<script>alert(1)</script>', "' OR 1=1 --", ':* & !', '%', '🌲'.repeat(200)]) {
  test(`takes ${JSON.stringify(text.slice(0, 30))} for words`, async ({ page }) => {
    const dialogs: string[] = []
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    const response = await page.goto(`/en/search?q=${encodeURIComponent(text)}`)
    expect(response?.status()).toBe(200)
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Results for')
    expect(dialogs).toEqual([])
  })
}
