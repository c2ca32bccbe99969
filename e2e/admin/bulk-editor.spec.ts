import { createAccount, signIn } from '../support/accounts.ts'
import { approve, brandOf, expectOutcome, openEditor, preview, productsOf } from '../support/bulkEditor.ts'
import { environment } from '../support/environment.ts'
import { fetchShownPrice } from '../support/shownPrices.ts'
import { expect, test } from '../support/test.ts'

test.beforeEach(({ page }) => signIn(page.request))

test('shows on the first request for each page what the preview said: by filter, minus 15 percent, rounded to .99', async ({
  page,
  database,
}) => {
  const brand = await brandOf(database, 0)
  const before = await productsOf(database, brand)
  await openEditor(page, brand)
  await page.getByLabel('Price', { exact: true }).selectOption('percent-down')
  await page.getByLabel('Percent').fill('15')
  await page.getByLabel('Round').selectOption('.99')
  await expect(page.getByText(`${before.length} products`)).toBeVisible()
  await expect(page.getByText('lower prices by 15 %, then round to the nearest price that ends in .99')).toBeVisible()
  await preview(page, 'Autumn sale')
  await expect(page.getByRole('grid', { name: 'Rows of this edit' }).getByRole('row')).not.toHaveCount(1)
  expect(
    (await productsOf(database, brand)).map(({ version }) => version),
    'a preview changes nothing',
  ).toEqual(before.map(({ version }) => version))

  await approve(page)
  await expectOutcome(page, /Live: \d+ prices? changed/)
  const after = await productsOf(database, brand)
  const changed = after.filter(({ version }, i) => version > (before[i]?.version ?? 0))
  expect(changed.length).toBeGreaterThan(0)
  for (const { id, slug, amount, version } of changed) {
    expect(amount % 100).toBe(99)
    const shown = await fetchShownPrice(page.request, `/en/products/${slug}`, id)
    expect({ version: shown.version, cents: shown.openGraphCents }, slug).toEqual({ version, cents: amount })
  }
})

