import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { directRoutes } from './directRoutes.ts'

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
  expect(await answered.json()).toEqual({ url: 'http://shop.internal/api/echo?ids=1', agent: 'tab' })
  expect(answered.headers.get('x-own')).toBe('yes')
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
