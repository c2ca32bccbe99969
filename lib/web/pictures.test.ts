import { once } from 'node:events'
import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { artByFile, artPath, ART_FOLDER } from '#lib/catalog/art/index.ts'
import { sendPicture } from './pictures.ts'

const path = artPath({ form: 'teapot', colour: 'indigo', variant: 3 })
const svg = artByFile(path.slice(ART_FOLDER.length))
const PASSED_ON = 421

let server: Server
beforeAll(async () => {
  server = createServer(
    (incoming, response) =>
      void sendPicture(incoming, response).then((sent) => sent || response.writeHead(PASSED_ON).end()),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => void server.close())

async function ask(
  address: string,
  accept?: string,
  method = 'GET',
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: Buffer }> {
  const bound = server.address()
  const port = typeof bound === 'object' ? bound?.port : undefined
  const asked = request({
    port,
    path: address,
    method,
    headers: accept === undefined ? {} : { 'accept-encoding': accept },
  })
  asked.end()
  const [response] = await once(asked, 'response')
  const chunks: Buffer[] = await response.toArray()
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }
}

test.each([
  ['gzip, deflate, br', 'br', brotliDecompressSync],
  ['gzip', 'gzip', gunzipSync],
  ['gzip, br;q=0', 'gzip', gunzipSync],
  ['', undefined, (body: Buffer) => body],
  [undefined, undefined, (body: Buffer) => body],
] as const)('a browser that accepts %s gets a picture in %s that it can read', async (accept, encoding, decompress) => {
  const { status, headers, body } = await ask(path, accept)
  expect(status).toBe(200)
  expect(headers['content-encoding']).toBe(encoding)
  expect(headers).toMatchObject({
    'content-type': 'image/svg+xml; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
    'content-length': String(body.byteLength),
  })
  expect(decompress(body).toString()).toBe(svg)
})

test('HEAD has the headers of the picture and no body', async () => {
  const { status, headers, body } = await ask(path, 'br', 'HEAD')
  expect([status, body.byteLength]).toEqual([200, 0])
  expect(Number(headers['content-length'])).toBeGreaterThan(500)
})

test.each([
  ['GET', path.replace(/\.[0-9a-f]{12}\./, '.000000000000.')],
  ['GET', `${path}?v=1`],
  ['GET', '/images/products/'],
  ['GET', '/en'],
  ['POST', path],
])('%s %s is left to Next', async (method, address) => {
  expect((await ask(address, 'br', method)).status).toBe(PASSED_ON)
})