test('links the history of a product to the bulk edit, and its rows back, by mouse and by key', async ({
  page,
  database,
}) => {
  const brand = await brandOf(database, 0)
  const [before] = await productsOf(database, brand)
  if (!before) throw new Error('no product')
  await openEditor(page, brand)
  await page.getByLabel('Price', { exact: true }).selectOption('plus')
  await page.getByLabel('Amount in €').fill('0.10')
  await page.getByLabel('Compare-at price', { exact: true }).selectOption('clear')
  await preview(page, 'Ten cents more')
  await approve(page)
  await expectOutcome(page, /Live: \d+ prices? changed/)
  const edit = new URL(page.url()).pathname

  await page.goto(`/admin/products/${before.id}`)
  const newest = page.getByRole('region', { name: 'History' }).getByRole('row').nth(1)
  const said = [
    String(before.version + 1),
    `€${(before.amount / 100).toFixed(2)}`,
    `€${((before.amount + 10) / 100).toFixed(2)}`,
    'Ten cents more',
    environment.ADMIN_EMAIL,
    'editor',
  ]
  for (const text of said) await expect(newest).toContainText(text)
  await expect(newest.getByRole('time')).toHaveAttribute('datetime', /^\d{4}-\d\d-\d\dT/)
  await newest.getByRole('link', { name: 'Part of a bulk edit' }).click()
  await page.waitForURL(`**${edit}`)

  const grid = page.getByRole('grid', { name: 'Rows of this edit' })
  await page.getByLabel('Find').fill(before.sku)
  await expect(grid).toHaveAttribute('aria-rowcount', '2')
  await grid.getByRole('link', { name: before.name }).click()
  await page.waitForURL(`**/admin/products/${before.id}`)
  await page.goBack()
  await expect(grid.getByRole('link').first()).toBeVisible()
  await page.getByLabel('Find').fill(before.sku)
  await expect(grid).toHaveAttribute('aria-rowcount', '2')
  await grid.focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/admin/products/${before.id}`)
})

test('reports a conflict when a price has changed since the preview, retries one alone and then the rest, and undoes all to the cent', async ({
  page,
  database,
}) => {
  const brand = await brandOf(database, 1)
  const before = await productsOf(database, brand)
  const [other, another] = before
  if (!other || !another) throw new Error('no products')
  await openEditor(page, brand)
  await page.getByLabel('Price', { exact: true }).selectOption('plus')
  await page.getByLabel('Amount in €').fill('1.00')
  await preview(page, 'A euro more')
  await database.sql(
    'UPDATE prices SET amount_cents = amount_cents + 7, compare_at_cents = NULL WHERE product_id = ANY($1)',
    [[other.id, another.id]],
  )
  await approve(page)
  await expectOutcome(page, /2 prices had changed since the preview/)
  await page.getByLabel('State').selectOption('conflict')
  await expect(page.getByRole('gridcell', { name: /changed this price since the preview/ })).toHaveCount(2)
  const amounts = async () => (await productsOf(database, brand)).slice(0, 2).map(({ amount }) => amount)
  expect(await amounts()).toEqual([other.amount + 7, another.amount + 7])
  const edited = page.url()

  await page.getByRole('checkbox', { name: `Retry ${another.name}`, exact: true }).check()
  await page.getByRole('button', { name: 'Retry 1 row…' }).click()
  await approve(page)
  await expectOutcome(page, /Live: 1 price changed/)
  expect(await amounts()).toEqual([other.amount + 7, another.amount + 107])

  await page.goto(edited)
  await page.getByRole('button', { name: 'Retry the conflicts…' }).click()
  await approve(page)
  await expectOutcome(page, /Live: 1 price changed/)
  expect(await amounts()).toEqual([other.amount + 107, another.amount + 107])

  await page.goto(edited)
  await page.getByRole('button', { name: 'Undo…' }).click()
  await approve(page)
  await expectOutcome(page, /changed/)
  const undone = await productsOf(database, brand)
  expect(undone.slice(2).map(({ amount }) => amount)).toEqual(before.slice(2).map(({ amount }) => amount))
  await page.goto(edited)
  await expect(page.getByText('It was taken back by')).toBeVisible()
})

test('types, fills down, undoes, redoes, previews and approves with the keyboard alone', async ({ page, database }) => {
  const brand = await brandOf(database, 2)
  const before = await productsOf(database, brand)
  // An amount that none of them has, however often the tests ran before.
  const taken = new Set(before.map(({ amount }) => amount))
  const cents = Array.from({ length: before.length + 1 }, (_, i) => 7711 + i).find((amount) => !taken.has(amount)) ?? 0
  const typed = (cents / 100).toFixed(2)
  await openEditor(page, brand)
  const grid = page.getByRole('grid', { name: 'Products and their new prices' })
  await expect(grid.getByRole('row')).toHaveCount(Math.min(before.length, 20) + 1)
  await grid.focus()
  for (const _step of [1, 2, 3, 4, 5]) await page.keyboard.press('ArrowRight')
  await page.keyboard.type(typed)
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Control+d')
  await expect(grid.getByText(`€${typed}`)).toHaveCount(3)
  await page.keyboard.press('Control+z')
  await expect(grid.getByText(`€${typed}`)).toHaveCount(1)
  await page.keyboard.press('Control+Shift+z')
  await expect(grid.getByText(`€${typed}`)).toHaveCount(3)
  await page.getByLabel('3. Why').focus()
  await page.keyboard.type('Typed by hand')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/admin\/bulk\/[0-9a-f-]{36}$/)
  const summary = page.getByText('Prices that change').locator('xpath=..')
  await expect(summary).toContainText('3')
  for (const field of await page.getByLabel(/to confirm\.$/).all()) {
    await field.focus()
    await page.keyboard.type((await field.locator('xpath=..').locator('strong').innerText()).trim())
  }
  await page.getByRole('button', { name: /^Approve and change/ }).focus()
  await page.keyboard.press('Enter')
  await expectOutcome(page, /Live: 3 prices changed/)
  expect((await productsOf(database, brand)).slice(0, 4).map(({ amount }) => amount)).toEqual([
    cents,
    cents,
    cents,
    before[3]?.amount,
  ])
})

test('makes, changes and cancels a schedule without changing a price, and previews it again', async ({
  page,
  database,
}) => {
  const brand = await brandOf(database, 3)
  const before = await productsOf(database, brand)
  await openEditor(page, brand)
  await page.getByLabel('Price', { exact: true }).selectOption('percent-down')
  await page.getByLabel('Percent').fill('5')
  await preview(page, 'Black Friday')
  await page.getByRole('button', { name: 'Schedule…' }).click()
  for (const field of await page.getByLabel(/to confirm\.$/).all())
    await field.fill((await field.locator('xpath=..').locator('strong').innerText()).trim())
  await page.getByLabel('Start').fill('2031-11-28T09:00')
  await page.getByLabel(/^End/).fill('2031-11-27T09:00')
  await page.getByLabel('Time zone').fill('Europe/Berlin')
  await page.getByRole('button', { name: 'Approve for this time' }).click()
  await expect(page.getByText('The end must come after the start')).toBeVisible()
  await page.getByLabel(/^End/).fill('2031-12-01T09:00')
  await page.getByRole('button', { name: 'Approve for this time' }).click()
  await expect(page.getByText('Nov 28, 2031, 09:00 to Dec 1, 2031, 09:00 (Europe/Berlin)')).toBeVisible()

  await page.getByRole('button', { name: 'Change the times' }).click()
  await page.getByLabel('Start').fill('2031-11-28T10:30')
  await page.getByRole('button', { name: 'Save the times' }).click()
  await expect(page.getByText('Nov 28, 2031, 10:30 to')).toBeVisible()
  await page.goto('/admin/schedules')
  await expect(page.getByRole('row', { name: /Black Friday/ }).first()).toContainText('Planned')
  await page.getByRole('link', { name: 'Black Friday' }).first().click()
  await page.getByRole('button', { name: 'Cancel the schedule' }).click()
  await expect(page.getByText('This schedule was cancelled.')).toBeVisible()
  await page.getByRole('button', { name: 'Preview again…' }).click()
  await expect(page.getByLabel('Start')).toHaveValue('2031-11-28T10:30')
  await page.getByRole('button', { name: 'Back' }).click()
  await expect(page.getByRole('button', { name: 'Schedule…' })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Approve/ }), 'a sale is not approved for good').toHaveCount(0)
  expect(await productsOf(database, brand)).toEqual(before)
})

test('imports a changed export: the changed row changes, a wrong one is listed', async ({ page, database }) => {
  const brand = await brandOf(database, 4)
  const before = await productsOf(database, brand)
  const [first, second] = before
  if (!first || !second) throw new Error('no products')
  const exported = await page.request.post('/api/admin/prices/export', {
    data: { selection: { brands: [brand], status: 'active' } },
    headers: { origin: new URL(environment.BASE_URL).origin },
  })
  expect(exported.status()).toBe(200)
  const lines = (await exported.text()).trimEnd().split(/\r?\n/)
  expect(lines).toHaveLength(before.length + 1)
  const [header = '', ...body] = lines
  const shown = (first.amount / 100).toFixed(2)
  const cents = first.amount === 6660 ? 6661 : 6660
  const changed = body.map((line) => (line.includes(first.sku) ? line.replace(shown, (cents / 100).toFixed(2)) : line))
  const file = {
    name: 'prices.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from([header, ...changed, `NO-SUCH-SKU${','.repeat(header.split(',').length - 1)}`].join('\r\n')),
  }

  await page.goto('/admin/bulk/import')
  await page.getByLabel('CSV file').setInputFiles(file)
  await page.getByLabel('Why').fill('Price list of May')
  await page.getByRole('button', { name: 'Read and preview' }).click()
  await expect(page.getByText('1 row of', { exact: false })).toBeVisible()
  await expect(page.getByRole('row', { name: /NO-SUCH-SKU/ })).toBeVisible()
  await page.getByRole('link', { name: 'Go on with the rest' }).click()
  await approve(page)
  await expectOutcome(page, /Live: 1 price changed/)
  expect((await productsOf(database, brand)).map(({ amount }) => amount)).toEqual(
    before.map(({ id, amount }) => (id === first.id ? cents : amount)),
  )
})

test('shows a viewer the edits of others, and says which role edits', async ({ page, database }) => {
  await signIn(page.request, await createAccount(database, 'viewer'))
  await page.goto('/admin/bulk')
  await expect(page.getByText('Making one needs the role editor.')).toBeVisible()
  await expect(page.getByRole('link', { name: 'New bulk edit' })).toHaveCount(0)
  await page.goto('/admin/bulk/new')
  await expect(page.getByText('Making a bulk edit needs the role editor.')).toBeVisible()
  await page.goto('/admin/bulk/import')
  await expect(page.getByText('Importing prices needs the role editor.')).toBeVisible()
})
