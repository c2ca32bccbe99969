import { signIn } from '../support/accounts.ts'
import { expectNoBarrierOnAnyScreen } from '../support/barriers.ts'
import { layoutFaults } from '../support/layoutFaults.ts'
import { expect, test } from '../support/test.ts'

test('has no barrier and no fault of layout on any page, on a desktop and on a phone', async ({ page, database }) => {
  test.setTimeout(180_000)
  const { productId } = await database.plainProduct()
  await page.goto('/admin/sign-in')
  const visit = async (path: string, heading: string | RegExp) => {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
    await expect(page.locator('[aria-busy]')).toHaveCount(0)
    await expectNoBarrierOnAnyScreen(page, path)
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 900 })
      expect(await page.evaluate(layoutFaults), `${path} at ${width}`).toEqual([])
    }
  }
  await visit('/admin/sign-in', 'Sign in')
  await signIn(page.request)
  await visit('/admin', 'Overview')
  await visit('/admin/products', 'Prices')
  await visit('/admin/products?q=nothing+is+called+this', 'Prices')
  await visit('/admin/products/stock', 'Import stock')
  await visit(`/admin/products/${productId}`, /\w/)
  await visit('/admin/bulk/new', 'New bulk edit')
  await expect(page.getByRole('gridcell', { name: 'Loading' })).toHaveCount(0)
  await visit('/admin/bulk/import', 'Import prices')
  const draft = {
    selection: { matching: false, added: [productId] },
    rules: { amount: { kind: 'percent', percent: '-90', of: 'price' } },
    reason: 'For everybody',
  }
  const created = await page.request.post('/api/admin/bulk-edits', {
    data: draft,
    headers: { origin: new URL(page.url()).origin },
  })
  await visit(created.headers()['location']?.replace('/api/admin/bulk-edits', '/admin/bulk') ?? '', 'For everybody')
  await visit('/admin/bulk', 'Bulk edits')
  await visit('/admin/schedules', 'Schedules')
  await visit('/admin/orders', 'Orders')
  await visit('/admin/freshness/purge', 'Freshness')
  await visit('/admin/freshness/alerts', 'Freshness')
  await visit('/admin/freshness/ledger', 'Freshness')
  await visit('/admin/audit', 'Audit log')
  await visit('/admin/account', 'My account')
  await visit('/admin/accounts', 'Accounts')
  await page.getByTestId('accounts').getByRole('link').first().click()
  await page.waitForURL(/\/admin\/accounts\/.+/)
  await visit(new URL(page.url()).pathname, /\w/)
  await visit('/admin/invitation', 'Choose a password')
})
