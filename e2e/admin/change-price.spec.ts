import { showMoney } from '#lib/money/money.ts'
import { ADMIN, createAccount, signIn } from '../support/accounts.ts'
import { another, PricePage } from '../support/adminPage.ts'
import { expect, test } from '../support/test.ts'

test.beforeEach(({ page }) => signIn(page.request))

test('changes a price live, and records who, when, why and what in the history', async ({ page, database }) => {
  const before = await database.plainProduct(2)
  const { cents, typed, shown } = another(before)
  await page.goto('/admin')
  await page.getByLabel('Find a product').fill(before.sku)
  await page.getByRole('button', { name: 'Find' }).click()
  // The overview, which is left, may have a link of this name too.
  await page.getByRole('table', { name: 'Products' }).getByRole('link', { name: before.name }).click()

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

test('changes a price with the keyboard alone', async ({ page, database }) => {
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

test('keeps what is typed before the page runs its scripts', async ({ page, database }) => {
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

test('sets a compare-at price, and removes it', async ({ page, database }) => {
  const before = await database.plainProduct(4)
  const { productId } = before
  const [sale, former] = [another(before), another(before, 1000)]
  const price = new PricePage(page)
  await price.open(productId)
  await price.compareAt.fill(former.typed)
  await price.change(sale.typed, 'Promotion')
  await expect(price.current).toHaveText(sale.shown)
  expect(await database.price(productId)).toMatchObject({ amountCents: sale.cents, compareAtCents: former.cents })

  await price.compareAt.fill('')
  await price.change(sale.typed, 'Promotion has ended')
  await expect(page.getByText('None', { exact: true })).toBeVisible()
  expect(await database.price(productId)).toMatchObject({ amountCents: sale.cents, compareAtCents: null })
})

test('warns the second of two tabs that edit one product, shows it the new price, and lets it save again', async ({
  page,
  browser,
  baseURL,
  database,
}) => {
  const before = await database.plainProduct(5)
  const { productId, version } = before
  const [theirs, ours] = [another(before, 1), another(before, 2)]
  const other = await browser.newContext({ baseURL })
  const colleague = new PricePage(await other.newPage())
  await signIn(colleague.page.request, await createAccount(database, 'editor'))
  const mine = new PricePage(page)
  await mine.open(productId)
  await colleague.open(productId)

  await colleague.change(theirs.typed, 'Price match')
  await expect(colleague.page.getByText(`Live: version ${version + 1} everywhere.`)).toBeVisible()

  await mine.change(ours.typed, 'Promotion')
  await expect(page.getByText(`Someone else changed this price: it is ${theirs.shown}`)).toBeVisible()
  await expect(mine.current).toHaveText(theirs.shown)
  await expect(mine.amount).toHaveValue(ours.typed)
  expect(await database.price(productId)).toMatchObject({ amountCents: theirs.cents, version: version + 1 })

  await mine.save.click()
  await expect(page.getByText(`Live: version ${version + 2} everywhere.`)).toBeVisible()
  expect(await database.price(productId)).toMatchObject({ amountCents: ours.cents, version: version + 2 })
  await other.close()
})

test('asks to confirm a price far beyond the limits, and lets it be taken back', async ({ page, database }) => {
  const before = await database.plainProduct(12)
  const untouched = await database.written(before.productId)
  const price = new PricePage(page)
  await price.open(before.productId)
  await price.change('0,01', 'Correction')
  const question = page.getByRole('region', { name: 'Is this price meant?' })
  await expect(question).toContainText(
    new RegExp(`${RegExp.escape(showMoney(before.amountCents))} to €0\\.01 is 99\\.\\d+ % less\\.`),
  )
  await expect(question).toContainText('what it cost 30 days ago')
  await expect(question.getByRole('heading')).toBeFocused()
  await expect(price.save).toBeDisabled()

  // Neither Enter in a field nor the way back saves anything.
  await price.reason.press('Enter')
  await expect(question).toBeVisible()
  await question.getByRole('button', { name: 'Go back' }).click()
  await expect(question).toBeHidden()
  await expect(price.amount).toBeFocused()
  await price.save.click()
  await expect(question).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(question).toBeHidden()
  await expect(price.amount).toHaveValue('0,01')
  expect(await database.written(before.productId)).toEqual(untouched)

  await price.save.click()
  await price.confirm.click()
  await expect(page.getByText(/^Live: version/)).toBeVisible()
  expect(await database.price(before.productId)).toMatchObject({ amountCents: 1, version: before.version + 1 })
  await database.sql('UPDATE prices SET amount_cents = $2 WHERE product_id = $1', [
    before.productId,
    before.amountCents,
  ])
})

test('refuses an editor a price beyond the limits, with the limit and the way out', async ({ page, database }) => {
  await signIn(page.request, await createAccount(database, 'editor'))
  const before = await database.plainProduct(13)
  const untouched = await database.written(before.productId)
  const price = new PricePage(page)
  await price.open(before.productId)
  await price.change('0,01', 'Correction')
  await expect(
    page.getByText(/is 99\.\d+ % less\. The role editor may change a price by at most 30 %\..*Ask an administrator/),
  ).toBeVisible()
  await expect(price.confirm).toHaveCount(0)
  expect(await database.written(before.productId)).toEqual(untouched)
})

test('shows a change past the application in the history, with its source', async ({ page, database }) => {
  const { productId } = await database.plainProduct(6)
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
  const price = new PricePage(page)
  await price.open(productId)
  await expect(price.history.nth(1)).toContainText('sql')
  await expect(price.history.nth(1)).toContainText('No reason given')
})
