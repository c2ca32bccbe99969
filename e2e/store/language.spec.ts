import { LOCALES } from '#lib/platform/locales.ts'
import { expect, test } from '../support/test.ts'

for (const [accepted, path] of [
  ['fr-CA,fr;q=0.9,en;q=0.8', '/fr'],
  ['pt-BR', '/pt'],
  ['ko', '/ko'],
  ['sv', '/en'],
] as const) {
  test(`leads a browser that asks for ${accepted} from / to ${path}`, async ({ request }) => {
    const response = await request.get('/', { headers: { 'Accept-Language': accepted }, maxRedirects: 0 })
    expect(response.status()).toBe(307)
    expect(response.headers()['location']).toMatch(new RegExp(`${path}$`))
  })
}

for (const path of [
  '/products/no-such-product',
  '/products/a/b',
  '/categories/furniture/2',
  '/search?q=oak&sort=price-asc',
  '/cart',
]) {
  test(`leads ${path} to the same address in the language of the browser`, async ({ request }) => {
    const response = await request.get(path, { headers: { 'Accept-Language': 'de' }, maxRedirects: 0 })
    expect(response.status()).toBe(307)
    const { pathname, search } = new URL(response.headers()['location'] ?? '', 'http://shop.example')
    expect(pathname + search).toBe(`/de${path}`)
  })
}

test('keeps page and query when the language is changed, and remembers the choice', async ({ page }) => {
  await page.goto('/en/search?q=oak&sort=price-asc')
  await page.getByText('Language: EN').click()
  await page.getByRole('banner').getByRole('link', { name: '日本語' }).click()
  await expect(page).toHaveURL('/ja/search?q=oak&sort=price-asc')
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('「oak」の検索結果')
  await page.goto('/')
  await expect(page).toHaveURL('/ja')
})

test('changes the language at the end of a page too', async ({ page }) => {
  await page.goto('/en/info/returns')
  await page.getByRole('contentinfo').getByRole('link', { name: 'Français' }).click()
  await expect(page).toHaveURL('/fr/info/returns')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Retours')
})

test('closes the list of languages with Escape and gives the focus back', async ({ page }) => {
  await page.goto('/en')
  const summary = page.locator('summary')
  const german = page.getByRole('banner').getByRole('link', { name: 'Deutsch' })
  await summary.click()
  await expect(german).toBeVisible()
  await german.focus()
  await page.keyboard.press('Escape')
  await expect(german).toBeHidden()
  await expect(summary).toBeFocused()
})

test('names every language of a page in its head', async ({ page }) => {
  await page.goto('/de')
  const languages = await page
    .locator('link[rel="alternate"]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('hreflang')))
  expect(languages).toEqual([...LOCALES, 'x-default'])
  await expect(page.locator('link[rel="canonical"]')).toHaveAttribute('href', /\/de$/)
})
