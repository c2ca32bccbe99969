/** The grid of the editor: pasting, sorting, typing. */
import { signIn } from '../support/accounts.ts'
import { brandOf, productsOf } from '../support/bulkEditor.ts'
import { expect, test } from '../support/test.ts'

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
