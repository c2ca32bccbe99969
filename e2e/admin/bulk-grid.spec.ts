/** The grid of the editor: pasting, sorting, typing. */
import { signIn } from '../support/accounts.ts'
import { approve, brandOf, expectOutcome, openEditor, preview, productsOf } from '../support/bulkEditor.ts'
import { environment } from '../support/environment.ts'
import { expect, test } from '../support/test.ts'

/** Products that no other file of tests takes. */
const OFFSET = 100

test.beforeEach(({ page }) => signIn(page.request))

test('pastes by SKU, says and marks what cannot be pasted, and keeps the order of a list of SKUs', async ({
  page,
  database,
}) => {
  const [first, second, third] = await productsOf(database, await brandOf(database, 2))
  if (!first || !second || !third) throw new Error('no products')
  await page.goto('/admin/bulk/new')
  const grid = page.getByRole('grid', { name: 'Products and their new prices' })
  await page.getByText('Paste a list of SKUs').click()
  await page.getByLabel('SKUs', { exact: true }).fill(`${third.sku}\n${first.sku}`)
  await expect(grid).toHaveAttribute('aria-rowcount', '3')
  await expect(grid.locator('[data-column=sku]')).toHaveText([third.sku, first.sku])

  await grid.evaluate((element, text) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', text)
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
  }, `sku\tprice\n${first.sku}\t71.11\n${second.sku}\t72.22\n${third.sku}\tfree\nNO-SUCH-SKU\t1.00\n`)
  await expect(page.getByText('2 cells pasted by SKU.')).toContainText(
    /1 cell could not be read and is marked: .*No product has the SKU NO-SUCH-SKU\. 1 of the products was not in the list/,
  )
  await expect(grid.locator('[data-column=sku]')).toHaveText([third.sku, first.sku, second.sku])
  const prices = grid.locator('[data-column=newPrice]')
  await expect(prices).toHaveText([/“free”\?/, '€71.11', '€72.22'])
  await grid.getByRole('button', { name: 'SKU' }).click()
  await expect(grid.getByRole('columnheader', { name: 'SKU' })).toHaveAttribute('aria-sort', 'ascending')
  await expect(grid.locator('[data-column=sku]')).toHaveText([first.sku, second.sku, third.sku].toSorted())

  // By what is typed; the third stays as it is and comes last.
  const byChange = 7111 / first.amount < 7222 / second.amount ? [first, second] : [second, first]
  await grid.getByRole('button', { name: 'Change' }).click()
  await expect(grid.getByRole('columnheader', { name: 'Change' })).toHaveAttribute('aria-sort', 'ascending')
  await expect(grid.locator('[data-column=sku]')).toHaveText([...byChange.map(({ sku }) => sku), third.sku])
  expect(
    await grid.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
    'all columns stand side by side at 1280 px',
  ).toBeLessThanOrEqual(0)
})

test('keeps keys that are typed while the rows of another filter are on their way', async ({ page, database }) => {
  const brand = await brandOf(database, 2)
  const [first] = await productsOf(database, brand)
  await page.goto('/admin/bulk/new')
  const grid = page.getByRole('grid', { name: 'Products and their new prices' })
  await expect(grid.locator('[data-column=newPrice]').first()).toBeVisible()
  let answer = () => {}
  const typed = new Promise<void>((resolve) => (answer = resolve))
  await page.route('**/selection/rows', async (route) => {
    await typed
    await route.continue()
  })
  await page.getByLabel('Brand', { exact: true }).selectOption(brand)
  await grid.focus()
  for (const _step of [1, 2, 3, 4, 5]) await page.keyboard.press('ArrowRight')
  await page.keyboard.type('-10%')
  await page.keyboard.press('Enter')
  answer()
  await expect(grid.locator('[data-column=newPrice]').first()).toHaveText(
    `€${(Math.round((first?.amount ?? 0) * 0.9) / 100).toFixed(2)}`,
  )
  await expect(grid.locator('[data-column=change]').first()).toHaveText(/^−(9\.9|10\.0|10\.1) %$/)
})

