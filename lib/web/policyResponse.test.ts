import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { securityHeaders } from '#lib/platform/http/securityHeaders.ts'
import { env } from '#lib/platform/env.ts'
import { PolicyResponse } from './policyResponse.ts'

const OWN = "default-src 'self'"

/** The ways in which code answers, each with a policy of its own where it has one. */
const ANSWERS: Readonly<Record<string, (response: PolicyResponse) => unknown>> = {
  '/object': (response) => response.writeHead(200, { ETag: '"1"' }),
  '/reason': (response) => response.writeHead(200, 'Fine', { ETag: '"1"' }),
  '/list': (response) => response.writeHead(200, ['ETag', '"1"']),
  '/set': (response) => response.setHeader('ETag', '"1"').writeHead(200, { Vary: 'rsc' }),
  '/implicit': (response) => response.setHeader('ETag', '"1"'),
  '/own/object': (response) => response.writeHead(200, { ETag: '"1"', 'content-security-policy': OWN }),
  '/own/list': (response) => response.writeHead(200, ['ETag', '"1"', 'Content-Security-Policy', OWN]),
  '/own/set': (response) => response.setHeader('Content-Security-Policy', OWN).setHeader('ETag', '"1"'),
  '/_next/static/a.js': (response) => {
    response.req.url = '/a.js'
    response.writeHead(200, { ETag: '"1"' })
  },
}

const server = createServer({ ServerResponse: PolicyResponse }, (request, response) => {
  ANSWERS[request.url ?? '']?.(response)
  response.end()
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterAll(() => {
  server.close()
  server.closeAllConnections()
})

async function answerOf(path: string): Promise<IncomingMessage> {
  const { port }: Partial<AddressInfo> = Object(server.address())
  const [answer]: IncomingMessage[] = await once(get({ host: '127.0.0.1', port, path }), 'response')
  if (!answer) throw new Error('no answer')
  return answer.resume()
}

it.each(Object.keys(ANSWERS))('gives each header of the policy once, beside those of the answer: %s', async (path) => {
  const { headersDistinct } = await answerOf(path)
  const policy = Object.entries(securityHeaders(path, env().PUBLIC_URL))
  const expected = policy.map(([name, value]) => [
    name,
    [path.startsWith('/own/') && name === 'content-security-policy' ? OWN : value],
  ])
  expect(headersDistinct).toMatchObject({ ...Object.fromEntries(expected), etag: ['"1"'] })
})
