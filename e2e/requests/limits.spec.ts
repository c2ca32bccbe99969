/** Limits on one stranger: bodies, time, requests, streams. Hits of the page cache are never refused. */
import { once } from 'node:events'
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { startIsolatedShop, type IsolatedShop } from '../support/isolatedShop.ts'
import { expect, test } from '../support/test.ts'

const POINTS = 160
/** The points that may be used within ten seconds. */
const AT_ONCE = POINTS / 4
const STREAMS = 6
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

let shop: IsolatedShop
test.beforeAll(async () => {
  shop = await startIsolatedShop({ REQUESTS_PER_NETWORK: String(POINTS), STREAMS_PER_NETWORK: String(STREAMS) })
})
test.afterAll(() => shop.stop())

/** @param from the address of this machine that the connection comes from: a network of its own */
function open(
  path: string,
  from: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): ClientRequest {
  return request(shop.url + path, { localAddress: from, agent: false, headers, method })
}

async function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  const [answer] = await once(sent, 'response')
  return answer
}

async function ask(path: string, from: string): Promise<IncomingMessage> {
  const sent = open(path, from)
  sent.end()
  const answer = await answerTo(sent)
  answer.resume()
  return answer
}

async function textOf(answer: IncomingMessage): Promise<string> {
  return (await answer.setEncoding('utf8').toArray()).join('')
}

test('answers 413 to a body that is too large, whether it says so or not', async () => {
  const path = '/api/auth/sign-in/email'
  const json = { 'content-type': 'application/json' }
  const said = open(path, '127.0.1.1', { ...json, 'content-length': String(40 * 1024 * 1024) }, 'POST')
  said.flushHeaders()
  const answer = await answerTo(said)
  expect(answer.statusCode).toBe(413)
  expect(await textOf(answer)).toContain('larger than 262144 bytes')
  said.destroy()

  const chunked = open(path, '127.0.1.1', json, 'POST')
  const refused = answerTo(chunked)
  const part = Buffer.alloc(64 * 1024, ' ')
  for (let i = 0; i < 16; i++) chunked.write(part)
  expect((await refused).statusCode).toBe(413)
  chunked.destroy()
})

test('answers 408 to a head and to a body that drip', async () => {
  const { hostname, port } = new URL(shop.url)
  const head = connect(Number(port), hostname)
  head.write('GET /en HTTP/1.1\r\nHost: shop\r\n')
  const body = open('/api/cart', '127.0.1.2', { ...FORM, 'content-length': '100' }, 'POST')
  body.on('error', () => undefined) // the connection is closed, which is what is asked for
  body.write('a')
  const slow = answerTo(body)
  const [toHead] = await once(head, 'data')
  expect(String(toHead)).toContain('408')
  expect((await slow).statusCode).toBe(408)
})

test('answers 429 with Retry-After beyond what a network may ask at once, and serves it pages, and other networks all', async () => {
  const suggest = '/api/search/suggest?q=oak&locale=en'
  const hit = await ask('/en', '127.0.1.3')
  expect(hit.statusCode).toBe(200)
  const answers = await Promise.all(Array.from({ length: AT_ONCE + 10 }, () => ask(suggest, '127.0.1.3')))
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(AT_ONCE)
  const refused = answers.filter(({ statusCode }) => statusCode === 429)
  expect(refused).toHaveLength(10)
  for (const { headers } of refused) {
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(10)
  }
  expect((await ask('/en', '127.0.1.3')).statusCode).toBe(200)
  expect((await ask(suggest, '127.0.1.4')).statusCode).toBe(200)
  for (let i = 0; i < AT_ONCE / 10; i++) await ask(`/og/products/1/${i + 1}.png`, '127.0.1.5')
  expect((await ask(suggest, '127.0.1.5')).statusCode, 'a picture costs more').toBe(429)
})

test('counts a request with a body before the body is there: 429 to one that drips', async () => {
  await Promise.all(Array.from({ length: AT_ONCE }, () => ask('/api/search/suggest?q=oak&locale=en', '127.0.1.7')))
  const dripped = open('/api/cart', '127.0.1.7', { ...FORM, 'content-length': '100' }, 'POST')
  dripped.write('a')
  expect((await answerTo(dripped)).statusCode).toBe(429)
  dripped.destroy()
})

test('keeps so many streams of a network open and no more, until one ends', async () => {
  const streams = await Promise.all(
    Array.from({ length: STREAMS }, async () => {
      const sent = open('/api/prices/stream?ids=1', '127.0.1.6')
      sent.end()
      return { sent, answer: await answerTo(sent) }
    }),
  )
  expect(streams.map(({ answer }) => answer.statusCode)).toEqual(streams.map(() => 200))
  const more = await ask('/api/prices/stream?ids=1', '127.0.1.6')
  expect([more.statusCode, more.headers['retry-after']]).toEqual([429, '30'])
  for (const { sent } of streams) sent.destroy()
})
