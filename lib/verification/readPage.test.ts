/** The page reader, on a real server. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CORRELATION_HEADER, withCorrelation } from '#lib/platform/correlation.ts'
import { PROBE_HEADER } from '#lib/coherence/index.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { readPage } from './readPage.ts'

let server: Server
let url = ''
let asked: IncomingMessage | undefined
let reply = (response: ServerResponse): void => void response.end()

beforeAll(async () => {
  stubEnvironment({ databaseUrl: 'postgresql://127.0.0.1/none', redisUrl: 'redis://127.0.0.1:1' })
  server = createServer((request, response) => {
    asked = request
    reply(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/en/products/lamp`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

it('returns the status, the telling headers and all that the page states', async () => {
  reply = (response) =>
    response
      .writeHead(200, { 'x-cache': 'HIT l1', 'cache-tag': `price:42@7,${'x'.repeat(2_000)}`, 'set-cookie': 'secret=1' })
      .end(
        `<meta name="price-version" content="42@7 43@2"/><meta name="rendered-at" content="2026-11-21T09:00:01Z"/><b data-product-id="42" data-price-version="7" data-amount-cents="1290"></b>`,
      )
  const reading = await readPage(url, { productId: 42 })
  expect(reading).toMatchObject({
    url,
    status: 200,
    failure: undefined,
    statement: {
      versions: new Map([
        [42, 7],
        [43, 2],
      ]),
      prices: [{ productId: 42, version: 7, amountMinor: 1_290 }],
      contradictions: [],
      renderedAt: '2026-11-21T09:00:01Z',
    },
  })
  expect(Object.keys(reading.headers).toSorted()).toEqual(['cache-tag', 'date', 'x-cache'])
  expect(reading.headers['cache-tag']).toHaveLength(1_000)
})

it('reads a product feed as what it is', async () => {
  reply = (response) =>
    response
      .writeHead(200, { 'content-type': 'application/xml; charset=utf-8' })
      .end(
        '<rss><item><g:price>12.90 EUR</g:price><v:made-from product-id="42" price="7" amount-cents="1280"/></item></rss>',
      )
  expect((await readPage(url, { productId: 42 })).statement).toMatchObject({
    prices: [{ productId: 42, version: 7, amountMinor: 1_280 }],
    contradictions: [{ productId: 42 }],
  })
})

it('asks as a browser does, with the correlation id, and counts as a visit only on request', async () => {
  reply = (response) => void response.end()
  await withCorrelation('edit-1', () => readPage(url))
  expect(asked?.headers).toMatchObject({
    accept: 'text/html',
    [PROBE_HEADER]: '1',
    [CORRELATION_HEADER]: expect.stringMatching(/^edit-1\//),
  })
  await readPage(url, { countsAsVisit: true })
  expect(asked?.headers).not.toHaveProperty(PROBE_HEADER)
  await readPage(url, { onlyKept: true })
  expect(asked?.headers).toMatchObject({ 'cache-control': 'only-if-cached' })
})

it('returns a redirection as it is', async () => {
  reply = (response) => response.writeHead(308, { location: 'http://127.0.0.1:1/' }).end()
  expect(await readPage(url)).toMatchObject({ status: 308, failure: undefined })
})

it('returns a failure when the answer does not end in time, and when there is none', async () => {
  reply = (response) => void response.writeHead(200).write('<p>')
  expect(await readPage(url, { timeoutMs: 100 })).toMatchObject({ status: undefined, failure: { kind: 'timed-out' } })
  reply = (response) => void response.destroy()
  expect(await readPage(url)).toMatchObject({ status: undefined, failure: { kind: 'no-connection' } })
  expect(await readPage('http://127.0.0.1:1/')).toMatchObject({
    failure: { kind: 'no-connection', message: expect.stringMatching(/: ./) },
    statement: { prices: [] },
  })
})
