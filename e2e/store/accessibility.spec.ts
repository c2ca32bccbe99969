import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { z } from 'zod'
import { expectNoBarrier, expectNoBarrierOnAnyScreen } from '../support/barriers.ts'
import type { Database } from '../support/database.ts'
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

const clientTexts = z.object({
  Client: z.object({ cartFailed: z.string(), fewerLeft: z.string(), outOfTouch: z.string() }),
})
const textsIn = (locale: string) =>
  clientTexts.parse(JSON.parse(readFileSync(`app/_i18n/messages/${locale}.json`, 'utf8'))).Client

/** A product that the other tests leave alone: three of it in the cart, of which two are left, at another price. */
async function changedSinceAdded(page: Page, database: Database) {
  const [row] = await database.sql(
    `SELECT p.id FROM products p JOIN prices ON product_id = p.id
     WHERE status = 'active' AND compare_at_cents IS NULL ORDER BY p.id DESC LIMIT 1 OFFSET 70`,
  )
  const { productId, slug, version, amountCents } = await database.price(Number(Object(row).id))
  const change = (form: Record<string, string | number>) =>
    page.request.post('/api/cart', { form: { product: productId, ...form }, maxRedirects: 0 })
  await change({ do: 'add', version })
  await change({ do: 'set', quantity: 3 })
  const set = async (amount: number, quantity: number) => {
    await database.sql('UPDATE prices SET amount_cents = $2 WHERE product_id = $1', [productId, amount])
    await database.sql('UPDATE stock SET quantity = $2 WHERE product_id = $1', [productId, quantity])
  }
  await set(amountCents + 100, 2)
  return { path: `/products/${slug}`, restore: () => set(amountCents, 10) }
}

/** The cart panel, with a product of which fewer are left than wanted, and a change that did not reach the shop. */
async function openRefusedPanel(page: Page, texts: ReturnType<typeof textsIn>): Promise<void> {
  await page.getByRole('banner').getByRole('link', { name: / 3$/ }).click()
  const panel = page.getByRole('dialog')
  await expect(panel.getByText(texts.fewerLeft.replace('{count}', '2'))).toBeVisible()
  await expect(panel.getByTestId('price-was')).toBeVisible()
  await page.route('**/api/cart', (route) => route.abort())
  await panel.locator('button[name="quantity"]').nth(1).click()
  await expect(panel.getByRole('alert')).toHaveText(texts.cartFailed)
  await page.unroute('**/api/cart')
}

/** Loads a page that then hears nothing of its prices for longer than it waits. */
async function openOutOfTouch(page: Page, path: string, texts: ReturnType<typeof textsIn>): Promise<void> {
  await page.clock.install()
  await page.route('**/api/prices**', (route) => route.abort())
  await Promise.all([page.waitForRequest('**/api/prices/stream**'), page.goto(path)])
  await page.clock.fastForward('00:10')
  await expect(page.getByText(texts.outOfTouch)).toBeVisible()
}

// The sentences of Spanish and Portuguese are long: a phone has the least room for them.
for (const locale of ['en', 'es', 'pt'])
  test.describe(`in ${locale}`, () => {
    if (locale !== 'en') test.use(SCREENS[1].settings)
    const look = locale === 'en' ? expectNoBarrierOnAnyScreen : expectNoBarrier

    test('no page has a barrier while it says that something has changed, was refused or cannot be known', async ({
      page,
      database,
    }) => {
      const texts = textsIn(locale)
      const { path, restore } = await changedSinceAdded(page, database)
      try {
        await page.goto(`/${locale}/checkout`)
        await expect(page.getByTestId('changes').getByRole('listitem')).toHaveCount(2)
        await look(page, 'a checkout with changes')
        await page.goto(`/${locale}${path}`)
        await openRefusedPanel(page, texts)
        await look(page, 'the cart panel after a refusal')
        await openOutOfTouch(page, `/${locale}${path}`, texts)
        await look(page, 'a product while the shop cannot be reached')
      } finally {
        await restore()
      }
    })
  })

test('neither an empty cart nor a product that is sold out has a barrier', async ({ page, database }) => {
  const [row] = await database.sql(
    `SELECT slug FROM products p JOIN stock s ON s.product_id = p.id
     WHERE status = 'active' AND quantity = 0 AND s.version = 1 ORDER BY p.id LIMIT 1`,
  )
  await page.goto('/en/cart')
  await expect(page.getByRole('heading', { name: 'Your cart is empty' })).toBeVisible()
  await expectNoBarrierOnAnyScreen(page, 'an empty cart')
  await page.goto(`/en/products/${z.object({ slug: z.string() }).parse(row).slug}`)
  await expect(page.getByRole('button', { name: 'Add to cart' })).toHaveAttribute('aria-disabled', 'true')
  await expectNoBarrierOnAnyScreen(page, 'a product that is sold out')
})

test('the first key press offers to skip to the content', async ({ page }) => {
  await page.goto('/en')
  await page.keyboard.press('Tab')
  const skip = page.getByRole('link', { name: 'Skip to content' })
  await expect(skip).toBeFocused()
  await expect(skip).toBeInViewport()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
})
