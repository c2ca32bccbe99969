/** The pictures of a product: several views in a row that scrolls. */
import type { Page } from '@playwright/test'
import { z } from 'zod'
import { LOCALES } from '#lib/platform/locales.ts'
import { expect, test } from '../support/test.ts'

const rowOf = (page: Page) => page.getByRole('main').getByRole('region').first()
const thumbnailsOf = (page: Page) => page.getByRole('main').locator('a[href^="#picture-"]')
/** The position of the row, in pictures. */
const shownIn = (page: Page) => rowOf(page).evaluate((row) => row.scrollLeft / row.clientWidth)

test('shows several views: the first is loaded first, all are in the JSON-LD, each is another picture', async ({
  page,
  database,
}) => {
  const { slug, name } = await database.plainProduct(3)
  await page.goto(`/en/products/${slug}`)
  const pictures = rowOf(page).getByRole('img')
  await expect(pictures).toHaveCount(4)
  await expect(pictures.first()).toHaveAccessibleName(name)
  expect(
    await pictures.evaluateAll((all) =>
      all.map((img) => (img instanceof HTMLImageElement ? [img.loading === 'lazy', img.fetchPriority] : [])),
    ),
  ).toEqual([
    [false, 'high'],
    [true, 'auto'],
    [true, 'auto'],
    [true, 'auto'],
  ])
  const sources = await pictures.evaluateAll((all) =>
    all.map((img) => (img instanceof HTMLImageElement ? img.src : '')),
  )
  expect(new Set(sources).size).toBe(4)
  for (const source of sources) {
    const response = await page.request.get(source)
    expect(response.headers()).toMatchObject({
      'content-type': 'image/svg+xml; charset=utf-8',
      'cache-control': expect.stringContaining('immutable'),
    })
  }
  const texts = await page.locator('script[type="application/ld+json"]').allTextContents()
  const product = texts.map((text) => Object(JSON.parse(text))).find((found) => found['@type'] === 'Product')
  expect(
    z
      .array(z.string())
      .parse(product.image)
      .map((url) => new URL(url).pathname),
  ).toEqual(sources.map((url) => new URL(url).pathname))
})

test('names each view in each language', async ({ page, database }) => {
  const { slug } = await database.plainProduct(3)
  const named = new Set<string>()
  for (const locale of LOCALES) {
    await page.goto(`/${locale}/products/${slug}`)
    const [heading, names] = await Promise.all([
      page.getByRole('heading', { level: 1 }).innerText(),
      rowOf(page)
        .getByRole('img')
        .evaluateAll((all) => all.map((img) => img.getAttribute('alt') ?? '')),
    ])
    expect(new Set(names).size, locale).toBe(4)
    for (const name of names) expect(name.startsWith(heading), name).toBe(true)
    for (const thumbnail of await thumbnailsOf(page).all())
      named.add((await thumbnail.getByRole('img').getAttribute('alt')) ?? '')
  }
  expect(named.size).toBe(4 * LOCALES.length)
})

test('goes to a picture by its thumbnail and by the keyboard, marks the one in view, and leaves the address alone', async ({
  page,
  database,
}) => {
  const { slug } = await database.plainProduct(3)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto(`/en/products/${slug}`)
  const thumbnails = thumbnailsOf(page)
  await expect(thumbnails.first()).toHaveAttribute('aria-current', 'true')
  await thumbnails.nth(2).click()
  await expect.poll(() => shownIn(page)).toBeCloseTo(2, 1)
  await expect(thumbnails.nth(2)).toHaveAttribute('aria-current', 'true')
  await expect(thumbnails.first()).not.toHaveAttribute('aria-current', 'true')
  await expect(page).toHaveURL(`/en/products/${slug}`)
  await rowOf(page).focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => shownIn(page)).toBeCloseTo(3, 1)
  await expect(thumbnails.nth(3)).toHaveAttribute('aria-current', 'true')
  await thumbnails.first().focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => shownIn(page)).toBeCloseTo(0, 1)
})

test('moves nothing when its pictures arrive', async ({ page, database }) => {
  const { slug } = await database.plainProduct(3)
  await page.route('**/images/products/**', async (route) => {
    const body = await (await route.fetch()).body()
    await route.fulfill({ body, contentType: 'image/svg+xml' })
  })
  await page.addInitScript(() => {
    let shift = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if (!Reflect.get(entry, 'hadRecentInput')) shift += Number(Reflect.get(entry, 'value'))
      document.documentElement.dataset['shift'] = String(shift)
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.goto(`/en/products/${slug}`, { waitUntil: 'networkidle' })
  const box = await rowOf(page).boundingBox()
  expect(box && Math.abs(box.width - box.height)).toBeLessThan(1)
  expect(Number((await page.locator('html').getAttribute('data-shift')) ?? 0)).toBeLessThan(0.05)
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a thumbnail is a link that leads to its picture', async ({ page, database }) => {
    const { slug } = await database.plainProduct(3)
    await page.goto(`/en/products/${slug}`)
    await thumbnailsOf(page).nth(3).click()
    await expect(rowOf(page).getByRole('img').nth(3)).toBeInViewport({ ratio: 0.5 })
    await expect(rowOf(page).getByRole('img').first()).not.toBeInViewport({ ratio: 0.5 })
  })
})
