import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { z } from 'zod'
import { signIn } from '../support/accounts.ts'
import { expect, test } from '../support/test.ts'

/** Products that no other file of tests takes. Nothing is approved here: prices stay as they are. */
const FIRST = 110

test.beforeEach(async ({ page }) => {
  await signIn(page.request)
  await page.goto('/admin/bulk/import')
})

async function send(page: Page, name: string, file: string | Buffer): Promise<void> {
  await page.getByLabel('CSV file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(file) })
  await page.getByLabel('Why').fill('A price list')
  await page.getByRole('button', { name: 'Read and preview' }).click()
}

const questions = (page: Page) => page.getByRole('region', { name: 'Questions about the file' })
const outcome = (page: Page) => page.getByRole('region', { name: 'What was read' })

async function agree(page: Page): Promise<void> {
  await questions(page).getByRole('button', { name: 'Read with these answers' }).click()
}

test('shows a German file in words with samples, and takes it once it is confirmed', async ({ page, database }) => {
  const { sku } = await database.plainProduct(FIRST)
  const text = Buffer.from(`sku;name;price\r\n${sku};Stühle;1.201,90 ~\r\n`, 'latin1')
  await send(page, 'liste.csv', Buffer.from(text.map((byte) => (byte === 0x7e ? 0x80 : byte))))
  await expect(questions(page)).toBeFocused()
  const numbers = page.getByRole('group', { name: /decimal comma, thousands in groups and the mark/ })
  await expect(numbers.getByRole('row', { name: '2 1.201,90 € €1,201.90' })).toBeVisible()
  await expect(
    page.getByRole('group', { name: /reads as Windows-1252/ }).getByRole('cell', { name: /Stühle/ }),
  ).toBeVisible()
  await agree(page)
  await expect(outcome(page)).toContainText('1 row read. 1 price would change.')
  await expect(outcome(page)).toContainText('Left out: name.')
  await outcome(page).getByRole('link', { name: 'Go on to the preview' }).click()
  await expect(page.getByRole('gridcell', { name: '€1,201.90' })).toBeVisible()
})

test('takes a file that was chosen before the page was ready', async ({ page }) => {
  let load = () => {}
  const loaded = new Promise<void>((resolve) => (load = resolve))
  await page.route('**/_next/static/**/*.js', async (route) => {
    await loaded
    await route.continue()
  })
  await page.goto('/admin/bulk/import', { waitUntil: 'commit' })
  const file = { name: 'early.csv', mimeType: 'text/csv', buffer: Buffer.from('sku,price\n') }
  await page.getByLabel('CSV file').setInputFiles(file)
  load()
  await expect(page.getByText('early.csv')).toBeVisible()
})

test('asks what a second price is; another answer leaves it out, and the columns can be changed', async ({
  page,
  database,
}) => {
  const { sku } = await database.plainProduct(FIRST + 1)
  await send(page, 'woocommerce.csv', `ID,SKU,Name,Regular price,Sale price\n7,${sku},"Chair, red",80.00,70.00\n`)
  const price = page.getByRole('group', { name: 'The column "Sale price" looks like a price. What is it?' })
  await expect(price.getByRole('radio', { name: /is the price from now on.*suggested/ })).toBeChecked()
  await price.getByRole('radio', { name: '"Sale price" is left out' }).check()
  await agree(page)
  await expect(outcome(page)).toContainText('Left out: ID, Name, Sale price.')
  await outcome(page)
    .getByText(/^Columns: /)
    .click()
  await outcome(page).getByLabel('Sale price').selectOption('the price while on sale')
  await outcome(page).getByRole('button', { name: 'Read again with these columns' }).click()
  await expect(outcome(page)).toContainText('Left out: ID, Name.')
  await outcome(page).getByRole('link', { name: 'Go on to the preview' }).click()
  await expect(page.getByRole('gridcell', { name: '€70.00' })).toBeVisible()
})

test('leads from a sale price with dates to a sale that is planned for them', async ({ page, database }) => {
  const { sku } = await database.plainProduct(FIRST + 1)
  const header = 'SKU,Regular price,Sale price,Date sale price starts,Date sale price ends'
  await send(page, 'woocommerce.csv', `${header}\n${sku},80000.00,70000.00,2031-11-27,2031-11-30\n`)
  await expect(page.getByRole('radio', { name: /is the price of a sale over.*suggested/ })).toBeChecked()
  await agree(page)
  const sale = outcome(page).getByRole('row', { name: /Nov 27, 2031, 00:00 Dec 1, 2031, 00:00 1 price/ })
  const href = await sale.getByRole('link', { name: 'Preview and plan' }).getAttribute('href')
  await page.goto(href ?? '')
  await expect(page.getByRole('gridcell', { name: '€70,000.00' })).toBeVisible()
  await expect(page.getByLabel('Start')).toHaveValue('2031-11-27T00:00')
  await expect(page.getByLabel(/^End/)).toHaveValue('2031-12-01T00:00')
  await expect(page.getByText('1 price would not be below the base price as it is now.')).toBeVisible()
})

test('names the line of a badly quoted row, and has the rejected rows as a file that is sent again', async ({
  page,
  database,
}) => {
  const [one, two] = [await database.plainProduct(FIRST + 2), await database.plainProduct(FIRST + 3)]
  await send(
    page,
    'prices.csv',
    `Price list of May;;\nsku;name;price\n${one.sku};24" Monitor;62.00\n${two.sku.toLowerCase()};Lamp;63.00\n`,
  )
  await expect(outcome(page)).toContainText('2 rows of 2 could not be taken. There is nothing to preview.')
  await expect(outcome(page).getByRole('row', { name: /^3 .*A quote stands in the middle/ })).toBeVisible()
  await expect(
    outcome(page).getByRole('row', { name: new RegExp(`^4 .*Write ${two.sku} if that is meant`) }),
  ).toBeVisible()
  await expect(outcome(page)).toContainText('The columns are named in line 2')
  const download = page.waitForEvent('download')
  await outcome(page).getByRole('button', { name: 'Download the rejected rows' }).click()
  const saved = await download
  expect(saved.suggestedFilename()).toBe('prices rejected.csv')
  const rejected = await readFile(await saved.path(), 'utf8')
  expect(rejected).toContain(`${one.sku};"24"" Monitor";62.00;3;`)

  await outcome(page).getByRole('button', { name: 'Take the suggested SKUs' }).click()
  await expect(outcome(page)).toContainText('1 row of 2 could not be taken.')
  await expect(outcome(page)).toContainText('1 row was taken under the suggested SKU.')

  await send(page, 'prices rejected.csv', rejected.replace(two.sku.toLowerCase(), two.sku))
  await expect(outcome(page)).toContainText('2 rows read.')
})

test('asks whether a sale ends where the new price reaches an empty compare-at price', async ({ page, database }) => {
  const [row] = await database.sql(
    `SELECT p.sku FROM products p JOIN prices pr ON pr.product_id = p.id
     WHERE p.status = 'active' AND pr.compare_at_cents BETWEEN 2000 AND 9000 ORDER BY p.id DESC LIMIT 1`,
  )
  const { sku } = z.object({ sku: z.string() }).parse(row)
  await send(page, 'prices.csv', `sku,price,compare_at\n${sku},100.00,\n`)
  await expect(page.getByRole('group', { name: /Does the sale end there/ })).toBeVisible()
  await agree(page)
  await expect(page).toHaveURL(/\/admin\/bulk\/[\da-f-]{36}$/)
  await expect(page.getByRole('gridcell', { name: '€100.00' })).toBeVisible()
})

test('sets costs at once when a file says nothing else', async ({ page, database }) => {
  const { sku } = await database.plainProduct(FIRST)
  await send(page, 'costs.csv', `sku,cost\n${sku},none\n`)
  await expect(outcome(page)).toContainText('1 row read. The file says nothing about prices. 1 cost is set.')
  await expect(outcome(page).getByRole('link', { name: 'Go on to the preview' })).toHaveCount(0)
})
