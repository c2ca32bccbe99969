/** A social network reads a shared product at the moment after its price changed. */
import type { APIRequestContext } from '@playwright/test'
import { PNG } from 'pngjs'
import { signIn } from '../support/accounts.ts'
import { anySize } from '../support/confirmations.ts'
import { difference } from '../support/pictures.ts'
import { expect, test } from '../support/test.ts'
import { LOCALES } from '#lib/platform/locales.ts'

const CRAWLER = { 'user-agent': 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)' }

/** The OpenGraph tags of a page, as a crawler reads them: in what the server sent, without a script. */
async function crawl(request: APIRequestContext, path: string): Promise<Map<string, string>> {
  const html = await (await request.get(path, { headers: CRAWLER })).text()
  return new Map(
    [...html.matchAll(/<meta (?:property|name)="((?:og|product|twitter):[^"]*)" content="([^"]*)"/g)].map(
      ([, name = '', content = '']) => [name, content],
    ),
  )
}

async function picture(request: APIRequestContext, url: string) {
  const response = await request.get(new URL(url).pathname, { headers: CRAWLER })
  expect(response.status(), url).toBe(200)
  expect(response.headers()).toMatchObject({
    'content-type': 'image/png',
    'cache-control': 'public, max-age=31536000, immutable',
  })
  return PNG.sync.read(await response.body())
}

async function setPrice(request: APIRequestContext, productId: number, amountCents: number): Promise<void> {
  const response = await request.post('/api/admin/prices', {
    data: { changes: [{ productId, amountCents }], reason: 'Shared links', confirmations: anySize() },
  })
  expect(await response.json()).toMatchObject({ state: 'live' })
}

test('a crawler that comes after an edit finds the new price, and a picture that shows it', async ({
  request,
  database,
}) => {
  await signIn(request)
  const { productId, slug } = await database.plainProduct(40)
  const path = `/en/products/${slug}`
  const shots = []
  for (const amountCents of [12_345, 67_890, 12_345]) {
    await setPrice(request, productId, amountCents)
    const tags = await crawl(request, path)
    const { version } = await database.price(productId)
    expect(tags.get('og:price:amount')).toBe((amountCents / 100).toFixed(2))
    expect(tags.get('product:price:amount')).toBe((amountCents / 100).toFixed(2))
    expect(tags.get('og:image')).toMatch(new RegExp(`^https?://[^/]+/og/products/${productId}/${version}\\.png$`))
    expect(tags.get('twitter:image')).toBe(tags.get('og:image'))
    expect(tags.get('twitter:card')).toBe('summary_large_image')
    shots.push(await picture(request, tags.get('og:image') ?? ''))
  }
  const [first, second, third] = shots
  if (!first || !second || !third) throw new Error('three pictures')
  expect([first.width, first.height]).toEqual([1200, 630])
  // The price is a small part of the picture, and the only part that changed.
  expect(difference(first, second)).toBeGreaterThan(0.001)
  expect(difference(first, second)).toBeLessThan(0.1)
  expect(difference(first, third)).toBe(0)
})

test('the address of a version shows that version for good, and one that was never committed shows nothing that could be kept', async ({
  request,
  database,
}) => {
  await signIn(request)
  const { productId, version } = await database.plainProduct(41)
  const address = (of: number | string) => `/og/products/${productId}/${of}.png`
  const before = await (await request.get(address(version))).body()
  await setPrice(request, productId, (await database.price(productId)).amountCents + 1_000)
  expect((await (await request.get(address(version))).body()).equals(before)).toBe(true)
  for (const wrong of [version + 2, 0, '01', '1e3', `${version}.png`]) {
    const response = await request.get(address(wrong))
    expect(response.status(), String(wrong)).toBe(404)
    expect(response.headers()['cache-control']).toContain('no-store')
  }
})

test('shows the preview of a link in the language of its page: words, country and picture, without a price on a list', async ({
  request,
  database,
}) => {
  const { slug } = await database.plainProduct(42)
  const seen = new Map<string, Set<string>>()
  for (const locale of LOCALES) {
    const html = await (await request.get(`/${locale}/categories/furniture`, { headers: CRAWLER })).text()
    const heading = /<h1[^>]*>([^<]+)</.exec(html)?.[1]
    for (const path of ['', '/categories/furniture', `/products/${slug}`]) {
      const tags = await crawl(request, `/${locale}${path}`)
      expect(tags.get('og:locale'), path).toMatch(new RegExp(`^${locale}_[A-Z]{2}$`))
      expect(tags.get('twitter:card'), path).toBe('summary_large_image')
      if (path === '/categories/furniture') expect(tags.get('og:title')).toBe(heading)
      const url = tags.get('og:image') ?? ''
      expect(url).toMatch(locale === 'en' ? /\/\d+\.png$/ : new RegExp(`/\\d+\\.${locale}\\.png$`))
      for (const part of ['og:title', 'og:description', 'og:image']) {
        const name = `${part} of ${path}`
        seen.set(name, (seen.get(name) ?? new Set()).add(tags.get(part) ?? ''))
      }
    }
  }
  for (const [name, texts] of seen) expect(texts.size, name).toBe(LOCALES.length)

  const [english, japanese] = await Promise.all(
    ['en', 'ja'].map(async (locale) => {
      const tags = await crawl(request, `/${locale}/categories/furniture`)
      expect([...tags].filter(([name]) => name.includes('price'))).toEqual([])
      return picture(request, tags.get('og:image') ?? '')
    }),
  )
  if (!english || !japanese) throw new Error('two pictures')
  expect([english.width, english.height]).toEqual([1200, 630])
  expect(difference(english, japanese)).toBeGreaterThan(0.001)
})

test('an address of a list of another version leads to the current one, and of no list to nothing', async ({
  request,
}) => {
  const now = new URL((await crawl(request, '/de/categories/furniture')).get('og:image') ?? '').pathname
  const other = now.replace(/\d+(?=\.de\.png)/, (version) => String(Number(version) + 7))
  const led = await request.get(other, { maxRedirects: 0 })
  expect([led.status(), led.headers()['location'], led.headers()['cache-control']]).toEqual([307, now, 'no-store'])
  for (const wrong of [
    '/og/lists/furniture/0.png',
    now.replace('.de.', '.xx.'),
    now.replace('.de.', '.en.'),
    '/og/lists/nothing/1.png',
  ])
    expect((await request.get(wrong)).status(), wrong).toBe(404)
})
