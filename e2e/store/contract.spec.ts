// Tools rely on the server's HTML: no script runs here.
test.use({ javaScriptEnabled: false })

import { LOCALES } from '#lib/platform/locales.ts'
import { expect, test } from '../support/test.ts'
const CURRENCY_TEXT = (cents: number, locale: string) =>
  new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' }).format(cents / 100)

for (const locale of LOCALES) {
  test(`every page in ${locale} names the versions of all of its prices in the head`, async ({ page }) => {
    await page.goto(`/${locale}`)
    const product = await page.getByRole('article').first().getByRole('link').getAttribute('href')
    const category = await page.getByRole('navigation').first().getByRole('link').first().getAttribute('href')
    for (const path of [`/${locale}`, `${product}`, `${category}`, `${category}/2`, `/${locale}/search?q=oak`]) {
      await page.goto(path)
      const prices = await page.locator('[data-product-id]').evaluateAll((all) =>
        all.map((e) => ({
          id: e.getAttribute('data-product-id'),
          version: e.getAttribute('data-price-version'),
          // The card of a group compares all prices of it.
          group: e.getAttribute('data-group-prices')?.split(' ') ?? [],
          cents: Number(e.getAttribute('data-amount-cents')),
          text: e.textContent,
        })),
      )
      expect(prices.length).toBeGreaterThan(0)
      const stated = new Set(prices.flatMap(({ id, version, group }) => [`${id}@${version}`, ...group]))
      const head = await page.locator('head meta[name="price-version"]').getAttribute('content')
      // Other colours and sizes of a product have their prices in JSON-LD alone.
      const json = (await page.locator('script[type="application/ld+json"]').allTextContents()).join()
      const isVariant = (pair: string) => json.includes(`"productID":"${pair.split('@')[0]}"`)
      expect(new Set(head?.split(' ').filter((pair) => stated.has(pair) || !isVariant(pair)))).toEqual(stated)
      for (const name of ['price-version-updated-at', 'rendered-at']) {
        const time = await page.locator(`head meta[name="${name}"]`).getAttribute('content')
        expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      }
      for (const { cents, text } of prices) expect(text).toContain(CURRENCY_TEXT(cents, locale))
    }
  })
}

test('a product page says one price everywhere: on the page, in JSON-LD and in OpenGraph', async ({ page }) => {
  await page.goto('/en')
  await page.goto(`${await page.getByRole('article').first().getByRole('link').getAttribute('href')}`)
  const cents = Number(await page.locator('article [data-amount-cents]').first().getAttribute('data-amount-cents'))
  const decimal = (cents / 100).toFixed(2)
  const json: unknown[] = (await page.locator('script[type="application/ld+json"]').allTextContents()).map((text) =>
    JSON.parse(text),
  )
  expect(json).toContainEqual(
    expect.objectContaining({
      '@type': 'Product',
      offers: expect.objectContaining({ '@type': 'Offer', price: decimal, priceCurrency: 'EUR' }),
    }),
  )
  expect(json).toContainEqual(expect.objectContaining({ '@type': 'BreadcrumbList' }))
  for (const property of ['og:price:amount', 'product:price:amount']) {
    await expect(page.locator(`head meta[property="${property}"]`)).toHaveAttribute('content', decimal)
  }
  await expect(page.locator('head meta[property="product:price:currency"]')).toHaveAttribute('content', 'EUR')
  for (const property of ['og:title', 'og:description', 'og:image']) {
    await expect(page.locator(`head meta[property="${property}"]`)).toHaveAttribute('content', /.+/)
  }
})
