import { once } from 'node:events'
import { Agent, createServer, get } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refuse } from './refuse.ts'

let url: string
let asked = 0
const server = createServer((request, response) => {
  asked++
  const status = request.url === '/late' ? 503 : 429
  refuse(request, response, status, { code: 'too_many', message: 'Too many.', retryAfterS: 7 })
})
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(() => void server.close())

test('a client that asks again as soon as it is refused is answered once a second on each connection', async () => {
  const agent = new Agent({ keepAlive: true })
  const began = performance.now()
  const ask = () =>
    new Promise<string | undefined>((resolve, reject) => {
      get(url, { agent }, (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.headers['retry-after']))
      }).on('error', reject)
    })
  for (let i = 0; i < 2; i++)
    expect(await Promise.all(Array.from({ length: 10 }, ask))).toEqual(Array.from({ length: 10 }, () => '7'))
  const seconds = (performance.now() - began) / 1_000
  expect(asked / seconds).toBeLessThan(10.5)
  agent.destroy()
})

test('answers 503 at once when the shop is busy', async () => {
  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    const began = performance.now()
    expect((await fetch(`${url}/late`)).status).toBe(503)
    times.push(performance.now() - began)
  }
  expect(Math.min(...times), 'milliseconds, of three').toBeLessThan(900)
})