test('shows a cost in the grid, and in no page or API of the shop', async ({ page, request, database }) => {
  const [first] = await productsOf(database, await brandOf(database, 2))
  if (!first) throw new Error('no product')
  await page.goto(`/admin/products/${first.id}`)
  await page.getByLabel('Cost', { exact: true }).fill('31,337.77')
  await page.getByRole('button', { name: 'Save the cost' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await page.goto('/admin/bulk/new')
  await page.getByText('Paste a list of SKUs').click()
  await page.getByLabel('SKUs', { exact: true }).fill(first.sku)
  await expect(page.locator('[role=gridcell][data-column=cost]')).toHaveText(['€31,337.77'])
  await expect(page.locator('[role=gridcell][data-column=margin]')).toHaveText([/^−[\d.]+ %$/])

  const addresses = [
    `/en/products/${first.slug}`,
    `/de/products/${first.slug}`,
    '/en',
    `/en/search?q=${first.sku}`,
    `/api/prices?ids=${first.id}`,
    '/api/recommendations',
  ]
  for (const address of addresses) {
    const text = await (await request.get(address, { headers: { accept: '*/*' } })).text()
    expect(text, address).not.toMatch(/3133777|31[.,\s]?337[.,]77|cost(Minor|Cents|_cents)/i)
  }
  const own = new URL(environment.BASE_URL).origin
  const refused = await request.put('/api/admin/costs', { data: { costs: [] }, headers: { origin: own } })
  expect(refused.status()).toBe(401)
})

test('counts, filters and confirms warnings when a rule that lowers makes small prices higher', async ({
  page,
  database,
}) => {
  const brand = await brandOf(database, 3)
  const before = await productsOf(database, brand)
  const ids = before.map(({ id }) => id)
  const were = await database.sql(
    'SELECT product_id, amount_cents, compare_at_cents FROM prices WHERE product_id = ANY($1::int[])',
    [ids],
  )
  await database.sql('UPDATE prices SET amount_cents = 50, compare_at_cents = NULL WHERE product_id = ANY($1::int[])', [
    ids,
  ])
  await openEditor(page, brand)
  await page.getByLabel('Price', { exact: true }).selectOption('percent-down')
  await page.getByLabel('Percent').fill('1')
  await page.getByLabel('Round').selectOption('.99')
  await preview(page, 'One percent less')
  const warnings = page.getByRole('list', { name: 'Look at these first' })
  await expect(warnings).toContainText(`Higher, though the rule lowers: ${before.length} prices`)
  await page.getByLabel('Warning').selectOption('rise')
  await expect(page.getByRole('grid', { name: 'Rows of this edit' })).toHaveAttribute(
    'aria-rowcount',
    String(before.length + 1),
  )
  await expect(page.getByRole('button', { name: /^Approve and change/ })).toBeDisabled()
  await approve(page)
  await expectOutcome(page, /Live: \d+ prices? changed/)
  // Other files of tests find these products by their prices, and a price of a few cents is below their floor.
  await database.sql(
    `UPDATE prices p SET amount_cents = w.amount_cents, compare_at_cents = w.compare_at_cents
     FROM jsonb_to_recordset($1::jsonb) AS w (product_id int, amount_cents int, compare_at_cents int)
     WHERE p.product_id = w.product_id`,
    [JSON.stringify(were)],
  )
})

/** Runs in the page: cells of amounts whose text is wider or higher than they are. */
function cutAmounts(grid: Element): string[] {
  return [...grid.querySelectorAll('[role=gridcell][data-numeric=true]')].flatMap((cell) => {
    const range = document.createRange()
    range.selectNodeContents(cell)
    const [text, box] = [range.getBoundingClientRect(), cell.getBoundingClientRect()]
    const fits = text.left >= box.left && text.right <= box.right && text.top >= box.top && text.bottom <= box.bottom
    return fits ? [] : [`${cell.textContent}: ${Math.round(text.width)} px in ${Math.round(box.width)} px`]
  })
}

/** Runs in the page: cells of numbers that take more than one line. */
function brokenAmounts(grid: Element): string[] {
  return [...grid.querySelectorAll('[role=gridcell][data-numeric=true]')].flatMap((cell) => {
    const range = document.createRange()
    range.selectNodeContents(cell)
    const lines = range.getBoundingClientRect().height / parseFloat(getComputedStyle(cell).lineHeight)
    return lines > 1.5 ? [`${cell.textContent} takes ${lines.toFixed(1)} lines`] : []
  })
}

test.describe('on a phone of 360 px', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true })

  test('shows and takes new prices without scrolling sideways, and cuts no amount, however many digits it has', async ({
    page,
    database,
  }) => {
    const products = await Promise.all([0, 1, 2, 3].map((i) => database.plainProduct(OFFSET + i)))
    const ids = products.map(({ productId }) => productId)
    const set = (currencies: readonly string[], amounts: readonly number[]) =>
      database.sql(
        `UPDATE prices p SET currency = n.currency, base_amount_cents = n.amount
         FROM unnest($1::int[], $2::text[], $3::int[]) AS n (product_id, currency, amount) WHERE p.product_id = n.product_id`,
        [ids, currencies, amounts],
      )
    await set(
      ['EUR', 'JPY', 'INR', 'KWD'],
      ids.map(() => 98_765_432),
    )
    await page.goto('/admin/bulk/new')
    await page.getByText('Paste a list of SKUs').click()
    await page.getByLabel('SKUs', { exact: true }).fill(products.map(({ sku }) => sku).join('\n'))
    const editor = page.getByRole('grid', { name: 'Products and their new prices' })
    await expect(editor.locator('[data-column=newPrice]')).toHaveText([
      /987,654\.32/,
      /98,765,432/,
      /987,654\.32/,
      /98,765\.432/,
    ])
    expect(await editor.evaluate(cutAmounts)).toEqual([])
    await editor.scrollIntoViewIfNeeded()
    await expect(editor.locator('[data-column=newPrice]').first()).toBeInViewport({ ratio: 1 })
    await editor.locator('[data-column=newPrice]').nth(3).tap()
    await editor.getByRole('textbox').fill('97,000.555')
    await editor.locator('[data-column=product]').first().tap()
    await expect(editor.locator('[data-column=newPrice]').nth(3)).toHaveText(/97,000\.555.*now.*98,765\.432/)
    expect(await editor.evaluate(cutAmounts)).toEqual([])
    await page.getByRole('button', { name: 'Undo' }).tap()
    await page.getByLabel('Price', { exact: true }).selectOption('percent-up')
    await page.getByLabel('Percent').fill('1')
    await preview(page, 'One percent more')
    const rows = page.getByRole('grid', { name: 'Rows of this edit' })
    await expect(rows.locator('[data-column=new]')).toHaveText([
      /997,530\.86/,
      /99,753,086/,
      /997,530\.86/,
      /99,753\.086/,
    ])
    expect(await rows.evaluate(cutAmounts)).toEqual([])
    await page.setViewportSize({ width: 1280, height: 800 })
    const euros = ids.map(() => 'EUR')
    await set(
      euros,
      ids.map(() => 2_489_00),
    )
    const rules = { amount: { kind: 'percent', percent: '-90', of: 'price' } }
    const created = await page.request.post('/api/admin/bulk-edits', {
      data: { selection: { matching: false, added: ids }, rules, reason: 'A tenth' },
      headers: { origin: new URL(page.url()).origin },
    })
    await page.goto(created.headers()['location']?.replace('/api/admin/bulk-edits', '/admin/bulk') ?? '')
    await expect(rows.locator('[data-column=new]')).toHaveText(ids.map(() => '€248.90'))
    expect(await rows.evaluate(brokenAmounts)).toEqual([])
    await set(
      euros,
      products.map(({ amountCents }) => amountCents),
    )
  })

  test('the row of pages shows the one that is open', async ({ page }) => {
    await page.goto('/admin/audit')
    await expect(page.getByRole('navigation').getByRole('link', { name: 'Audit' })).toBeInViewport({ ratio: 1 })
  })
})

