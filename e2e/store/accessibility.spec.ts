import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { SCREENS } from '../support/screens.ts'
import { expect, test } from '../support/test.ts'

async function pages(page: Page): Promise<string[]> {
  await page.goto('/en')
  const first = page.getByRole('article').first()
  const product = await first.getByRole('link').getAttribute('href')
  const id = await first.locator('[data-product-id]').first().getAttribute('data-product-id')
  for (const line of [String(id), '999999999'])
    await page.request.post('/api/cart', { form: { do: 'add', product: line }, maxRedirects: 0 })
  return [
    '/en',
    `${product}`,
    '/en/categories/furniture',
    '/de/categories/furniture/2',
    '/ja',
    '/en/search?min=abc',
    '/fr/search?q=zzzzzz',
    '/en/cart',
    '/en/checkout',
    '/en/orders',
    '/en/info/delivery',
    '/ja/info/terms',
    '/ko/products/none',
  ]
}

for (const { screen, settings } of SCREENS) {
  test.describe(`on ${screen}`, () => {
    test.use(settings)

    test('no page has a barrier that axe can find, and none scrolls sideways', async ({ page }) => {
      for (const path of await pages(page)) {
        await page.goto(path)
        await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible()
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
          .analyze()
        expect(
          violations.map(({ id, nodes }) => `${path}: ${id} ${nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`),
        ).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(
          settings.viewport.width,
        )
      }
    })
  })
}

test('the first key press offers to skip to the content', async ({ page }) => {
  await page.goto('/en')
  await page.keyboard.press('Tab')
  const skip = page.getByRole('link', { name: 'Skip to content' })
  await expect(skip).toBeFocused()
  await expect(skip).toBeInViewport()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
})
