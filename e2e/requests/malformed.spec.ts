/** Addresses and texts that cannot be right: 400 or 404 with the field that is wrong, never 500, and nothing is changed. */
import { signIn } from '../support/accounts.ts'
import { environment } from '../support/environment.ts'
import { raw } from '../support/rawRequest.ts'
import { expect, test } from '../support/test.ts'

const NUL = '\u0000'
const HALF = '\ud800'

const ADDRESSES = [
  '/%',
  '/%zz',
  '/%00',
  '/en/%E0%A4%A',
  '/en/%00',
  '/en/products/%00',
  '/en/products/a%00b',
  '/en/products/%C3%28',
  '/en/products/%ED%A0%80',
  '/en/products/%',
  '/en/categories/%00',
  '/en/categories/%C3%28',
  '/en/categories/furniture/%00',
  '/en/categories/furniture/%FF',
  '/en/search?q=%00',
  '/en/search?category=%00&q=chair',
  '/en/search/%00',
  '/en/cart/%00',
  '/api/%00',
  '/api/prices?ids=%00',
  '/api/prices?ids=1%00',
  '/api/prices/stream?ids=%00',
  '/api/recommendations/%00',
  '/og/products/%00/1.png',
  '/og/products/1/%00.png',
  '/images/products/%00.svg',
  '/sitemaps/%00.xml',
  '/_next/image?url=%00&w=640&q=75',
  '/_next/static/%00',
  '/_next/static/chunks/%C3%28.js',
  '/admin/%00',
  '/admin/products/%00',
  '/admin/products?q=%00',
  '/admin/audit?actor=%00',
  '/admin/sign-in?next=%00',
  '/admin/freshness/ledger?q=%00',
  '/products/%00',
  '/en#fragment',
  '*',
  'en/products',
  'http://evil-stranger.example/en',
]

for (const rsc of ['0', '1']) {
  test(`answers malformed addresses with 400 or 404, asked for with rsc: ${rsc}`, async () => {
    for (const address of ADDRESSES) {
      const { status } = await raw(address, { rsc })
      expect.soft([400, 404], `${address}: ${status}`).toContain(status)
    }
    for (const address of ['/en/products/%00', '/api/prices', '/en', '/admin'])
      expect.soft((await raw(address, {}, 'TRACE')).status, `TRACE ${address}`).toBe(405)
    expect.soft((await raw('*', {}, 'OPTIONS')).status).toBe(400)
  })
}

/** Behind `/en/search?`: nothing of it is an error of the shop. */
const ODD_SEARCHES = [
  'q=oak&q=pine&q=',
  'q[]=oak&q[a]=b',
  'q=%E0%A4%A',
  'q=%ED%A0%80oak',
  'q=%F0%9F%AA%91',
  `q=${'%CC%81'.repeat(300)}`,
  `q=${'a+'.repeat(2_000)}`,
  `q=${'%E6%A4%85'.repeat(600)}`,
  'q=%E2%80%AEoak%E2%80%AC',
  'q=%27%3B+DROP+TABLE+products%3B--',
  'q=%5C%25_%5C',
  'q=A-1%5C',
  'q=%24%7B7*7%7D+%7B%7B7*7%7D%7D',
  'q=.5+1%2F0+%C2%BD+%E2%88%9E',
  'page=-1&page=2',
  'page=999999&sort=name',
  'page=%EF%BC%92&min=%EF%BC%91%EF%BC%90',
  'min=-5&max=NaN',
  'min=1e309&max=0x10',
  'category=furniture&category=lamps',
  'category=__proto__&colour=constructor&brand=toString',
  '__proto__=1&constructor=2&hasOwnProperty=3',
  `brand=${'x'.repeat(3_000)}`,
  'brand=None&colour=invisible&sale=yes&stock=-1',
  Array.from({ length: 200 }, (_, i) => `brand=${i}`).join('&'),
  '&&&==&?q=oak',
]

test('answers every search, however odd, and its suggestions and counts, with a page or with what is wrong', async () => {
  for (const search of ODD_SEARCHES) {
    for (const path of ['/en/search', '/ja/search', '/api/search/suggest', '/api/search/facets']) {
      const { status, body } = await raw(`${path}?${search}`)
      const wrong = path.startsWith('/api') || search.length > 2_048 ? [200, 400, 404, 414] : [200]
      expect.soft(wrong, `${path}?${search.slice(0, 60)}: ${status}`).toContain(status)
      if (status === 200 && path === '/en/search') expect.soft(body.toString(), search).toContain('<h1')
    }
  }
})

