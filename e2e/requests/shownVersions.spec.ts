/** What no cache keeps names the versions that it shows all the same: an edge that passes it on shows nothing older afterwards. */
import { readFeed, readPage, readPrices, type Reading } from '../coherence/readings.ts'
import { expect, test } from '../support/test.ts'

const named = ({ shown }: Reading) => shown.map(({ productId, version }) => `price:${productId}@${version}`)

test('a search, a cart, a part of the feed and the API name the versions of their prices in Cache-Tag', async ({
  request,
  database,
}) => {
  const { productId, version, name } = await database.plainProduct(21)
  const added = await request.post('/api/cart', {
    headers: { accept: 'application/json' },
    form: { do: 'add', product: productId, version },
  })
  expect(added.status()).toBe(200)
  const search = `/en/search?q=${encodeURIComponent(name)}`
  const asked: [address: string, read: (body: string) => Reading, headers?: Record<string, string>][] = [
    [search, (body) => readPage(body, undefined)],
    [search, (body) => readPage(body, undefined), { rsc: '1' }],
    ['/en/cart', (body) => readPage(body, undefined)],
    ['/en/cart', (body) => readPage(body, undefined), { rsc: '1' }],
    [`/en/feeds/google/${Math.ceil(productId / 200)}.xml`, (body) => readFeed(body, productId)],
    [`/api/prices?ids=${productId}`, (body) => readPrices(body, [productId])],
  ]
  for (const [address, read, headers = {}] of asked) {
    const response = await request.get(address, { headers })
    const what = `${address} ${headers['rsc'] ? 'for the router' : ''}`
    expect(response.status(), what).toBe(200)
    const shown = named(read(await response.text()))
    expect.soft(shown, what).toContain(`price:${productId}@${version}`)
    expect.soft((response.headers()['cache-tag'] ?? '').split(','), what).toEqual(expect.arrayContaining(shown))
  }
})
