/** The bulk editor as a price manager uses it. */
import { expect, type Page } from '@playwright/test'
import { z } from 'zod'
import type { Database } from './database.ts'

/** A brand with enough products that a filter makes sense, and few enough that each page can be read. */
export async function brandOf(database: Database, offset: number): Promise<string> {
  const rows = await database.sql(
    `SELECT p.brand FROM products p JOIN prices pr ON pr.product_id = p.id WHERE p.status = 'active'
     GROUP BY p.brand HAVING count(*) BETWEEN 3 AND 60 ORDER BY count(*) DESC, p.brand LIMIT 1 OFFSET $1`,
    [offset],
  )
  return z.tuple([z.object({ brand: z.string() })]).parse(rows)[0].brand
}

const product = z.object({
  id: z.number(),
  slug: z.string(),
  sku: z.string(),
  name: z.string(),
  amount: z.number(),
  version: z.coerce.number(),
})

export async function productsOf(database: Database, brand: string) {
  const rows = await database.sql(
    `SELECT p.id, p.slug, p.sku, p.name, pr.amount_cents AS amount, pr.version FROM products p JOIN prices pr ON pr.product_id = p.id
     WHERE p.brand = $1 AND p.status = 'active' ORDER BY p.id`,
    [brand],
  )
  return z.array(product).parse(rows)
}

/** Opens the editor with the products of a brand; a test may choose more before the preview. */
export async function openEditor(page: Page, brand: string): Promise<void> {
  await page.goto('/admin/bulk/new')
  await page.getByLabel('Brand', { exact: true }).selectOption(brand)
  // The rows of the last filter: what is typed into those of the one before goes with them.
  const rows = page.waitForResponse(
    (response) =>
      response.url().includes('/selection/rows') &&
      (response.request().postData() ?? response.url()).includes('active'),
  )
  await page.getByLabel('Status').selectOption('active')
  await rows
}

export async function preview(page: Page, reason: string): Promise<void> {
  await page.getByLabel('3. Why').fill(reason)
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.waitForURL(/\/admin\/bulk\/[0-9a-f-]{36}$/)
}

/** Types every phrase that the guard rails ask for, and approves. */
export async function approve(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Approve' })).toBeVisible()
  for (const field of await page.getByLabel(/to confirm\.$/).all()) {
    await field.fill((await field.locator('xpath=..').locator('strong').innerText()).trim())
  }
  await page.getByRole('button', { name: /^Approve and change/ }).click()
}

export async function expectOutcome(page: Page, words: RegExp): Promise<void> {
  await expect(page.getByRole('region', { name: 'Outcome' })).toContainText(words, { timeout: 30_000 })
}