test('refuses NUL and half characters in every text of the admin API, and names the field', async ({
  request,
  database,
}) => {
  await signIn(request)
  const { productId } = await database.plainProduct(3)
  const selection = { productIds: [productId] }
  const calls = (bad: string): [method: string, path: string, data: unknown, field: string][] => [
    ['POST', '/api/admin/prices', { changes: [{ productId, amountCents: 500 }], reason: bad }, 'reason'],
    ['POST', '/api/admin/prices', { changes: [{ productId, amount: bad }], reason: 'x' }, 'changes[0].amount'],
    ['POST', '/api/admin/tokens', { name: bad, role: 'viewer' }, 'name'],
    ['POST', '/api/admin/freshness/purge', { scope: { kind: 'locale', locale: bad }, reason: 'why' }, 'scope.locale'],
    ['POST', '/api/admin/freshness/purge', { scope: { kind: 'locale', locale: 'en' }, reason: bad }, 'reason'],
    ['PUT', `/api/admin/products/${productId}/status`, { status: 'active', reason: bad }, 'reason'],
    ['POST', '/api/admin/bulk-edits', { selection, rules: [], reason: bad }, 'reason'],
    ['POST', '/api/admin/bulk-edits', { selection: { search: bad }, rules: [], reason: 'why' }, 'selection.search'],
    ['POST', '/api/admin/selection/count', { search: bad }, 'search'],
  ]
  for (const bad of [`a${NUL}b`, `a${HALF}b`]) {
    for (const [method, path, data, field] of calls(bad)) {
      const response = await request.fetch(path, {
        method,
        data: JSON.stringify(data),
        headers: { 'content-type': 'application/json' },
      })
      expect.soft(response.status(), `${method} ${path} ${field}`).toBe(400)
      expect.soft(await response.json(), `${method} ${path}`).toMatchObject({ error: { field } })
    }
  }
  for (const [path, field] of [
    ['/api/admin/audit?actor=a%00b', 'actor'],
    ['/api/admin/audit?target=%00', 'target'],
    ['/api/admin/freshness/purge?correlationId=%00', 'correlationId'],
    ['/api/admin/selection/rows?search=%00', 'search'],
    ['/api/admin/prices/import?reason=%00', 'reason'],
  ] as const) {
    const response = await request.get(path)
    expect.soft(response.status(), path).toBe(400)
    expect.soft(await response.json(), path).toMatchObject({ error: { field } })
  }
})

test('refuses NUL and half characters at sign-in', async ({ playwright }) => {
  const request = await playwright.request.newContext({ baseURL: environment.BASE_URL })
  for (const bad of [`a${NUL}@b.example`, `a${HALF}@b.example`]) {
    for (const [data, field] of [
      [{ email: bad, password: 'a password that is long' }, 'email'],
      [{ email: 'a@b.example', password: `a password${bad}` }, 'password'],
    ] as const) {
      const response = await request.post('/api/auth/sign-in/email', {
        data: JSON.stringify(data),
        headers: { 'content-type': 'application/json', origin: environment.BASE_URL },
      })
      expect.soft(response.status(), `${field} ${JSON.stringify(bad)}`).toBe(400)
      expect.soft(await response.json()).toMatchObject({ error: { field } })
    }
  }
  await request.dispose()
})

test('refuses the row of a file with NUL in a cell, and says which line', async ({ request, database }) => {
  await signIn(request)
  const { sku } = await database.price(4)
  const send = (file: string) =>
    request.post('/api/admin/prices/import?reason=test', {
      data: Buffer.from(file),
      headers: { 'content-type': 'text/csv' },
    })
  for (const row of [`${sku},12${NUL}.00`, `${sku}${NUL},12.00`]) {
    const response = await send(`sku,price\n${row}\n`)
    expect.soft(response.status(), JSON.stringify(row)).toBe(422)
    expect.soft(await response.json()).toMatchObject({ errors: [{ line: 2, message: expect.stringContaining('NUL') }] })
  }
  expect((await send(`sku,pri${NUL}ce\n${sku},12.00\n`)).status()).toBe(400)
})
