import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, request, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import type { Coherence } from '../coherence.ts'
import { silent } from '../ports.ts'
import { Placeholders } from '../template/placeholders.ts'
import type { SlotPort } from '../template/slots.ts'
import { FastPath } from './fastPath.ts'
import { refusePlaceholders } from './placeholderGuard.ts'

const SLOTS: SlotPort = {
  secret: 'a secret of the test',
  kinds: { price: (payload) => ({ payload }) },
  leaves: {
    amount: { kind: 'price', value: () => 1_290, numeric: true },
    text: { kind: 'price', value: () => '€12.90' },
  },
}
const placeholders = new Placeholders(SLOTS, 'build')
const MARKERS = { number: String(placeholders.number('amount', 42)), text: placeholders.text('text', [42]) }

interface Answered {
  /** Undefined where the connection broke before its headers came. */
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly isWhole: boolean
}

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function started(listener: RequestListener, at?: string): Promise<Server> {
  const server = createServer(listener)
  servers.push(server)
  await once(at === undefined ? server.listen(0, '127.0.0.1') : server.listen(at), 'listening')
  return server
}

/** @returns what comes of an answer, which may break off */
async function answerOf(listener: RequestListener, url = '/'): Promise<Answered> {
  const address = (await started(listener)).address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return new Promise((resolve) => {
    const asked = request({ port: address.port, host: '127.0.0.1', path: url }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', () => undefined) // `complete` says it
      response.on('close', () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
          isWhole: response.complete,
        }),
      )
    })
    asked.on('error', () => resolve({ status: undefined, headers: {}, body: '', isWhole: false }))
    asked.end()
  })
}

/** The answer of a server that writes `chunks`, each once the former is on its way, and ends with the last. */
const guarded = (chunks: readonly (string | Buffer)[], headers: Record<string, string> = {}) =>
  answerOf(async (_request, response) => {
    response.setHeader('x-frame-options', 'DENY')
    refusePlaceholders(response, placeholders, silent())
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    for (const chunk of chunks.slice(0, -1))
      await new Promise<void>((resolve) => response.write(chunk, () => resolve()) || resolve())
    response.end(chunks.at(-1))
  })

describe.each(Object.entries(MARKERS))('a placeholder that is a %s', (_kind, marker) => {
  const page = `<p>${marker}</p>`
  const [left, right] = [page.slice(0, 10), page.slice(10)]

  it.each([
    ['a text', page],
    ['bytes', Buffer.from(page)],
  ])(
    'is answered with 503 in its place, and no header of the page, when it comes in one chunk, %s',
    async (_, chunk) => {
      const { status, headers, body } = await guarded([chunk], {
        'content-length': String(page.length),
        'cache-control': 's-maxage=60',
        etag: '"1"',
      })
      expect([status, body]).toEqual([503, ''])
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'retry-after': '1', 'x-frame-options': 'DENY' })
      expect(headers.etag).toBeUndefined()
    },
  )

  it('breaks the connection when it comes after the headers, in one chunk or in two', async () => {
    for (const chunks of [
      ['<html>', page, '</html>'],
      ['<html>', left, right],
      [left, right],
    ]) {
      const { body, isWhole } = await guarded(chunks)
      expect({ chunks, isWhole }).toEqual({ chunks, isWhole: false })
      expect(body).not.toContain(right)
    }
  })
})

it('sends an answer without a placeholder as it is, with a number of 16 digits and a part of a marker', async () => {
  const chunks = ['<html>1234567890123456', MARKERS.text.slice(0, 6), MARKERS.number.slice(0, 12), '</html>']
  expect(await guarded(chunks)).toMatchObject({ status: 200, body: chunks.join(''), isWhole: true })
})

describe('a page that fails while its template is rendered', () => {
  const SOURCE = '/broken/page'
  let database: SeededDatabase
  let redis: TestRedis
  let coherence: Coherence
  let folder: string

  beforeAll(async () => {
    ;[database, redis] = await Promise.all([seededDatabase(), testRedis()])
    coherence = await testCoherence(redis.client, database.db, { slots: SLOTS })
    folder = await mkdtemp(path.join(tmpdir(), 'guard-'))
    await mkdir(path.join(folder, 'server'))
    const written = {
      'routes-manifest.json': { staticRoutes: [{ page: '/broken', regex: '^/broken$' }], dynamicRoutes: [] },
      'prerender-manifest.json': {
        routes: { '/broken': { _isEnsureStaticPage: true } },
        dynamicRoutes: {},
        preview: { previewModeId: createHash('sha256').digest('hex') },
      },
      'app-path-routes-manifest.json': { [SOURCE]: '/broken' },
      'server/functions-config-manifest.json': { functions: {} },
    }
    for (const [file, content] of Object.entries(written))
      await writeFile(path.join(folder, file), JSON.stringify(content))
  })
  afterAll(async () => {
    await coherence.keeper.stop()
    await redis.close()
    await database.drop()
    await rm(folder, { recursive: true })
  })

  /** @param show what the page has shown when it fails */
  async function broken(show: () => string): Promise<Answered> {
    const socketPath = path.join(folder, 'origin.sock')
    const fastPath = new FastPath(coherence, {
      buildFolder: folder,
      origin: { socketPath, host: 'shop' },
      rendersAtOnce: 1,
      warmRendersPerSecond: 1,
    })
    await started(
      (asked, answer) =>
        void fastPath.answerOrigin(asked, async () => {
          answer.writeHead(500, { 'content-type': 'text/html', 'x-of-next': 'yes' }).end(`<p>${show()}</p>`)
        }),
      socketPath,
    )
    return answerOf((asked, answer) => void fastPath.handle(asked, answer), '/broken')
  }

  it('is answered with its own error when it has shown no price', async () => {
    const { status, body, headers } = await broken(() => 'broken')
    expect([status, body]).toEqual([500, '<p>broken</p>'])
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-of-next': 'yes', 'content-length': '13' })
  })

  it('is answered with 503 when it has shown a price', async () => {
    const show = () => (coherence.ownRenders.makesTemplate ? coherence.placeholders?.text('text', [1]) : undefined)
    const { status, body, headers } = await broken(() => show() ?? 'values')
    expect([status, body, headers['cache-control']]).toEqual([503, '', 'no-store'])
    expect(headers['x-of-next']).toBeUndefined()
  })
})
