/** The feed for merchants: what it lists, and that it says what the pages, the API and the checkout say. */
import { randomInt } from 'node:crypto'
import type { APIRequestContext, Page } from '@playwright/test'
import { z } from 'zod'
import { LOCALES } from '#lib/platform/locales.ts'
import { signIn } from '../support/accounts.ts'
import { anySize } from '../support/confirmations.ts'
import { recommendedProduct, setStatus } from '../support/discontinue.ts'
import { fetchShownPrice } from '../support/shownPrices.ts'
import { expect, test } from '../support/test.ts'

type Item = Readonly<Record<string, string>>

/** Parsed as XML by the browser, which refuses what is not well-formed. @returns elements of each item by name; of ours the attributes */
async function readFeed(page: Page, path: string): Promise<Item[]> {
  const response = await page.request.get(path)
  expect(response.status(), path).toBe(200)
  expect(response.headers()['content-type']).toContain('xml')
  return page.evaluate(
    (text) => {
      const document = new DOMParser().parseFromString(text, 'application/xml')
      const error = document.querySelector('parsererror')
      if (error) throw new Error(error.textContent ?? 'not XML')
      return [...document.querySelectorAll('item')].map((item) =>
        Object.fromEntries(
          [...item.children].flatMap((element) => [
            [element.nodeName, element.textContent ?? ''],
            ...[...element.attributes].map(({ name, value }) => [name, value]),
          ]),
        ),
      )
    },
    await response.text(),
  )
}

const partOf = (productId: number, locale = 'en') => `/${locale}/feeds/google/${Math.ceil(productId / 200)}.xml`

async function itemOf(page: Page, productId: number, locale = 'en'): Promise<Item | undefined> {
  return (await readFeed(page, partOf(productId, locale))).find((item) => item['product-id'] === String(productId))
}

const outcome = z.object({ state: z.string(), results: z.array(z.object({ version: z.number() })) })

async function edit(request: APIRequestContext, productId: number, amountCents: number): Promise<number> {
  const response = await request.post('/api/admin/prices', {
    data: { changes: [{ productId, amountCents }], reason: 'a test of the feed', confirmations: anySize() },
  })
  expect(response.status(), await response.text()).toBe(200)
  const { state, results } = outcome.parse(await response.json())
  expect(state).toBe('live')
  return results[0]?.version ?? 0
}

test('each language has a feed of all that can be bought, with what Google demands, as XML that a browser accepts', async ({
  page,
  database,
}) => {
  const sold = await database.sql(`SELECT p.id::text, p.sku FROM products p WHERE p.status = 'active' ORDER BY p.id`)
  const { productId, name } = await database.plainProduct(20)
  try {
    await database.sql(`UPDATE products SET name = $2 WHERE id = $1`, [
      productId,
      `A \u0001 <b> & "c" ]]> \uFFFF ${name}`,
    ])
    for (const locale of LOCALES) {
      const items = await readFeed(page, `/${locale}/feeds/google.xml`)
      expect(items.map((item) => ({ id: item['product-id'], sku: item['g:id'] }))).toEqual(sold)
      for (const item of items) {
        for (const element of ['title', 'description', 'g:image_link', 'g:brand', 'g:product_type'])
          expect(item[element], `${element} of ${item['g:id']}`).toBeTruthy()
        expect(item['g:image_link']).toMatch(/\/images\/products\/.*\.png$/)
        expect(item['link']).toContain(`/${locale}/products/`)
        expect(item['g:price']).toMatch(/^\d+\.\d\d EUR$/)
        expect(['in_stock', 'out_of_stock']).toContain(item['g:availability'])
        expect(item).toMatchObject({ 'g:condition': 'new', 'g:identifier_exists': 'no' })
      }
    }
    expect((await itemOf(page, productId, 'en'))?.['title']).toContain('A  <b> & "c" ]]>')
  } finally {
    await database.sql('UPDATE products SET name = $2 WHERE id = $1', [productId, name])
  }
})

test('after each of many edits the feed says what the page, its JSON-LD and the API say, and a discontinued product leaves it', async ({
  page,
  request,
  database,
}) => {
  await signIn(request)
  const product = await recommendedProduct(database)
  const { productId, slug } = product
  try {
    for (const locale of LOCALES) {
      const amount = randomInt(1_000, 90_000)
      const version = await edit(request, productId, amount)
      const [item, shown] = await Promise.all([
        itemOf(page, productId, locale),
        fetchShownPrice(request, `/${locale}/products/${slug}`, productId),
      ])
      const asked = item?.['g:sale_price'] ?? item?.['g:price']
      expect(asked).toBe(`${(amount / 100).toFixed(2)} EUR`)
      expect(item).toMatchObject({ price: String(version), 'amount-cents': String(amount) })
      expect(shown).toMatchObject({ version, jsonLdCents: amount, elements: [`${version}:${amount}`] })
    }
    // Two readers of the same part at the moment of an edit share its text only where it is new enough.
    for (let i = 0; i < 5; i++) {
      const running = itemOf(page, productId)
      const version = await edit(request, productId, randomInt(1_000, 90_000))
      expect((await itemOf(page, productId))?.['price']).toBe(String(version))
      await running
    }
    await setStatus(request, productId, 'discontinued')
    expect(await itemOf(page, productId)).toBeUndefined()
    await setStatus(request, productId, 'active')
    expect(await itemOf(page, productId)).toBeDefined()
  } finally {
    await product.restore()
  }
})

test('a copy is still current as long as nothing has changed, and no longer', async ({ request, database }) => {
  await signIn(request)
  const { productId, amountCents } = await database.plainProduct(21)
  for (const path of ['/en/feeds/google.xml', partOf(productId)]) {
    const ask = (etag: string) => request.get(path, { headers: { 'if-none-match': etag } })
    let etag = ''
    await expect
      .poll(async () => {
        const response = await ask(etag)
        etag = response.headers()['etag'] ?? ''
        return response.status()
      })
      .toBe(304)
    await edit(request, productId, randomInt(1_000, 90_000))
    const after = await ask(etag)
    expect(after.status(), path).toBe(200)
    expect(after.headers()).toMatchObject({ 'cache-control': 'no-cache' })
  }
  await edit(request, productId, amountCents)
})

test('compresses the feed as the client asks, and has none of another language or of products that do not exist', async ({
  request,
}) => {
  const packed = await request.get('/en/feeds/google.xml', { headers: { 'accept-encoding': 'gzip' } })
  expect(packed.headers()['content-encoding']).toBe('gzip')
  for (const path of [
    '/it/feeds/google.xml',
    '/it/feeds/google/1.xml',
    '/en/feeds/google/0.xml',
    '/en/feeds/google/9999.xml',
  ])
    expect((await request.get(path)).status(), path).toBe(404)
})
