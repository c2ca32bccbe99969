import { AxeBuilder } from '@axe-core/playwright'
import { signIn } from '../support/accounts.ts'
import { SCREENS } from '../support/screens.ts'
import { expect, test } from '../support/test.ts'

for (const { screen, settings } of SCREENS) {
  test.describe(`on ${screen}`, () => {
    test.use(settings)

    test('every admin page can be read and used by everybody, and fits', async ({ page, database }) => {
      const { productId } = await database.plainProduct()
      await page.goto('/admin/sign-in')
      const visit = async (path: string, heading: string | RegExp) => {
        await page.goto(path)
        await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
        await expect(page.locator('[aria-busy]')).toHaveCount(0)
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map(({ id, nodes }) => `${path}: ${id} ${nodes[0]?.html}`)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
          0,
        )
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
      await visit('/admin/audit', 'Audit log')
    })
  })
}
