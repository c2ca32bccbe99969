/** The Worker's cache on workerd, in front of a scripted shop: its contents, keys, readers and lifetimes. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { CONTROL } from '#lib/cdn/control.ts'
import { sign, SIGNATURE_HEADER } from '#lib/cdn/signature.ts'
import { page, SECRET, workerFixture, type Answer, type WorkerFixture } from './testing/scriptedShop.ts'

let fixture: WorkerFixture
let id = 100
let path = ''
let tags = ''

beforeAll(async () => {
  fixture = await workerFixture({ listTtlS: 1 })
}, 60_000)
afterAll(() => fixture.stop())
beforeEach(() => {
  id++
  path = `/en/products/mug-${id}`
  tags = `price:${id}@1`
  fixture.script = () => page(tags)
  fixture.questions.length = 0
})

const kept = (at = path, init?: RequestInit) =>
  expect.poll(async () => (await fixture.get(at, init)).cache, { timeout: 15_000 }).toBe('HIT edge')

it('keeps a page once for all queries, and each language apart', async () => {
  await fixture.get(`${path}?utm_source=a`)
  await kept(`${path}?utm_source=b&_rsc=x`)
  expect(fixture.questions.map(({ url }) => url)).toEqual([path])
  fixture.script = (request) => page(tags, String(request.url))
  for (const locale of ['de', 'fr', 'es', 'pt', 'ja', 'ko']) {
    const at = path.replace('/en/', `/${locale}/`)
    expect((await fixture.get(at)).body).toBe(at)
    await kept(at)
    expect((await fixture.get(at)).body).toBe(at)
  }
})

it('keeps payloads of the router apart from the page, and by each header that selects them', async () => {
  fixture.script = ({ headers }) =>
    headers.rsc
      ? {
          headers: { ...page(tags).headers, 'content-type': 'text/x-component' },
          body: `flight ${headers['next-router-prefetch']} ${headers['next-url']}`,
        }
      : page(tags)
  await fixture.get(path)
  for (const [prefetch, nextUrl] of [
    ['', ''],
    ['1', ''],
    ['2', ''],
    ['', '/en'],
  ] as const) {
    const headers = { rsc: '1', 'next-router-prefetch': prefetch, 'next-url': nextUrl }
    const { body, cache } = await fixture.get(`${path}?_rsc=abc`, { headers })
    expect([cache, body]).toEqual(['MISS edge', `flight ${prefetch} ${nextUrl}`])
    await kept(`${path}?_rsc=abc`, { headers })
  }
  expect((await fixture.get(path)).headers.get('content-type')).toContain('text/html')
  // A payload that came where a page was asked for is not kept.
  fixture.script = () => ({ headers: { ...page(tags).headers, 'content-type': 'text/x-component' } })
  await fixture.get(`${path}-2`)
  expect((await fixture.get(`${path}-2`)).cache).toBe('MISS edge')
})

const NEVER: readonly [string, Answer][] = [
  ['a page that is gone', { ...page('price:1@1'), status: 410 }],
  ['a page that is not there', { ...page('price:1@1'), status: 404 }],
  ['a redirect', { ...page('price:1@1'), status: 308 }],
  ['a failure', { ...page('price:1@1'), status: 500 }],
  [
    'an answer that sets a cookie',
    { ...page('price:1@1'), headers: { ...page('price:1@1').headers, 'set-cookie': 'a=b' } },
  ],
  [
    'an answer for one',
    { ...page('price:1@1'), headers: { ...page('price:1@1').headers, 'cache-control': 'Private, max-age=60' } },
  ],
  [
    'an answer that names no version',
    { headers: { 'content-type': 'text/html', 'cache-control': 'public, max-age=60' } },
  ],
]
it.each(NEVER)('%s is not kept, though it be asked for often', async (_what, answer) => {
  fixture.script = () => answer
  for (let i = 0; i < 3; i++) expect((await fixture.get(path)).cache).toBe('MISS edge')
  expect(fixture.questions).toHaveLength(3)
})

it('a session, a draft, a range, an authorization or a server action is passed on, and finds nothing kept', async () => {
  await fixture.get(path)
  await kept()
  fixture.questions.length = 0
  const asOne: Record<string, string>[] = [
    { cookie: 'theme=dark; evergreen.session_token=x' },
    { cookie: '__Secure-evergreen.session_token=x' },
    { cookie: '__prerender_bypass=x' },
    { authorization: 'Bearer x' },
    { range: 'bytes=0-1' },
    { 'next-action': 'x' },
  ]
  for (const headers of asOne) expect((await fixture.get(path, { headers })).cache).toBe('PASS edge')
  expect(fixture.questions).toHaveLength(asOne.length)
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    expect((await fixture.get(path, { method })).cache).toBe('PASS edge')
})

it('HEAD is answered from what is kept, and keeps nothing itself', async () => {
  for (let i = 0; i < 2; i++)
    expect(await fixture.get(path, { method: 'HEAD' })).toMatchObject({ status: 200, cache: 'MISS edge', body: '' })
  await fixture.get(path)
  await kept(path, { method: 'HEAD' })
})

it('asks no cache between the Worker and the shop, and passes on nothing of a visitor', async () => {
  const headers = {
    'x-forwarded-host': 'evil.example',
    'x-original-url': '/evil',
    'x-internal-secret': 'guess',
    'user-agent': 'evil',
    'accept-language': 'ja',
    cookie: 'theme=evil',
  }
  await fixture.get(path, { headers })
  await fixture.get('/images/products/a.svg', { headers })
  await fixture.get('/en/cart', { headers })
  const [asPage, asAsset, passed] = fixture.questions
  for (const question of fixture.questions) {
    expect(question.headers['cache-control']).toBe('no-cache')
    expect(question.headers['x-forwarded-host']).toBe('shop.example')
    expect(question.headers['x-edge-proof'], 'the shop answers its edge only').toMatch(/^[\da-f]{64}$/)
    expect(JSON.stringify(question.headers)).not.toMatch(/guess|evil\.example|\/evil/)
  }
  for (const question of [asPage, asAsset]) expect(JSON.stringify(question?.headers)).not.toMatch(/evil|ja"/)
  expect(passed?.headers.cookie).toBe('theme=evil')
})

it('while the shop is away a list without prices outlives its time, a list with prices does not', async () => {
  const [empty, full] = ['/en/categories/empty', '/en/categories/full']
  fixture.script = ({ url }) => page(url === full ? `category:1@1,${tags}` : 'category:2@1')
  for (const at of [empty, full]) {
    await fixture.get(at)
    await kept(at)
  }
  fixture.script = () => undefined
  await expect.poll(async () => (await fixture.get(empty)).cache, { timeout: 15_000 }).toBe('STALE edge')
  await expect.poll(async () => (await fixture.get(full)).status, { timeout: 15_000 }).toBe(503)
  fixture.script = () => ({ status: 500, body: 'broken' })
  expect(await fixture.get(empty)).toMatchObject({ status: 200, cache: 'STALE edge' })
  expect((await fixture.get(full)).status).toBe(500)
  // An outdated version is not shown for want of a newer one.
  await fixture.edge.publish([{ kind: 'category', id: 2, version: 2 }])
  expect((await fixture.get(empty)).status).toBe(500)
})

it('asks the shop side by side for all visitors while a bulk edit is under way, and keeps none of the answers', async () => {
  let go = () => {}
  const rendered = new Promise<void>((resolve) => (go = resolve))
  await fixture.get(path)
  await kept()
  fixture.questions.length = 0
  fixture.script = () => rendered.then(() => page(tags))
  await fixture.edge.publish(
    Array.from({ length: 1_000 }, (_, i) => ({ kind: 'price' as const, id: i + 5_000, version: 2 })),
  )
  const visits = Array.from({ length: 6 }, () => fixture.get(path))
  await expect.poll(() => fixture.questions.length).toBe(6)
  go()
  for (const visit of visits) expect((await visit).cache).toBe('MISS edge')
  expect((await fixture.get(path)).cache).toBe('MISS edge')
  await kept()
})

it('raises its index to what it shows while an older page is kept, and writes nothing once all pages were dropped', async () => {
  /** @returns what the index has: to publish version 1 raises nothing that is there */
  const indexed = async () => {
    const body = JSON.stringify({ versions: [[`price:${id}`, 1]] })
    const signature = await sign({ method: 'POST', path: CONTROL.publish, body }, SECRET)
    const answer = await fetch(fixture.url + CONTROL.publish, {
      method: 'POST',
      body,
      headers: { [SIGNATURE_HEADER]: signature },
    })
    return answer.json()
  }
  await fixture.get(path)
  await kept()
  await fixture.edge.purge(Array.from({ length: 1_000 }, (_, i) => `price:${i + 5_000}`))
  fixture.script = () => page(`price:${id}@2`)
  await fixture.get(path)
  await kept()
  expect(await indexed()).toMatchObject({ versions: [[`price:${id}`, 1]] })
  id++
  fixture.script = () => page(`price:${id}@1`)
  await fixture.get(`${path}-a`)
  await kept(`${path}-a`)
  fixture.script = () => page(`price:${id}@2`)
  await fixture.get(`${path}-b`)
  expect(await indexed()).toMatchObject({ versions: [[`price:${id}`, 2]] })
})

it('a picture that names a product is kept until the product has another version', async () => {
  const picture = '/og/products/7/3.png'
  fixture.script = () => ({
    headers: {
      'content-type': 'image/png',
      'cache-control': 'public, max-age=31536000, immutable',
      'cache-tag': 'product:7,product:7@2',
    },
    body: 'a',
  })
  await fixture.get(picture)
  await kept(picture)
  await fixture.edge.publish([{ kind: 'product', id: 7, version: 3 }])
  expect((await fixture.get(picture)).cache).toBe('MISS edge')
})
