import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { call } from './call.ts'

let server: Server
let url: string

beforeAll(async () => {
  server = createServer((request, response) => response.end(`asked with ${request.method}`)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  url = `http://127.0.0.1:${address.port}/`
})
afterAll(() => {
  vi.unstubAllGlobals()
  server.close()
})

it('reaches the edge from within a render that is over, in which the fetch of Next rejects', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new Error('fetch() rejects when the prerender is complete')))
  const asked = call({ edge: 'varnish', url, method: 'PURGE', headers: {}, timeoutMs: 5_000 })
  await expect(asked).resolves.toBe('asked with PURGE')
})
