/** The transition from one page to the next, as a reader sees it. */
import type { Page } from '@playwright/test'
import { z } from 'zod'
import type { Database } from '../support/database.ts'
import { framesOf, recordFrames } from '../support/frames.ts'
import { expect, test } from '../support/test.ts'

/** A file of its own for its prices. */
const OFFSET = 31

const listOf = (name: string) => `/en/search?q=${encodeURIComponent(name)}`

/** A list with one product, whose page is loaded ahead: a pointer rests on the link. */
async function intend(page: Page, database: Database) {
  const product = await database.plainProduct(OFFSET)
  await page.goto(listOf(product.name))
  const price = page.locator(`[data-product-id="${product.productId}"][data-price-version]`).first()
  const link = page.getByRole('article').filter({ has: price }).getByRole('link')
  const ahead = page.waitForResponse((response) => response.url().includes(`${product.slug}?_rsc=`) && response.ok())
  await link.hover()
  await (await ahead).finished()
  return { product, price, link }
}

/** Keeps what is animated in each frame, as `::view-transition-group(picture-42)`. */
async function recordAnimations(page: Page) {
  await page.addInitScript(() => {
    const seen = new Set<string>()
    Reflect.set(window, 'animated', seen)
    const look = () => {
      for (const { effect, playState } of document.getAnimations())
        if (effect instanceof KeyframeEffect && playState === 'running' && effect.pseudoElement)
          seen.add(effect.pseudoElement)
      requestAnimationFrame(look)
    }
    look()
  })
  return async () => z.array(z.string()).parse(await page.evaluate(() => [...Reflect.get(window, 'animated')]))
}

test('a page that was loaded ahead opens without a request, at the price that the tab has seen since, in each frame', async ({
  page,
  context,
  database,
}) => {
  const { productId } = await database.plainProduct(OFFSET)
  await recordFrames(context, productId)
  const { product, price, link } = await intend(page, database)
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
  const { version } = await database.price(productId)
  await expect(price).toHaveAttribute('data-price-version', String(version))
  await context.setOffline(true)
  await link.click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(product.name)
  await expect(price).toHaveAttribute('data-price-version', String(version))
  const { versions } = await framesOf(page)
  expect(versions).toEqual(versions.toSorted((a, b) => a - b))
  expect(versions.at(-1)).toBe(version)
})

test('the picture moves from the list to the page of its product, and nothing that has a price fades', async ({
  page,
  database,
}) => {
  const animated = await recordAnimations(page)
  const { product, link } = await intend(page, database)
  await link.click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(product.name)
  await expect.poll(animated).toContain(`::view-transition-group(picture-${product.productId})`)
  expect((await animated()).filter((name) => /\((?!picture-)/.test(name))).toEqual([])
})

test.describe('where less motion is asked for', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } })

  test('no picture moves', async ({ page, database }) => {
    const animated = await recordAnimations(page)
    const { product, link } = await intend(page, database)
    await link.click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(product.name)
    await expect(page.getByRole('button', { name: 'Add to cart' })).toBeVisible()
    expect((await animated()).filter((name) => name.startsWith('::view-transition'))).toEqual([])
  })
})

test('while a page that is made for each request is on its way its outline is seen, and nothing shifts as it comes', async ({
  page,
}) => {
  await page.addInitScript(() => {
    const shifts: number[] = []
    Reflect.set(window, 'shifts', shifts)
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push(Number(Reflect.get(entry, 'value')))
    }).observe({ type: 'layout-shift' })
  })
  await page.goto('/en')
  // The faces of the first page may still come.
  await page.evaluate(async () => {
    await document.fonts.ready
    await new Promise(requestAnimationFrame)
    Reflect.get(window, 'shifts').length = 0
  })
  const main = page.getByRole('main')
  for (const [open, address, heading] of [
    [() => page.getByRole('main').getByRole('link', { name: 'Search the shop' }).click(), '/en/search', 'All products'],
    [() => page.getByRole('banner').getByRole('link', { name: 'Cart' }).click(), '/en/cart', 'Cart'],
    [
      () => page.getByRole('contentinfo').getByRole('link', { name: 'Find your order' }).click(),
      '/en/orders',
      'Find your order',
    ],
  ] as const) {
    const held = Promise.withResolvers<void>()
    await page.route(
      (url) => url.pathname === address,
      async (route) => {
        await held.promise
        await route.continue()
      },
      { times: 1 },
    )
    await open()
    await expect(main).toHaveAttribute('aria-busy', 'true')
    await expect.poll(() => main.evaluate((element) => Number(getComputedStyle(element, '::before').opacity))).toBe(1)
    held.resolve()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading)
    await expect(main).not.toHaveAttribute('aria-busy')
    expect(await main.evaluate((element) => getComputedStyle(element, '::before').content)).toBe('none')
  }
  expect(await page.evaluate(() => Reflect.get(window, 'shifts'))).toEqual([])
})
