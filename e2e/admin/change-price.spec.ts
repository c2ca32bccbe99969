import { ADMIN, createAccount, signIn } from '../support/accounts.ts'
import { another, PricePage } from '../support/adminPage.ts'
import { expect, test } from '../support/test.ts'

test.beforeEach(({ page }) => signIn(page.request))

test('find a product, change its price with a reason: it is live, and the history says who, when, why and what', async ({
  page,
  database,
}) => {
  const before = await database.plainProduct(2)
  const { cents, typed, shown } = another(before)
  await page.goto('/admin')
  await page.getByLabel('Find a product').fill(before.sku)
  await page.getByRole('button', { name: 'Find' }).click()
  await page.getByRole('link', { name: before.name }).click()

  const price = new PricePage(page)
  await expect(price.current).toHaveAttribute('data-amount-cents', String(before.amountCents))
  await price.amount.fill(typed)
  await expect(page.getByText(`“${typed}” is read as ${shown}`)).toBeVisible()
  await price.reason.fill('Matched to the competition')
  await price.save.click()

  const version = before.version + 1
  await expect(page.getByText(`Live: version ${version} everywhere.`)).toBeVisible()
  await expect(price.current).toHaveText(shown)
  await expect(price.current).toHaveAttribute('data-price-version', String(version))
  expect(await database.price(before.productId)).toMatchObject({ amountCents: cents, compareAtCents: null, version })

  const newest = price.history.nth(1)
  await expect(newest).toContainText(shown)
  await expect(newest).toContainText('Matched to the competition')
  await expect(newest).toContainText(ADMIN.email)
  await expect(newest).toContainText('editor')

  const answer: unknown = await (await page.request.get(`/api/prices?ids=${before.productId}`)).json()
  expect(answer).toMatchObject([{ productId: before.productId, amountCents: cents, version }])
  await page.getByRole('link', { name: 'Overview' }).click()
  await expect(page.getByRole('row').nth(1)).toContainText(before.name)
  await expect(page.getByRole('row').nth(1)).toContainText('Matched to the competition')
})

test('with the keyboard alone', async ({ page, database }) => {
  const before = await database.plainProduct(3)
  const price = new PricePage(page)
  await price.open(before.productId)
  // Tab selects what is in the field, whether the page has come alive yet or not.
  while (!(await price.amount.evaluate((field) => field === document.activeElement))) await page.keyboard.press('Tab')
  const { cents, typed, shown } = another(before)
  await page.keyboard.type(typed)
  await expect(page.getByText(`“${typed}” is read as ${shown}`)).toBeVisible()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Supplier price changed')
  await page.keyboard.press('Enter')
  await expect(page.getByText(/^Live: version/)).toBeVisible()
  expect(await database.price(before.productId)).toMatchObject({ amountCents: cents, version: before.version + 1 })
})

test('what is typed before the page has come alive is not lost, and not typed over', async ({ page, database }) => {
  const before = await database.plainProduct(3)
  let release = (): void => void 0
  const scripts = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/_next/static/**/*.js', async (route) => {
    await scripts
    await route.continue()
  })
  const price = new PricePage(page)
  await page.goto(`/admin/products/${before.productId}`, { waitUntil: 'commit' })
  const { cents, typed } = another(before)
  await price.amount.focus()
  await price.amount.fill(typed.slice(0, 1))
  release()
  await expect(page.getByText(`“${typed.slice(0, 1)}” is read as`)).toBeVisible() // it is alive
  await page.keyboard.type(typed.slice(1))
  await price.reason.fill('Typed early')
  await price.save.click()
  await expect(page.getByText(/^Live: version/)).toBeVisible()
  expect(await database.price(before.productId)).toMatchObject({ amountCents: cents, version: before.version + 1 })
})

test('a compare-at price is set, and removed again', async ({ page, database }) => {
  const { productId } = await database.plainProduct(4)
  const price = new PricePage(page)
  await price.open(productId)
  await price.compareAt.fill('99,00')
  await price.change('88,00', 'Promotion')
  await expect(price.current).toHaveText('€88.00')
  expect(await database.price(productId)).toMatchObject({ amountCents: 8800, compareAtCents: 9900 })

  await price.compareAt.fill('')
  await price.change('88,00', 'Promotion has ended')
  await expect(page.getByText('None', { exact: true })).toBeVisible()
  expect(await database.price(productId)).toMatchObject({ amountCents: 8800, compareAtCents: null })
})

test('of two tabs that edit the same product, the second is told, sees the new price, and may then save over it', async ({
  page,
  browser,
  baseURL,
  database,
}) => {
  const { productId, version } = await database.plainProduct(5)
  const other = await browser.newContext({ baseURL })
  const colleague = new PricePage(await other.newPage())
  await signIn(colleague.page.request, await createAccount(database, 'editor'))
  const mine = new PricePage(page)
  await mine.open(productId)
  await colleague.open(productId)

  await colleague.change('21,00', 'Price match')
  await expect(colleague.page.getByText(`Live: version ${version + 1} everywhere.`)).toBeVisible()

  await mine.change('22,00', 'Promotion')
  await expect(page.getByText('Somebody else changed this price: it is €21.00')).toBeVisible()
  await expect(mine.current).toHaveText('€21.00')
  await expect(mine.amount).toHaveValue('22,00')
  expect(await database.price(productId)).toMatchObject({ amountCents: 2100, version: version + 1 })

  await mine.save.click()
  await expect(page.getByText(`Live: version ${version + 2} everywhere.`)).toBeVisible()
  expect(await database.price(productId)).toMatchObject({ amountCents: 2200, version: version + 2 })
  await other.close()
})

test('a change past the application stands in the history with its source', async ({ page, database }) => {
  const { productId } = await database.plainProduct(6)
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
  const price = new PricePage(page)
  await price.open(productId)
  await expect(price.history.nth(1)).toContainText('sql')
  await expect(price.history.nth(1)).toContainText('No reason given')
})
