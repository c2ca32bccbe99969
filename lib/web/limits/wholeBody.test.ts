import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { wholeBody } from './wholeBody.ts'

let port: number
let left = 0
const server = createServer((asked, answer) => {
  const read = async () => {
    const body = await wholeBody(asked, answer)
    if (body) answer.end(`${body.byteLength}, then ${(await text(asked)).length}`)
    else left++
  }
  void read()
})
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  port = typeof address === 'object' ? (address?.port ?? 0) : 0
})
afterAll(() => void server.close())

const post = () => request({ port, host: '127.0.0.1', method: 'POST' })

test('goes on when the body is there, which the next reader has whole', async () => {
  const sent = post()
  const answered = once(sent, 'response')
  sent.write('x'.repeat(100_000))
  sent.end('y'.repeat(100_000))
  const [answer] = await answered
  expect(await text(answer)).toBe('200000, then 200000')
})

test('does nothing for a request that ends before its body does', async () => {
  const sent = post()
  sent.on('error', () => undefined)
  sent.write('the first part')
  await once(server, 'request')
  expect(left).toBe(0)
  sent.destroy()
  await vi.waitUntil(() => left === 1, 10_000)
})

test('answers 503 when too much is held, and lets go of it', async () => {
  const sent = post()
  sent.on('error', () => undefined)
  const answered = once(sent, 'response')
  sent.write(Buffer.alloc(65 * 1024 * 1024))
  const [answer] = await answered
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1'])
  sent.destroy()
  const next = post()
  next.end('small')
  const [small] = await once(next, 'response')
  expect(await text(small)).toBe('5, then 5')
})
