import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { ClientAddresses, parseProxies } from '#lib/platform/http/clientAddress.ts'
import { EDGE_PROOF_HEADER, edgeProof } from '#lib/platform/http/edgeProof.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import type { refuseAtOrigin } from './originAuthentication.ts'

const TOKEN = 'the token of a collector of metrics'
/** Addresses whose connections count as those of another machine. */
const FAR = '127.0.0.1'
let url: string
let proof: string
let trusted = ''
let refuse: (...asked: Parameters<typeof refuseAtOrigin>) => boolean

const server = createServer((request, response) => {
  const asker = new ClientAddresses(proof, parseProxies(trusted)).settle(request)
  if (!refuse(request, response, asker)) response.end('let in')
})
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(() => server.close())
beforeEach(() => {
  vi.resetModules() // the environment is parsed once
  stubEnvironment({ databaseUrl: 'postgresql://127.0.0.1/none', redisUrl: 'redis://127.0.0.1:1' })
  trusted = ''
})

async function behind(edge: string, token = TOKEN): Promise<void> {
  vi.stubEnv('EDGE', edge)
  for (const name of ['ACCOUNT', 'ZONE', 'KV_NAMESPACE']) vi.stubEnv(`CLOUDFLARE_${name}_ID`, 'x')
  vi.stubEnv('METRICS_TOKEN', token || undefined)
  const { env } = await import('#lib/platform/env.ts')
  proof = await edgeProof(env().EDGE_SECRET)
  refuse = (await import('./originAuthentication.ts')).refuseAtOrigin
}

const status = async (path: string, headers: Record<string, string> = {}) =>
  (await fetch(url + path, { headers })).status

test.each(['/api/metrics', '/metrics', '/api/metrics?x'])('%s is for a secret only', async (path) => {
  await behind('none')
  expect(await status(path)).toBe(403)
  expect(await status(path, { authorization: `Bearer ${TOKEN}x` })).toBe(403)
  expect(await status(path, { [EDGE_PROOF_HEADER]: proof })).toBe(403)
  expect(await status(path, { authorization: `Bearer ${TOKEN}` })).toBe(200)
  expect(await status(path, { 'x-internal-secret': 'another secret of the tests, long enough' })).toBe(200)
})

test('metrics without a METRICS_TOKEN are for our own processes', async () => {
  await behind('none', '')
  expect(await status('/api/metrics', { authorization: 'Bearer undefined' })).toBe(403)
  expect(await status('/api/metrics', { 'x-internal-secret': 'another secret of the tests, long enough' })).toBe(200)
})

test('another machine that comes around the edge is refused, and one that says to be an edge, too', async () => {
  await behind('varnish')
  trusted = FAR
  for (const path of ['/en', '/api/prices?ids=1', '/admin']) {
    expect(await status(path)).toBe(403)
    expect(await status(path, { 'x-forwarded-for': '127.0.0.1' })).toBe(403)
    expect(await status(path, { [EDGE_PROOF_HEADER]: '0'.repeat(64) })).toBe(403)
    expect(await status(path, { [EDGE_PROOF_HEADER]: proof })).toBe(200)
  }
})

test('health is answered to a load balancer, and everything to a process of this machine', async () => {
  await behind('cloudflare')
  expect(await status('/en')).toBe(200)
  trusted = FAR
  expect(await status('/api/ready')).toBe(200)
  expect(await status('/api/internal/warm', { 'x-internal-secret': 'another secret of the tests, long enough' })).toBe(
    200,
  )
})

test.each(['none', 'local'])('a shop whose edge is %s answers every machine', async (edge) => {
  await behind(edge)
  trusted = FAR
  expect(await status('/en')).toBe(200)
})
