/** Many tabs of one browser. Over HTTP/1.1 it opens six connections to a server, for all of its tabs together. */
import type { Page } from '@playwright/test'
import { signIn } from '../support/accounts.ts'
import { expect, test } from '../support/test.ts'

const WINDOWS = ['15m', '1h', '24h'] as const
const live = (page: Page) => page.locator('[data-connection=live]')

test('loads an eighth page when seven dashboards are open, and keeps all of them live', async ({ context, page }) => {
  await signIn(page.request)
  const dashboards: Page[] = []
  for (let i = 0; i < 7; i++) {
    const tab = await context.newPage()
    await tab.goto(`/admin/freshness?window=${WINDOWS[i % WINDOWS.length]}`, { timeout: 20_000 })
    dashboards.push(tab)
  }
  await page.goto('/admin/products', { timeout: 20_000 })
  await expect(page.getByRole('heading', { name: 'Prices', level: 1 })).toBeVisible()
  for (const tab of dashboards) {
    await expect(live(tab)).toBeVisible()
    const before = await tab.locator('[data-connection] time').getAttribute('datetime')
    await expect(tab.locator('[data-connection] time')).not.toHaveAttribute('datetime', before ?? '')
  }
})

test('closes the stream of a tab that is hidden, and opens it when the tab is shown again', async ({ page }) => {
  const show = (state: 'visible' | 'hidden') =>
    page.evaluate((visibilityState) => {
      Object.defineProperty(document, 'visibilityState', { value: visibilityState, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  await signIn(page.request)
  await page.goto('/admin/freshness')
  await expect(live(page)).toBeVisible()
  await show('hidden')
  await expect(page.locator('[data-connection=waiting]')).toBeVisible()
  await show('visible')
  await expect(live(page)).toBeVisible()
})
