/** Varnish keeps pages while prices of other products change. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { VarnishEdge } from '#lib/cdn/adapters/varnish.ts'
import { EdgeVersions } from '#lib/cdn/edgeVersions.ts'
import { freePort } from '../../tools/run/ports.ts'
import { varnishProgram } from '../../tools/services/varnishProgram.ts'
import { startVarnish, type LocalVarnish } from './startVarnish.ts'

const SECRET = 'the-secret-of-the-test-of-the-hit-rate'
const PAGES = 200
const READS_A_PAGE = 10
const READERS = 8
const EDITS_A_SECOND = 20
/** Milliseconds that the shop takes for a page: between one of its cache and one that it renders. */
const SHOP_MS = 15
/** Milliseconds from what Varnish hears to the index that is raised. */
const INDEX_MS = 3

let server: Server
let varnish: LocalVarnish
let edge: VarnishEdge

beforeAll(async () => {
  server = createServer((request, response) => {
    const id = /\/products\/p(\d+)/.exec(request.url ?? '')?.[1] ?? '0'
    void delay(SHOP_MS).then(() => {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache, must-revalidate',
        'cache-tag': `price:${id},price:${id}@1,catalog:1,catalog:1@5`,
      })
      response.end('<html></html>')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the shop has no port')
  const program = await varnishProgram(AbortSignal.timeout(300_000))
  const origin = `http://127.0.0.1:${address.port}`
  varnish = await startVarnish({ program, port: await freePort(), origin, secret: SECRET, pageTtlS: 600, trustS: 600 })
  edge = new VarnishEdge({ url: varnish.url, secret: SECRET })
  // A moment, and its confirmation.
  for (let i = 0; i < 2; i++) await edge.publish([], 0)
}, 300_000)
afterAll(async () => {
  await varnish?.stop()
  server.closeAllConnections()
  server.close()
})
beforeEach(() => edge.purge(['catalog:1']))

/** Reads each page ten times, in a random order. @returns the share of reads that Varnish answered from its cache */
async function hitRate(): Promise<number> {
  const paths = Array.from({ length: PAGES * READS_A_PAGE }, (_, i) => `/en/products/p${i % PAGES}`)
  for (let i = paths.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    ;[paths[i], paths[j]] = [paths[j] ?? '', paths[i] ?? '']
  }
  let hits = 0
  await Promise.all(
    Array.from({ length: READERS }, async () => {
      for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
        const response = await fetch(varnish.url + path)
        await response.arrayBuffer()
        if (response.headers.get('x-cache') === 'HIT edge') hits++
      }
    }),
  )
  return hits / (PAGES * READS_A_PAGE)
}

/** Edits products that no page shows until the test stops it: the writer and the relay publish each, and the job purges. */
function edits(): () => Promise<number> {
  const stop = new AbortController()
  const publishers = [1, 2].map(() => {
    const own = new VarnishEdge({ url: varnish.url, secret: SECRET })
    return new EdgeVersions(() => own)
  })
  let count = 0
  const running = (async () => {
    const began = performance.now()
    while (!stop.signal.aborted) {
      const id = PAGES + 1_000 + count
      const edit = [{ kind: 'price' as const, id, version: 2 }]
      await Promise.all(publishers.map((publisher) => publisher.beforeIndex(edit)))
      await delay(INDEX_MS)
      await Promise.all(publishers.map((publisher) => publisher.afterIndex(edit)))
      await edge.purge([`price:${id}`])
      count++
      await delay(Math.max(0, began + (count * 1_000) / EDITS_A_SECOND - performance.now()))
    }
  })()
  return async () => {
    stop.abort()
    await running
    return count
  }
}

it('keeps its hit rate while twenty prices of other products change each second', async () => {
  const without = await hitRate()
  await edge.purge(['catalog:1'])
  const stop = edits()
  const during = await hitRate()
  expect(await stop()).toBeGreaterThan(5)
  expect(without).toBeGreaterThan(0.8)
  expect(during).toBeGreaterThan(without - 0.02)
})
