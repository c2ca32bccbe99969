import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { RequestRenderLimiter } from './requestRenderLimiter.ts'

let limiter: RequestRenderLimiter
let underWay: string[]
let finish: Map<string, () => void>
let url: string

async function answer({ url: address = '' }: IncomingMessage): Promise<void> {
  underWay.push(address)
  await new Promise<void>((resolve) => finish.set(address, resolve))
  underWay = underWay.filter((other) => other !== address)
}
const server = createServer((request, response) => {
  void limiter.take(request, () => answer(request)).then(() => response.end())
})
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(() => server.close())
beforeEach(() => {
  limiter = new RequestRenderLimiter(2)
  underWay = []
  finish = new Map()
})

const under = (...addresses: string[]) =>
  vi.waitUntil(() => underWay.toSorted().join(' ') === addresses.toSorted().join(' '), { interval: 5, timeout: 5_000 })

test('answers the store one by one, and the back office beside it, two at a time', async () => {
  const [one, two] = ['/en/search?q=1', '/en/search?q=2']
  const office = ['/admin', '/admin/orders', '/admin/audit']
  const asked = [fetch(url + one)]
  await under(one)
  asked.push(fetch(url + two), ...office.map((address) => fetch(url + address)))
  await vi.waitUntil(() => underWay.length === 3, { timeout: 5_000 })
  expect(underWay).not.toContain(two)
  finish.get(one)?.()
  await vi.waitUntil(() => underWay.includes(two), { timeout: 5_000 })
  const statuses = Promise.all(asked).then((answers) => answers.map(({ status }) => status))
  const left = new Set([two, ...office])
  while (left.size > 0) {
    const next = await vi.waitUntil(() => underWay.find((address) => left.has(address)), { timeout: 5_000 })
    left.delete(next)
    finish.get(next)?.()
  }
  expect(await statuses).toEqual([200, 200, 200, 200, 200])
})

test('an answer that takes long keeps the next one waiting for half a second, and no longer', async () => {
  const [slow, next] = ['/en/search?q=slow', '/en/search?q=next']
  const asked = [fetch(url + slow)]
  await under(slow)
  const began = performance.now()
  asked.push(fetch(url + next))
  await under(slow, next)
  expect(performance.now() - began).toBeLessThan(3_000)
  for (const address of [slow, next]) finish.get(address)?.()
  await Promise.all(asked)
})
