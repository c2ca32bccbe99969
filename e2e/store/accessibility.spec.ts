import type { Page } from '@playwright/test'
import { expectNoBarrier, expectNoBarrierOnAnyScreen } from '../support/barriers.ts'
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

/** The panels over a page. On a phone the filters are a sheet; beside a list they always stand. */
const STATES: readonly {
  readonly path: string
  readonly open: (page: Page) => Promise<void>
  readonly isPhone?: true
}[] = [
  {
    path: '/en/categories/furniture',
    async open(page) {
      await page.locator('summary', { hasText: 'Filter and sort' }).click()
      await expect(page.getByRole('region', { name: 'Brand' })).toBeVisible()
    },
  },
  {
    path: '/en/search?q=lamp&stock=1',
    isPhone: true,
    async open(page) {
      await page.getByText('Filters', { exact: true }).click()
      await expect(page.getByRole('button', { name: 'Show results' })).toBeVisible()
    },
  },
  {
    path: '/en',
    async open(page) {
      await page.getByRole('searchbox', { name: 'Search products' }).pressSequentially('lam')
      await expect(page.getByRole('option').first()).toBeVisible()
    },
  },
  {
    path: '/de',
    async open(page) {
      await page.getByRole('banner').locator('summary').click()
      await expect(page.getByRole('group').getByRole('link', { name: '日本語' })).toBeVisible()
    },
  },
  {
    path: '/en',
    async open(page) {
      await page.getByRole('banner').getByRole('link', { name: /^Cart/ }).click()
      await expect(page.getByRole('dialog', { name: 'Cart' })).toBeVisible()
    },
  },
  {
    path: '/en/checkout',
    async open(page) {
      await page.getByLabel('E-mail').fill('ana')
      await page.getByRole('button', { name: /^Order and pay|^Accept/ }).click()
      await expect(page.getByText('Please fill this in.').first()).toBeVisible()
    },
  },
]

test('no page has a barrier that axe can find, and none scrolls sideways', async ({ page }) => {
  test.setTimeout(180_000)
  for (const path of [...(await pages(page)), '/en/search?q=lamp']) {
    await page.goto(path)
    await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible()
    await expectNoBarrierOnAnyScreen(page, path)
  }
})

for (const { screen, settings } of SCREENS) {
  test.describe(`on ${screen}`, () => {
    test.use(settings)

    test('nothing that opens over a page has a barrier, and none scrolls sideways', async ({ page }) => {
      await pages(page)
      for (const { path, open, isPhone } of STATES) {
        if (isPhone && settings.viewport.width > 400) continue
        await page.goto(path)
        await open(page)
        await expectNoBarrier(page, `${path}, opened`)
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
