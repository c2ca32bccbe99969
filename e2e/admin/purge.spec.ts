/** A purge in a browser, and its entry in the audit log. */
import { ADMIN, createAccount, signIn } from '../support/accounts.ts'
import { expect, test } from '../support/test.ts'

/** Products that no other file purges. */
const OFFSET = 40

test('purges a product with a reason and the typed words, follows it to every layer, and logs it', async ({
  page,
  database,
}) => {
  const { productId, slug } = await database.plainProduct(OFFSET)
  const reason = `The picture is old, run ${Date.now()}`
  const renderedAt = async () =>
    /<meta name="rendered-at" content="([^"]*)"/.exec(
      await (await page.request.get(`/en/products/${slug}`)).text(),
    )?.[1]
  const before = await renderedAt()
  await signIn(page.request)
  await page.goto('/admin')
  const pages = page.getByRole('navigation', { name: 'Back office' })
  await pages.getByRole('link', { name: 'Freshness' }).click()
  await page.getByRole('navigation', { name: 'Freshness' }).getByRole('link', { name: 'Purge' }).click()

  await page.getByLabel('Product id').fill(String(productId))
  await page.getByLabel('Reason').fill(reason)
  await page.getByLabel('Confirm').fill('purge it')
  await page.getByRole('button', { name: 'Purge' }).click()
  await expect(page.getByText(`Type “purge product ${productId}”`)).toBeVisible()
  await expect(page.getByLabel('Reason')).toHaveValue(reason)
  expect(await renderedAt()).toBe(before)

  await page.getByLabel('Confirm').fill(`purge product ${productId}`)
  await page.getByRole('button', { name: 'Purge' }).click()
  await expect(page.getByTestId('purge-progress')).toContainText(`Purged product:${productId}`)
  await expect(page.locator('[data-testid=purge-progress][data-over=true]')).toBeVisible({ timeout: 30_000 })
  expect(await renderedAt()).not.toBe(before)

  await pages.getByRole('link', { name: 'Audit' }).click()
  await page.getByLabel('About').fill(`product:${productId}`)
  await page.getByRole('button', { name: 'Show' }).click()
  const entry = page.getByTestId('audit').getByRole('row').filter({ hasText: reason })
  await expect(entry).toContainText('freshness.purge')
  await expect(entry).toContainText(ADMIN.email)
  await expect(entry).toHaveCount(1)
})

test('tells a viewer who purges, shows the log, and refuses the route', async ({ page, database, baseURL }) => {
  await signIn(page.request, await createAccount(database, 'viewer'))
  await page.goto('/admin/freshness/purge')
  await expect(page.getByText('Only administrators purge.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Purge' })).toHaveCount(0)
  const response = await page.request.post('/api/admin/freshness/purge', {
    data: { scope: { kind: 'everything' }, reason: 'I should not' },
    headers: { origin: baseURL ?? '' },
  })
  expect(response.status()).toBe(403)
  await page.goto('/admin/audit')
  await expect(page.getByTestId('audit')).toBeVisible()
  await expect(page.getByTestId('audit').getByText('I should not')).toHaveCount(0)
})
