/** The headers of every answer: pages, routes, files, refusals. */
import { securityHeaders } from '#lib/platform/http/securityHeaders.ts'
import { signIn } from '../support/accounts.ts'
import { environment } from '../support/environment.ts'
import { featuredProduct, pagesOf } from '../support/pagesOf.ts'
import { raw, type RawAnswer } from '../support/rawRequest.ts'
import { expect, test } from '../support/test.ts'

const POLICY = 'content-security-policy'
/** Documents have more headers: see `policy.spec.ts`. */
const HEADERS = Object.entries(securityHeaders('/', environment.BASE_URL)).map(([name, value]): [string, string] => [
  name.toLowerCase(),
  value,
])

function expectHeaders({ headers }: RawAnswer, what: string): void {
  for (const [name, value] of HEADERS) {
    if (name === POLICY) expect.soft(headers.get(name), what).toContain("frame-ancestors 'none'")
    else if (name !== 'cross-origin-resource-policy') expect.soft(headers.get(name), `${name} of ${what}`).toBe(value)
  }
  const isPicture = /^GET \/(?:og|images)\//.test(what)
  expect.soft(headers.get('cross-origin-resource-policy'), what).toBe(isPicture ? 'cross-origin' : 'same-origin')
}

test('every answer carries the policy: pages, their 304, files, streams, redirects, refusals', async ({
  request,
  database,
}) => {
  const {
    products: [product = ''],
    home,
  } = await pagesOf(database, await featuredProduct(database, 5))
  const html = (await raw(product)).body.toString()
  const script = /\/_next\/static\/[^"]+\.js/.exec(html)?.[0] ?? ''
  const picture = /\/images\/products\/[^"]+\.svg/.exec(html)?.[0] ?? ''
  const og = new URL(/property="og:image" content="([^"]+)"/.exec(html)?.[1] ?? 'http://none/').pathname
  const cookie = await signInCookie(request)
  const asked: [address: string, status: number, headers?: Record<string, string>, method?: string][] = [
    [home, 200],
    [product, 200],
    [`${product}?_rsc=wrong`, 307, { rsc: '1' }],
    ['/en/products/no-such-product', 404],
    ['/en/search?q=chair', 200],
    ['/en/cart', 200],
    ['/en/checkout', 200],
    ['/en/orders', 200],
    ['/', 307],
    ['/%', 400],
    [home, 405, {}, 'TRACE'],
    [home, 405, {}, 'PUT'],
    ['/admin/sign-in', 200],
    ['/admin/products', 200, { cookie }],
    ['/admin/queues', 200, { cookie }],
    ['/admin/queues', 401],
    ['/api/admin/tokens', 401],
    ['/api/admin/openapi.json', 200],
    ['/api/auth/get-session', 200],
    ['/api/cart', 200],
    ['/api/health', 200],
    ['/api/metrics', 403],
    ['/api/internal/warm', 403, {}, 'POST'],
    ['/api/prices?ids=1', 200],
    ['/robots.txt', 200],
    ['/sitemap.xml', 200],
    ['/icon.svg', 200],
    [script, 200],
    ['/_next/static/none.js', 404],
    [picture, 200],
    [og, 200],
  ]
  for (const [address, status, headers, method = 'GET'] of asked) {
    const answer = await raw(address, headers, method)
    expect.soft(answer.status, `${method} ${address}`).toBe(status)
    expectHeaders(answer, `${method} ${address}`)
  }
  const { headers } = await raw(product)
  const again = await raw(product, { 'if-none-match': headers.get('etag') ?? '' })
  expect(again.status).toBe(304)
  expectHeaders(again, '304')
  expect(again.headers.get(POLICY)).toBe(headers.get(POLICY))
})

async function signInCookie(request: Parameters<typeof signIn>[0]): Promise<string> {
  await signIn(request)
  const { cookies } = await request.storageState()
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
}

test('a method that an address does not know is 405, which names those that it knows', async () => {
  for (const [method, address, allow] of [
    ['POST', '/en', 'GET, HEAD'],
    ['DELETE', '/en/search', 'GET, HEAD'],
    ['POST', '/en/search', 'GET, HEAD'],
    ['POST', '/en/cart', 'GET, HEAD'],
    ['PUT', '/en/checkout', 'GET, HEAD, POST'],
    ['PATCH', '/admin/tokens', 'GET, HEAD, POST'],
    ['PUT', '/admin/sign-in', 'GET, HEAD, POST'],
    ['POST', '/products/lamp', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
    ['OPTIONS', '/en', 'GET, HEAD'],
    ['GET', '/api/internal/revalidate', 'POST'],
    ['GET', '/api/internal/warm', 'POST'],
    ['DELETE', '/api/prices', 'GET, HEAD'],
    ['POST', '/api/health', 'GET, HEAD'],
    ['PUT', '/api/admin/tokens', 'GET, HEAD, POST'],
    ['POST', '/robots.txt', 'GET, HEAD'],
    ['POST', '/og/products/1/1.png', 'GET, HEAD'],
    ['POST', '/_next/static/none.js', 'GET, HEAD'],
    ['DELETE', '/admin/queues/api/queues', 'GET, HEAD, PUT'],
  ] as const) {
    const answer = await raw(address, {}, method)
    expect.soft(answer.status, `${method} ${address}`).toBe(405)
    expect
      .soft(answer.headers.get('allow')?.split(', ').toSorted(), `${method} ${address}`)
      .toEqual(allow.split(', ').toSorted())
  }
})
