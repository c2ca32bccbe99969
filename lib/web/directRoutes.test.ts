import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { answer as answerBy, directRoutes } from './directRoutes.ts'

let url: string
let left = 0
const failures: unknown[] = []
const answer = directRoutes({
  '/api/echo': async (request) =>
    Response.json({ url: request.url, agent: request.headers.get('x-agent') }, { headers: { 'x-own': 'yes' } }),
  '/api/broken': async () => {
    throw new Error('the store is away')
  },
  '/api/stream': async (request) => {
    request.signal.addEventListener('abort', () => left++)
    const body = new ReadableStream<Uint8Array>({ start: (to) => to.enqueue(new TextEncoder().encode('first')) })
    return new Response(body)
  },
})
const server = createServer((request, response) => {
  void answer(request, response).then(
    (isAnswered) => isAnswered || response.writeHead(404).end(),
    (error: unknown) => {
      failures.push(error)
      response.writeHead(503).end()
    },
  )
})
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(() => void server.close())

test('answers GET at its addresses, with what the handler says, and nothing else', async () => {
  const answered = await fetch(`${url}/api/echo?ids=1`, { headers: { 'x-agent': 'tab' } })
  const said = await answered.text()
  expect(JSON.parse(said)).toEqual({ url: 'http://shop.internal/api/echo?ids=1', agent: 'tab' })
  expect(answered.headers.get('x-own')).toBe('yes')
  expect(answered.headers.get('content-length')).toBe(String(said.length))
  for (const [path, method] of [
    ['/api/echo', 'POST'],
    ['/api/echo/1', 'GET'],
  ] as const)
    expect([path, (await fetch(url + path, { method })).status]).toEqual([path, 404])
})

test('hands on what a handler throws', async () => {
  expect((await fetch(`${url}/api/broken`)).status).toBe(503)
  expect(failures).toEqual([new Error('the store is away')])
})

test('closes a stream whose reader has left, which is no failure', async () => {
  const reader = new AbortController()
  const { body } = await fetch(`${url}/api/stream`, { signal: reader.signal })
  const { value } = (await body?.getReader().read()) ?? {}
  expect(new TextDecoder().decode(value)).toBe('first')
  reader.abort()
  await vi.waitUntil(() => left === 1, { timeout: 5_000 })
  expect(failures).toHaveLength(1)
})

test('hands on a body as it is read, and drops what is not read: the connection is used again', async () => {
  let connections = 0
  const taking = createServer((request, response) => {
    const handler = async (asked: Request) =>
      request.url === '/refused' ? new Response('no', { status: 403 }) : new Response(`${(await asked.text()).length}`)
    void answerBy(handler, request, response)
  }).on('connection', () => connections++)
  await once(taking.listen(0, '127.0.0.1'), 'listening')
  const address = taking.address()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send = async (path: string, bytes: number): Promise<string> => {
    const port = typeof address === 'object' ? address?.port : 0
    const asked = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', agent })
    const answered: Promise<IncomingMessage[]> = once(asked, 'response')
    asked.end(Buffer.alloc(bytes, 'a'))
    const [response] = await answered
    return response ? text(response) : ''
  }
  expect([await send('/refused', 3_000_000), await send('/', 3_000_000), await send('/', 0)]).toEqual([
    'no',
    '3000000',
    '0',
  ])
  expect(connections).toBe(1)
  agent.destroy()
  taking.close()
})
