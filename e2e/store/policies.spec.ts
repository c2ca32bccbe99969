/** The shop's pages about itself: delivery, returns, privacy, terms, imprint. */
import { POLICIES } from '#lib/catalog/policies.ts'
import { deliveryPrices } from '#lib/money/currencies.ts'
import { formatMoney } from '#lib/money/formatMoney.ts'
import { COUNTRIES } from '#lib/orders/countries.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { expect, test } from '../support/test.ts'

test('every policy is in every language, says all that it means to, and is kept like the other pages', async ({
  page,
  request,
}) => {
  const titles = new Set<string>()
  for (const locale of LOCALES)
    for (const policy of POLICIES) {
      const path = `/${locale}/info/${policy}`
      await request.get(path)
      const response = await request.get(path)
      expect(response.status(), path).toBe(200)
      expect(response.headers(), path).toMatchObject({
        'x-cache': expect.stringMatching(/^HIT/),
        'cache-tag': expect.stringContaining('catalog:1@'),
      })
      const html = await response.text()
      titles.add(`${locale} ${/<h1[^>]*>([^<]+)/.exec(html)?.[1]}`)
      // A place that has no value.
      expect(html.replace(/<script[\s\S]*?<\/script>/g, ''), path).not.toMatch(/\{\w+\}/)
    }
  expect(titles.size).toBe(LOCALES.length * POLICIES.length)
  await page.goto('/en/info/no-such-policy')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This page does not exist')
})

test('a visitor finds them at the end of each page, and search engines in the sitemap', async ({ page, request }) => {
  await page.goto('/de/cart')
  const footer = page.getByRole('contentinfo')
  for (const [name, policy] of [
    ['Versand', 'delivery'],
    ['Rückgabe', 'returns'],
    ['Datenschutz', 'privacy'],
    ['AGB', 'terms'],
    ['Impressum', 'imprint'],
  ] as const) {
    await footer.getByRole('link', { name, exact: true }).click()
    await expect(page).toHaveURL(`/de/info/${policy}`)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
  }
  const sitemap = await (await request.get('/sitemaps/pages.xml')).text()
  for (const policy of POLICIES) expect(sitemap).toContain(`/ja/info/${policy}<`)
})

test('the page of a product, the policy and the checkout name the same costs of delivery', async ({
  page,
  database,
}) => {
  const { slug, productId } = await database.plainProduct(4)
  const { standard, express } = deliveryPrices()
  const amounts = [standard, express].map((amount) => formatMoney(amount, 'EUR', 'en'))
  await page.goto(`/en/products/${slug}`)
  const terms = page.getByRole('region', { name: 'Delivery and returns' })
  for (const amount of amounts) await expect(terms).toContainText(amount)
  await terms.getByRole('link', { name: 'All about delivery' }).click()
  await expect(page).toHaveURL('/en/info/delivery')
  const main = page.getByRole('main')
  for (const amount of amounts) await expect(main).toContainText(amount)
  await page.request.post('/api/cart', { form: { do: 'add', product: String(productId) }, maxRedirects: 0 })
  await page.goto('/en/checkout')
  for (const amount of amounts) await expect(main).toContainText(amount)
  await expect(page.getByLabel('Country').getByRole('option')).toHaveCount(COUNTRIES.length)
  const names = new Intl.DisplayNames('en', { type: 'region' })
  await page.goto('/en/info/delivery')
  for (const country of COUNTRIES) await expect(main).toContainText(names.of(country) ?? country)
})
