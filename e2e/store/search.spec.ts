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
    await page.getByRole('combobox', { name: 'Category' }).selectOption('furniture')
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
    await expect(page.getByRole('combobox', { name: 'Category' })).toHaveValue('furniture')
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

test('suggests while a word is typed, by keyboard alone, and stays in the same document', async ({ page }) => {
  await page.goto('/de')
  await page.evaluate(() => Reflect.set(globalThis, 'sameDocument', true))
  const box = page.locator('#site-search')
  await box.focus()
  await expect(box).toHaveRole('combobox')
  await box.pressSequentially('lampe')
  const list = page.getByRole('listbox')
  await expect(list.getByRole('option').first()).toBeVisible()
  await expect(box).toHaveAttribute('aria-expanded', 'true')
  await page.keyboard.press('Escape')
  await expect(list).toBeHidden()
  await box.pressSequentially('n')
  await expect(list).toBeVisible()
  await page.keyboard.press('ArrowDown')
  const first = list.getByRole('option').first()
  await expect(first).toHaveAttribute('aria-selected', 'true')
  await expect(box).toHaveAttribute('aria-activedescendant', (await first.getAttribute('id')) ?? '')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL('/de/search?q=lampen&category=lamps')
  await expect(box).toHaveValue('lampen')
  await box.fill('stuhl')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL('/de/search?q=stuhl')
  await expect(page.getByRole('article').first()).toContainText(/stuhl/i)
  expect(await page.evaluate(() => Reflect.get(globalThis, 'sameDocument'))).toBe(true)
})

test('the box keeps what was searched for after a full load and after Back, and no other page has it', async ({
  page,
}) => {
  const box = page.locator('#site-search')
  await page.goto('/en/search?q=lamp')
  await expect(box).toHaveValue('lamp')
  await page.getByRole('article').first().getByRole('link').click()
  await expect(page).toHaveURL(/\/products\//)
  await expect(box).toHaveValue('')
  await page.goBack()
  await expect(page).toHaveURL('/en/search?q=lamp')
  await expect(box).toHaveValue('lamp')
  await page.reload()
  await expect(box).toHaveValue('lamp')
})

test('narrows a list by facets with counts, each in the address', async ({ page }) => {
  await page.goto('/en/search?category=chairs')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Chairs')
  const total = () => page.getByRole('main').locator('header p').innerText()
  const colours = page.getByRole('region', { name: 'Colour' }).getByRole('link')
  const [name, count] = (await colours.first().innerText()).split('\n')
  await colours.first().click()
  await expect(page).toHaveURL(/category=chairs&colour=[a-z]+$/)
  await expect.poll(total).toContain(`${count} product`)
  for (const heading of await page.getByRole('article').getByRole('heading').allInnerTexts())
    expect(heading).toContain(name)
  await page.getByRole('link', { name: `Remove filter: ${name}` }).click()
  await expect(page).toHaveURL('/en/search?category=chairs')
})

test('narrows and sorts a category page: its counts are asked for, and follow an edit', async ({ page, database }) => {
  const ranges = page.getByRole('region', { name: 'Prix' }).getByRole('link').filter({ visible: true })
  /** Of the dearest range of prices, and of all. */
  const counts = async () => {
    await page.goto('/fr/categories/lamps')
    await page.locator('summary', { hasText: 'Filtrer et trier' }).click()
    await expect(ranges.first()).toBeVisible()
    const all = (await ranges.allInnerTexts()).map((text) => text.split('\n'))
    const sum = (some: typeof all) => some.reduce((many, [, count]) => many + Number(count), 0)
    return { dearest: sum(all.filter(([label = '']) => label.endsWith('et plus'))), all: sum(all) }
  }
  const before = await counts()
  await page.getByRole('region', { name: 'Trier par' }).getByRole('link', { name: 'Prix croissant' }).click()
  await expect(page).toHaveURL('/fr/search?category=lamps&sort=price-asc')
  const cents = () =>
    // The page before stays in the document for a while, hidden.
    page
      .locator(amounts)
      .filter({ visible: true })
      .evaluateAll((all) => all.map((e) => Number(e.getAttribute('data-amount-cents'))))
  await expect(async () => {
    const shown = await cents()
    expect(shown.length).toBeGreaterThan(10)
    expect(shown).toEqual(shown.toSorted((a, b) => a - b))
  }).toPass()
  const alone = page.locator(`${amounts}:not([data-group-prices])`).filter({ visible: true })
  const id = Number(await alone.first().getAttribute('data-product-id'))
  const old = await database.price(id)
  const setAmount = (amountCents: number) =>
    database.sql('UPDATE prices SET amount_cents = $2, compare_at_cents = NULL WHERE product_id = $1', [
      id,
      amountCents,
    ])
  try {
    await setAmount(99_999_998)
    expect(await counts()).toEqual({ dearest: before.dearest + 1, all: before.all })
    await page.goto('/fr/search?category=lamps&sort=price-desc')
    await expect(page.locator(amounts).first()).toHaveAttribute('data-amount-cents', '99999998')
  } finally {
    await setAmount(old.amountCents)
  }
})

test('lets no cache keep what depends on prices and stocks', async ({ request }) => {
  for (const path of ['search?sale=1', 'search?stock=1', 'search?category=lamps&sort=price-asc'].map(
    (it) => `/en/${it}`,
  )) {
    const answer = await request.get(path)
    const { 'cache-control': control = '', 'x-cache': cache = 'of no cache' } = answer.headers()
    expect({ path, status: answer.status(), cache }).toEqual({ path, status: 200, cache: 'of no cache' })
    expect(control, path).toContain('no-store')
  }
  for (const path of ['/api/search/facets?category=lamps', '/api/search/suggest?q=oa'])
    expect((await request.get(path)).headers()['cache-control'], path).toBe('no-store')
})
