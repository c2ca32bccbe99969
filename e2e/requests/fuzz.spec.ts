/** Requests by chance: addresses, methods, headers, and what the document of the admin API describes. None breaks the shop. */
import { request } from 'node:http'
import fc from 'fast-check'
import { signIn } from '../support/accounts.ts'
import { environment } from '../support/environment.ts'
import { expect, test } from '../support/test.ts'

/** Milliseconds: an answer that takes longer counts as none. */
const WITHIN_MS = 15_000
const RUNS = 150
const STACK = /\bat (?:async )?[\w.<>]+ \((?:file:|node:|\/)|node_modules/

interface Sent {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** @throws when the shop closes the connection or is silent */
function send({ method, target, headers, body }: Sent): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(environment.BASE_URL)
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, method, path: target, headers, agent: false, signal: AbortSignal.timeout(WITHIN_MS) },
      (response) => {
        let text = ''
        const end = () => resolve({ status: response.statusCode ?? 0, text })
        response
          .setEncoding('utf8')
          .on('data', (chunk: string) => (text += chunk))
          .on('end', end)
          .on('error', reject)
        if (response.headers['content-type']?.startsWith('text/event-stream') === true) {
          end()
          response.destroy()
        }
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

async function expectWhole(sent: Sent): Promise<void> {
  const { status, text } = await send(sent)
  const what = JSON.stringify(sent)
  expect(status, what).not.toBe(500)
  expect(status, what).toBeLessThan(504)
  expect(STACK.test(text), `${what}: ${text.slice(0, 200)}`).toBe(false)
}

const PLACES = [
  'en',
  'xx',
  'products',
  'categories',
  'search',
  'cart',
  'checkout',
  'orders',
  'admin',
  'api',
  'prices',
  'stream',
  'og',
  'images',
  '_next',
  'static',
  'sitemaps',
  'queues',
  '..',
  '.',
  '',
]
const nasty = fc.oneof(
  fc.constantFrom(
    '%00',
    '%ff',
    '%',
    '%2e%2e',
    '%2f',
    '%5c',
    '%E2%80%AE',
    '\u00e9',
    '[',
    '{x}',
    "'",
    '__proto__',
    '-1',
    '9'.repeat(30),
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 12 }).map((text) => text.replaceAll(/[^\u0021-\u007e]|#/g, '_')),
)
const target = fc
  .tuple(
    fc.array(fc.oneof(fc.constantFrom(...PLACES), nasty), { maxLength: 5 }),
    fc.array(fc.tuple(fc.constantFrom('q', 'ids', 'page', '_rsc', 'locale', 'min', 'sort', 'next'), nasty), {
      maxLength: 3,
    }),
  )
  .map(
    ([parts, query]) =>
      `/${parts.join('/')}${query.length > 0 ? '?' : ''}${query.map(([name, value]) => `${name}=${value}`).join('&')}`,
  )
  // Node refuses to send what is not Latin 1 or has a space.
  .filter((text) => !/[^\u0021-\u00ff]/.test(text))
const method = fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND')
const headers = fc.dictionary(
  fc.constantFrom(
    'rsc',
    'next-action',
    'next-router-prefetch',
    'next-router-state-tree',
    'accept',
    'accept-encoding',
    'accept-language',
    'cookie',
    'origin',
    'if-none-match',
    'range',
    'x-forwarded-for',
    'x-correlation-id',
    'x-evergreen-render',
    'content-type',
    'authorization',
  ),
  fc.oneof(
    fc.constantFrom(
      '1',
      '*',
      'null',
      '[]',
      '%5B',
      'a=b; evergreen.session_token=x',
      'Bearer x',
      'multipart/form-data; boundary=x',
      'application/json',
      '40'.repeat(21),
    ),
    fc.string({ unit: 'binary-ascii', maxLength: 40 }).map((text) => text.replaceAll(/[^\u0020-\u007e]/g, '_')),
  ),
  { maxKeys: 5 },
)
const body = fc.option(fc.oneof(fc.constantFrom('{}', '[]', '--x', '["$K1"]', '\0', '{"a":'), fc.json()), {
  nil: undefined,
})

test('answers no random request with an error of the shop or a stack, and answers each', async () => {
  test.slow()
  await fc.assert(
    fc.asyncProperty(method, target, headers, body, async (verb, address, given, text) => {
      const content = text !== undefined && verb !== 'GET' && verb !== 'HEAD' && verb !== 'TRACE' ? { body: text } : {}
      await expectWhole({ method: verb, target: address, headers: given, ...content })
    }),
    { numRuns: RUNS },
  )
})

/** The parts of OpenAPI that a request is made of. */
interface Described {
  readonly [path: string]: Readonly<
    Record<string, { readonly parameters?: readonly { readonly name: string; readonly in: string }[] }>
  >
}

test('no operation of the admin API breaks on input that its document does not describe', async ({
  request: admin,
}) => {
  test.slow()
  await signIn(admin)
  const { cookies } = await admin.storageState()
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const { paths }: { paths: Described } = await (await admin.get('/api/admin/openapi.json')).json()
  const operations = Object.entries(paths).flatMap(([address, methods]) =>
    Object.entries(methods).map(([verb, { parameters = [] }]) => ({ address, verb: verb.toUpperCase(), parameters })),
  )
  expect(operations.length).toBeGreaterThan(30)
  const value = fc.oneof(
    fc.constantFrom(
      '0',
      '-1',
      '1e99',
      'NaN',
      'null',
      '',
      '%E2%80%AE',
      '%f0%9f%92%a9',
      "'%20OR%201=1",
      '9007199254740993',
      '2026-02-30T00:00:00Z',
    ),
    fc.uuid(),
    fc.string({ maxLength: 20 }).map((text) => encodeURIComponent(text.toWellFormed())),
  )
  const sent = fc.oneof(
    fc.json(),
    fc.constantFrom('', '[', '{"changes":[{}]}', '{"changes":[{"productId":1e40}]}', '{"reason":null}'),
  )
  for (const { address, verb, parameters } of operations) {
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 12, maxLength: 12 }), sent, async (values, text) => {
        const next = () => values.pop() ?? ''
        const filled = address.replaceAll(/\{\w+\}/g, () => next() || '0')
        const query = parameters
          .filter((one) => one.in === 'query')
          .slice(0, 6)
          .map(({ name }) => `${name}=${next()}`)
        await expectWhole({
          method: verb,
          target: `${filled}?${query.join('&')}`,
          headers: { cookie, origin: environment.BASE_URL, 'content-type': 'application/json' },
          ...(verb !== 'GET' && { body: text }),
        })
      }),
      { numRuns: 8 },
    )
  }
})
