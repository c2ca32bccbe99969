/** Each kind of page in each language on four screens: nothing sticks out, is cut off, lies over another thing, or stands askew in its row. */
import type { Page } from '@playwright/test'
import { LOCALES } from '#lib/platform/locales.ts'
import type { Database } from '../support/database.ts'
import { layoutFaults } from '../support/layoutFaults.ts'
import { expect, test } from '../support/test.ts'

const WIDTHS = [360, 768, 1280, 1920] as const
const HEIGHT = 900

// The layout is as the server sends it: nothing moves as the scripts begin (weight.spec.ts), and a page loads sooner.
test.use({ javaScriptEnabled: false })

/** The kinds of page. The product comes in colours and sizes; the cart also holds one that is no longer sold. */
async function paths(page: Page, database: Database): Promise<readonly string[]> {
  const [group] = await database.sql(
    `SELECT min(p.slug) AS slug, min(p.id) AS id FROM products p WHERE size IS NOT NULL AND status = 'active' GROUP BY group_id
     HAVING count(DISTINCT colour) > 1 AND count(DISTINCT size) > 1 ORDER BY group_id LIMIT 1`,
  )
  for (const product of [String(Object(group).id), '999999999'])
    await page.request.post('/api/cart', { form: { do: 'add', product }, maxRedirects: 0 })
  return [
    '',
    '/categories/furniture',
    `/products/${Object(group).slug}`,
    '/search?category=chairs',
    '/search?q=zzzzzz&min=abc',
    '/cart',
    '/checkout',
    '/orders',
    '/info/delivery',
  ]
}

test('each page fits 360, 768, 1280 and 1920 pixels, in light and in dark: two of them in each language, by turns', async ({
  page,
  database,
}) => {
  const found: string[] = []
  for (const [at, path] of (await paths(page, database)).entries()) {
    for (const [language, locale] of LOCALES.entries()) {
      // The sheets of the first page may come after its text.
      await page.goto(`/${locale}${path}`, { waitUntil: 'load' })
      const turn = (at + language) % 2
      const colorScheme = (at + language) % 4 < 2 ? 'light' : 'dark'
      await page.emulateMedia({ colorScheme })
      for (const width of WIDTHS.filter((_, i) => i % 2 === turn)) {
        await page.setViewportSize({ width, height: HEIGHT })
        const faults = await page.evaluate(layoutFaults)
        found.push(...faults.map((fault) => `/${locale}${path} at ${width}, ${colorScheme}: ${fault}`))
      }
    }
  }
  expect(found).toEqual([])
})
