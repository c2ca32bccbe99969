import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { StreamCaps } from './streamCaps.ts'

const caps = new StreamCaps({ perNetwork: 2, inTotal: 3, maxAgeMs: 1_500 })
const server = createServer(({ headers }, response) => {
  const isAdmitted = caps.admit(String(headers['x-from']), response)
  response.writeHead(isAdmitted ? 200 : 429).flushHeaders()
  if (!isAdmitted) response.end()
})
beforeAll(async () => void (await once(server.listen(0, '127.0.0.1'), 'listening')))
afterAll(() => void server.close())

function stream(from: string): Promise<Response> {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return fetch(`http://127.0.0.1:${address.port}`, { headers: { 'x-from': from } })
}

test('admits so many of a network and in total, cuts each at its age, and admits others then', async () => {
  const one = await Promise.all(['2001:db8::1', '2001:db8::2', '2001:db8::3'].map(stream))
  expect(one.map(({ status }) => status).toSorted()).toEqual([200, 200, 429])
  const others = await Promise.all(['192.0.2.1', '192.0.2.2'].map(stream))
  expect(others.map(({ status }) => status).toSorted()).toEqual([200, 429])
  const admitted = [...one, ...others].filter(({ status }) => status === 200)
  for (const response of admitted) await expect(response.text()).rejects.toThrow('terminated')
  expect((await stream('2001:db8::4')).status).toBe(200)
})
