import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ClientAddresses, clientAddress, networkOf, parseProxies } from './clientAddress.ts'
import { EDGE_CLIENT_HEADER, EDGE_PROOF_HEADER, edgeProof } from './edgeProof.ts'

const secret = 'the secret of an edge, of 32 characters'
let proof: string
let proxies = parseProxies('')

/** Answers with the address that it believes, and with every header that reached what stands behind it. */
const server = createServer((request, response) => {
  new ClientAddresses(proof, proxies).settle(request)
  const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  response.end(JSON.stringify({ address: clientAddress(headers), headers: Object.fromEntries(headers) }))
})
beforeAll(async () => {
  proof = await edgeProof(secret)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

async function seen(headers: Readonly<Record<string, string>>): Promise<{ address: string; headers: object }> {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const asked = httpRequest({ port, host: '127.0.0.1', headers, agent: false }).end()
  const [answer] = await once(asked, 'response')
  let text = ''
  for await (const chunk of answer) text += chunk
  return JSON.parse(text)
}

const believed = async (headers: Readonly<Record<string, string>>, trusted = '') => {
  proxies = parseProxies(trusted)
  return (await seen(headers)).address
}

test.each<Record<string, string>>([
  { 'x-forwarded-for': '192.0.2.7' },
  { 'x-forwarded-for': '9'.repeat(9_000) },
  { 'cf-connecting-ip': '192.0.2.7', 'x-real-ip': '192.0.2.7', forwarded: 'for=192.0.2.7' },
  { [EDGE_CLIENT_HEADER]: '192.0.2.7' },
  { [EDGE_CLIENT_HEADER]: '192.0.2.7', [EDGE_PROOF_HEADER]: '0'.repeat(64) },
])('takes the address of the connection when a visitor names another: %o', async (headers) => {
  expect(await believed(headers)).toBe('127.0.0.1')
})

test('takes the host that an edge or a known proxy names, and no visitor', async () => {
  const forged = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'ftp', forwarded: 'host=evil.example' }
  proxies = parseProxies('')
  const { headers } = await seen(forged)
  for (const name of Object.keys(forged)) expect(headers).not.toHaveProperty([name])
  expect((await seen({ ...forged, [EDGE_PROOF_HEADER]: proof })).headers).toHaveProperty(
    ['x-forwarded-host'],
    'evil.example',
  )
  proxies = parseProxies('127.0.0.1')
  expect((await seen(forged)).headers).toHaveProperty(['x-forwarded-host'], 'evil.example')
})

test('believes an edge that proves itself, and passes neither the proof nor its word on', async () => {
  const { address, headers } = await seen({
    [EDGE_CLIENT_HEADER]: '2001:DB8::7',
    [EDGE_PROOF_HEADER]: proof,
    'x-forwarded-for': '192.0.2.1',
  })
  expect(address).toBe('2001:db8::7')
  expect(headers).not.toHaveProperty([EDGE_PROOF_HEADER])
  expect(headers).not.toHaveProperty([EDGE_CLIENT_HEADER])
  expect(headers).toHaveProperty(['x-forwarded-for'], '2001:db8::7')
})

test('takes the address of the connection when an edge names what is no address', async () => {
  for (const address of ['', 'unknown', '192.0.2.7, 192.0.2.8', '9'.repeat(9_000)])
    expect(await believed({ [EDGE_CLIENT_HEADER]: address, [EDGE_PROOF_HEADER]: proof })).toBe('127.0.0.1')
})

test('believes the last address that no trusted proxy has, when the connection comes from a trusted proxy', async () => {
  const hops = { 'x-forwarded-for': '6.6.6.6, 192.0.2.7, 10.1.2.3' }
  expect(await believed(hops, '127.0.0.0/8, 10.0.0.0/8')).toBe('192.0.2.7')
  expect(await believed(hops, '127.0.0.1')).toBe('10.1.2.3')
  expect(await believed(hops, '10.0.0.0/8')).toBe('127.0.0.1')
  expect(await believed({ 'x-forwarded-for': '192.0.2.7, rubbish' }, '127.0.0.1')).toBe('127.0.0.1')
  expect(await believed({ 'x-forwarded-for': '::ffff:192.0.2.7' }, '127.0.0.1')).toBe('192.0.2.7')
})

test.each(['10.0.0.0/33', 'nginx', '10.0.0', '::1/129', '10.0.0.1/-1'])('refuses %s in TRUSTED_PROXIES', (entry) => {
  expect(() => parseProxies(`192.0.2.1, ${entry}`)).toThrow(`"${entry}" is neither`)
})

test('counts the addresses that one subscriber has as one network', () => {
  expect(networkOf('192.0.2.7')).toBe('192.0.2.7')
  const same = ['2001:db8:0:1::7', '2001:db8:0:1:ffff:0:0:1', '2001:0db8:0000:0001::']
  expect(new Set(same.map(networkOf))).toEqual(new Set(['2001:db8:0:1::/64']))
  expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0::/64')
  expect(networkOf('unknown')).toBe('unknown')
})
