import { ADMIN, createAccount, signIn, signInOnPage } from '../support/accounts.ts'
import { another, PricePage } from '../support/adminPage.ts'
import { expect, test } from '../support/test.ts'

test('refuses a wrong password, and leads to the page asked for after the right one', async ({ page }) => {
  await page.goto('/admin/products?q=lamp')
  await expect(page).toHaveURL(/\/admin\/sign-in\?next=/)

  await signInOnPage(page, { ...ADMIN, password: 'not the password' })
  await expect(page.getByText('The e-mail or the password is wrong.')).toBeVisible()
  await expect(page.getByLabel('E-mail')).toHaveValue(ADMIN.email)
  expect(await page.context().cookies()).toEqual([])

  await signInOnPage(page, ADMIN)
  await expect(page).toHaveURL(/\/admin\/products\?q=lamp$/)
  await expect(page.getByText(ADMIN.email)).toBeVisible()
})

test('leads every admin page to the sign-in without a session, and shows nothing of it', async ({ page, database }) => {
  const { productId, name } = await database.plainProduct()
  for (const path of ['/admin', '/admin/products', `/admin/products/${productId}`]) {
    const html = await (await page.request.get(path)).text()
    expect(html).not.toContain(name)
    await page.goto(path)
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  }
})

test('ends the session on signing out, also for a copy of its cookie', async ({ page, playwright, baseURL }) => {
  await signIn(page.request)
  await page.goto('/admin')
  const kept = await page.context().storageState()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()

  const thief = await playwright.request.newContext({ baseURL, storageState: kept })
  expect((await thief.get('/api/admin/prices/history?productId=1')).status()).toBe(401)
  await thief.dispose()
})

test('keeps the entry when the session ends during an edit, and saves it after signing in again', async ({
  page,
  database,
}) => {
  const editor = await createAccount(database, 'editor')
  const product = await database.plainProduct(1)
  const { productId } = product
  const { cents, typed } = another(product)
  await signIn(page.request, editor)
  const price = new PricePage(page)
  await price.open(productId)
  const before = await database.written(productId)

  await database.sql('DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE email = $1)', [editor.email])
  await price.change(typed, 'Correction')
  await expect(page.getByText('your session has ended')).toBeVisible()
  await expect(price.amount).toHaveValue(typed)
  expect(await database.written(productId)).toEqual(before)

  await signIn(page.request, editor)
  await price.save.click()
  await expect(page.getByText(/^Live: version/)).toBeVisible()
  expect(await database.price(productId)).toMatchObject({ amountCents: cents })
})

test('shows a viewer prices and their history, and no form', async ({ page, database }) => {
  await signIn(page.request, await createAccount(database, 'viewer'))
  const price = new PricePage(page)
  await price.open((await database.plainProduct()).productId)
  await expect(page.getByText('Changing prices needs the role editor.')).toBeVisible()
  await expect(price.history).not.toHaveCount(0)
  await expect(price.amount).toHaveCount(0)
})