test('asks which moment is meant in the hour that the clock shows twice, and previews a pending schedule anew', async ({
  page,
  database,
}) => {
  const brand = await brandOf(database, 4)
  await openEditor(page, brand)
  await page.getByLabel('Price', { exact: true }).selectOption('plus')
  await page.getByLabel('Amount in €').fill('0.10')
  await preview(page, 'In the night of the change')
  await page.getByRole('button', { name: 'Schedule…' }).click()
  for (const field of await page.getByLabel(/to confirm\.$/).all())
    await field.fill((await field.locator('xpath=..').locator('strong').innerText()).trim())
  await page.getByLabel('Time zone').fill('Europe/Berlin')
  await page.getByLabel('Start').fill('2031-10-26T02:30')
  const save = page.getByRole('button', { name: 'Approve for this time' })
  await expect(save).toBeDisabled()
  await page.getByRole('radio', { name: /The second \(\+01:00/ }).check()
  await save.click()
  await expect(page.getByText(/Oct 26, 2031, 02:30/)).toBeVisible()
  const scheduled = new URL(page.url()).pathname

  await page.getByRole('button', { name: 'New preview…' }).click()
  await page.waitForURL(/replaces=/)
  for (const field of await page.getByLabel(/to confirm\.$/).all())
    await field.fill((await field.locator('xpath=..').locator('strong').innerText()).trim())
  await page.getByRole('button', { name: 'Approve in place of the scheduled preview' }).click()
  await expect(page.getByRole('region', { name: 'Schedule' })).toContainText('Scheduled. Oct 26, 2031, 02:30 (+01:00)')
  await page.getByRole('button', { name: 'Cancel the schedule' }).click()
  await expect(page.getByText('This schedule was cancelled.')).toBeVisible()
  await page.goto(scheduled)
  await expect(page.getByText('Cancelled').first()).toBeVisible()
})
