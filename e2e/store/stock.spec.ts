import type { APIRequestContext } from '@playwright/test'
import { z } from 'zod'
import type { Database } from '../support/database.ts'
import { measured } from '../support/measured.ts'
import { featuredProduct, pagesOf } from '../support/pagesOf.ts'
import { expect, test } from '../support/test.ts'

const row = z.object({ version: z.coerce.number() })

/** Past the application, as another service would. @returns the new version */
async function setStock(database: Database, productId: number, quantity: number): Promise<number> {
  const [changed] = await database.sql('UPDATE stock SET quantity = $2 WHERE product_id = $1 RETURNING version', [
    productId,
    quantity,
  ])
  return row.parse(changed).version
}

/** The statements of a page about the stock of a product, by element. */
async function shownStock(request: APIRequestContext, url: string, productId: number) {
  const response = await request.get(url)
  const html = await response.text()
  const elements = html.matchAll(
    /data-stock-of="(\d+)" data-stock-version="(\d+)" data-stock="(\d+)" data-stock-level="(\w+)">([^<]*)</g,
  )
  const said = [...elements].filter(([, id]) => id === String(productId)).map((found) => found.slice(2).join(' '))
  return {
    said: [...new Set(said)],
    cache: response.headers()['x-cache'],
    tags: (response.headers()['cache-tag'] ?? '').split(','),
    schema: /"availability":"https:\/\/schema\.org\/(\w+)"/.exec(html)?.[1],
    openGraph: /<meta property="product:availability" content="([^"]*)"/.exec(html)?.[1],
    disabled: /<button[^>]* aria-disabled="(\w+)"/.exec(html)?.[1],
  }
}

test('a stock that changed past the application is on each page at its next request, without a render', async ({
  request,
  database,
}) => {
  const productId = await featuredProduct(database, 5)
  const pages = await pagesOf(database, productId)
  const [own = '', inGerman = ''] = pages.products
  const lists = [pages.home, ...pages.categories]
  await setStock(database, productId, 40)
  for (const url of [own, inGerman, ...lists])
    await expect.poll(async () => (await shownStock(request, url, productId)).cache, { message: url }).toMatch(/^HIT/)

  for (const [quantity, level, said, gesagt, schema, openGraph, disabled] of [
    [3, 'few', 'Only 3 left', 'Nur noch 3 auf Lager', 'LimitedAvailability', 'in stock', 'false'],
    [0, 'none', 'Sold out', 'Ausverkauft', 'OutOfStock', 'out of stock', 'true'],
    [80, 'plenty', 'In stock', 'Auf Lager', 'InStock', 'in stock', 'false'],
  ] as const) {
    const version = await setStock(database, productId, quantity)
    const committed = performance.now()
    const fresh = (words: string) => [`${version} ${quantity} ${level} ${words}`]
    await expect
      .poll(async () => (await shownStock(request, own, productId)).said, { intervals: [5, 10, 20] })
      .toEqual(fresh(said))
    measured(`stock ${quantity}: on the product page ${Math.round(performance.now() - committed)} ms after the commit`)
    const shown = await shownStock(request, own, productId)
    expect(shown).toMatchObject({ schema, openGraph, disabled })
    expect(shown.tags).toContain(`stock:${productId}@${version}`)
    expect((await shownStock(request, inGerman, productId)).said).toEqual(fresh(gesagt))
    for (const url of lists) {
      const list = await shownStock(request, url, productId)
      expect(list.said, url).toEqual(fresh(url === pages.home ? gesagt : said))
      expect(list.cache, `${url} was filled and not rendered`).toMatch(/^HIT/)
    }
    expect(shown.cache, `${own} was filled and not rendered`).toMatch(/^HIT/)
    expect((await shownStock(request, pages.search, productId)).said).toEqual(fresh(said))
    expect(await (await request.get(`/api/prices?ids=${productId}`)).json()).toEqual([
      expect.objectContaining({ productId, stock: quantity, stockVersion: version }),
    ])
  }
  const undelivered = `SELECT id, last_error FROM outbox WHERE topic = 'stock' AND $1 = ANY (entity_ids) AND done_at IS NULL`
  await expect.poll(() => database.sql(undelivered, [productId])).toEqual([])
})

test('an open tab follows the stock: a product that is sold out cannot be put into the cart', async ({
  page,
  database,
}) => {
  const productId = await featuredProduct(database, 6)
  await setStock(database, productId, 9)
  const stream = page.waitForResponse((response) => response.url().includes('/api/prices/stream') && response.ok())
  const [, path = ''] = (await pagesOf(database, productId)).products
  await page.goto(path)
  await stream
  const stock = page.locator(`[data-stock-of="${productId}"]`).first()
  const price = await page.locator(`[data-product-id="${productId}"]`).first().getAttribute('data-price-version')
  await expect(stock).toHaveText('Auf Lager')

  await setStock(database, productId, 1)
  await expect(stock).toHaveText('Nur noch 1 auf Lager')
  const version = await setStock(database, productId, 0)
  await expect(stock).toHaveText('Ausverkauft')
  await expect(stock).toHaveAttribute('data-stock-version', String(version))
  const add = page.getByRole('button', { name: 'In den Warenkorb' })
  await expect(add).toHaveAttribute('aria-disabled', 'true')
  await add.dispatchEvent('click')
  await expect(page.getByRole('banner').getByRole('link', { name: /^Warenkorb/ })).toHaveAccessibleName('Warenkorb')

  await setStock(database, productId, 12)
  await expect(add).toHaveAttribute('aria-disabled', 'false')
  await add.click()
  await expect(page.getByRole('banner').getByRole('link', { name: 'Warenkorb 1' })).toBeVisible()
  expect(await page.locator(`[data-product-id="${productId}"]`).first().getAttribute('data-price-version')).toBe(price)
})
