/** Requests that are not the plain page's: each is the first for a page, and the next visitor sees nothing of it. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { serialize } from 'node:v8'
import { Redis } from 'ioredis'
import { computeCacheBustingSearchParam } from 'next/dist/shared/lib/router/utils/cache-busting-search-param.js'
import { z } from 'zod'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { decode } from '#lib/coherence/store/codec.ts'
import { environment } from '../support/environment.ts'
import { raw } from '../support/rawRequest.ts'
import { shownPrice } from '../support/shownPrices.ts'
import { expect, test } from '../support/test.ts'
import type { Database } from '../support/database.ts'

const EVIL = 'evil-stranger'
const TREE = encodeURIComponent(JSON.stringify(['', { children: [EVIL, {}, null, null] }, null, null]))

interface Kind {
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
  /** The answer to the stranger; a 200 to a GET is the page as it is. */
  readonly status: number
}

const build = process.env['NEXT_DIST_DIR'] ?? '.next'
const manifest = z
  .object({ preview: z.object({ previewModeId: z.string() }) })
  .parse(JSON.parse(readFileSync(path.join(build, 'prerender-manifest.json'), 'utf8')))

const KINDS: Readonly<Record<string, Kind>> = {
  'a query': { query: `?utm=${EVIL}`, status: 200 },
  'the payload, with an empty _rsc': { query: `?utm=${EVIL}&_rsc=`, headers: { rsc: '1' }, status: 200 },
  'the payload, without _rsc': { query: `?utm=${EVIL}`, headers: { rsc: '1' }, status: 307 },
  'the payload, with a wrong _rsc': { query: `?utm=${EVIL}&_rsc=${EVIL}`, headers: { rsc: '1' }, status: 307 },
  'the payload for a tree of the stranger': {
    query: `?utm=${EVIL}&_rsc=wrong`,
    headers: { rsc: '1', 'next-router-state-tree': TREE, 'next-url': `/${EVIL}` },
    status: 307,
  },
  'a prefetch of Next 13': { query: `?utm=${EVIL}`, headers: { rsc: '1', 'next-router-prefetch': '1' }, status: 307 },
  'a prefetch at run time': { query: `?utm=${EVIL}`, headers: { rsc: '1', 'next-router-prefetch': '2' }, status: 307 },
  'a segment without the payload': {
    query: `?utm=${EVIL}`,
    headers: { 'next-router-prefetch': '1', 'next-router-segment-prefetch': `/${EVIL}` },
    status: 200,
  },
  'a router header without the payload': {
    query: `?utm=${EVIL}`,
    headers: { 'next-router-prefetch': '1', 'next-router-state-tree': TREE, 'next-url': `/${EVIL}` },
    status: 200,
  },
  'a draft-mode cookie that is wrong': {
    query: `?utm=${EVIL}`,
    headers: { cookie: `__prerender_bypass=${EVIL}; __next_preview_data=${EVIL}` },
    status: 200,
  },
  'a draft-mode cookie that is right': {
    query: `?utm=${EVIL}`,
    headers: { cookie: `__prerender_bypass=${manifest.preview.previewModeId}` },
    status: 200,
  },
  'a revalidation with a wrong secret': {
    query: `?utm=${EVIL}`,
    headers: { 'x-prerender-revalidate': EVIL },
    status: 200,
  },
  'a revalidation with the right secret': {
    query: `?utm=${EVIL}`,
    headers: { 'x-prerender-revalidate': manifest.preview.previewModeId },
    status: 200,
  },
  'a server action that is asked for with GET': {
    query: `?utm=${EVIL}`,
    headers: { 'next-action': EVIL },
    status: 200,
  },
  'a test of instant navigations': {
    query: `?utm=${EVIL}`,
    headers: { 'next-instant-navigation-testing': '1', cookie: 'next-instant-navigation-testing=1' },
    status: 200,
  },
  'headers of Next and of proxies': {
    query: `?utm=${EVIL}&nxtPslug=${EVIL}&__nextppronly=1`,
    headers: {
      'x-nextjs-data': '1',
      'x-matched-path': `/${EVIL}`,
      'x-invoke-path': `/${EVIL}`,
      'x-now-route-matches': EVIL,
      'x-middleware-prefetch': '1',
      'x-middleware-subrequest': 'proxy',
      'x-forwarded-host': `${EVIL}.example`,
      'x-forwarded-proto': 'ftp',
    },
    status: 200,
  },
  'a language and a session': {
    query: `?utm=${EVIL}`,
    headers: { 'accept-language': EVIL, cookie: `NEXT_LOCALE=ja; evergreen.session_token=${EVIL}`, 'user-agent': EVIL },
    status: 200,
  },
  'a crawler that reads no streams': { query: `?utm=${EVIL}`, headers: { 'user-agent': 'Twitterbot' }, status: 200 },
  HEAD: { query: `?utm=${EVIL}`, method: 'HEAD', status: 200 },
  'HEAD of the payload': { query: `?utm=${EVIL}&_rsc=`, headers: { rsc: '1' }, method: 'HEAD', status: 200 },
  'POST without a body': { query: `?utm=${EVIL}`, method: 'POST', status: 405 },
  'POST of the payload': { query: `?utm=${EVIL}&_rsc=`, headers: { rsc: '1' }, method: 'POST', status: 405 },
  'a form for a server action': {
    query: `?utm=${EVIL}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    method: 'POST',
    status: 405,
  },
  'a form with files for a server action': {
    query: `?utm=${EVIL}`,
    headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': '0' },
    method: 'POST',
    status: 405,
  },
  'a server action that does not exist': {
    query: `?utm=${EVIL}`,
    headers: {
      'next-action': '40'.repeat(21),
      'content-type': 'text/plain;charset=UTF-8',
      'next-router-state-tree': TREE,
    },
    method: 'POST',
    status: 405,
  },
  PUT: { query: `?utm=${EVIL}`, method: 'PUT', status: 405 },
  DELETE: { query: `?utm=${EVIL}`, method: 'DELETE', status: 405 },
  PATCH: { query: `?utm=${EVIL}`, method: 'PATCH', status: 405 },
  OPTIONS: { query: `?utm=${EVIL}`, method: 'OPTIONS', status: 405 },
}

/** Addresses of product pages that no test before has asked for. */
async function unvisited(database: Database, count: number): Promise<{ path: string; productId: number }[]> {
  const rows = await database.sql("SELECT id, slug FROM products WHERE status = 'active' ORDER BY id DESC LIMIT $1", [
    count,
  ])
  return z
    .array(z.object({ id: z.number(), slug: z.string() }))
    .parse(rows)
    .map(({ id, slug }) => ({ path: `/pt/products/${slug}`, productId: id }))
}

/** The payload as the client router asks for it on a first navigation. */
async function payloadOf(target: string) {
  const tree = encodeURIComponent(JSON.stringify(['', {}, null, null]))
  const hash = await computeCacheBustingSearchParam(undefined, undefined, tree, undefined)
  return raw(`${target}?_rsc=${hash}`, { rsc: '1', 'next-router-state-tree': tree })
}

async function expectPlain(target: string, productId: number, version: number, kind: string): Promise<void> {
  const page = await raw(target)
  expect(page.status, kind).toBe(200)
  expect(page.headers.get('content-type'), kind).toBe('text/html; charset=utf-8')
  const html = page.body.toString()
  expect(html.includes('<html lang="pt"'), kind).toBe(true)
  expect(html.includes(EVIL), kind).toBe(false)
  expect(shownPrice(html, productId).version, kind).toBe(version)
  const payload = await payloadOf(target)
  expect(payload.status, kind).toBe(200)
  expect(payload.body.includes('price-version'), kind).toBe(true)
  expect(payload.body.toString().includes(EVIL), kind).toBe(false)
}

test('keeps nothing of a request that is not the plain page’s: the next visitor gets the plain page', async ({
  database,
}) => {
  test.slow()
  const pages = await unvisited(database, Object.keys(KINDS).length)
  for (const [i, [kind, { query = '', headers, method, status }]] of Object.entries(KINDS).entries()) {
    const { path: target, productId } = pages[i] ?? { path: '', productId: 0 }
    const { version } = await database.price(productId)
    const stranger = await raw(target + query, headers, method)
    expect(stranger.status, kind).toBe(status)
    if (status === 200 && method === undefined)
      expect(stranger.body.includes(`${productId}@${version}`), `${kind}: the stranger's own answer`).toBe(true)
    if (status === 405) expect(stranger.headers.get('allow'), kind).toBe('GET, HEAD')
    await expectPlain(target, productId, version, kind)
  }
})

test('keeps nothing of strangers that ask at the same moment as a visitor', async ({ database }) => {
  const pages = await unvisited(database, Object.keys(KINDS).length + 8)
  for (const { path: target, productId } of pages.slice(Object.keys(KINDS).length)) {
    const { version } = await database.price(productId)
    const strangers = Object.values(KINDS).map(({ query = '', headers, method }) =>
      raw(target + query, headers, method),
    )
    await expectPlain(target, productId, version, target)
    await Promise.all(strangers)
    await expectPlain(target, productId, version, target)
  }
})

test('keeps the part of a page that is the same for all visitors, made from a request without a query', async () => {
  const source = createHash('sha256').update('/[locale]/search/page').digest('hex')
  const buildId = readFileSync(path.join(build, 'BUILD_ID'), 'utf8').trim()
  const key = keys.page(buildId, `/route-cache/APP_PAGE/${source}/$/ko/search`)
  const redis = new Redis(environment.BODIES_URL)
  try {
    await redis.unlink(key)
    await expect
      .poll(async () => {
        await raw(`/ko/search?q=${EVIL}`)
        return redis.exists(key)
      })
      .toBe(1)
    const bytes = await redis.getBuffer(key)
    expect(bytes && serialize(decode(bytes)).includes(EVIL)).toBe(false)
  } finally {
    redis.disconnect()
  }
})

test('keeps nothing of a query on a page that is rendered on each request, or on one that does not exist', async () => {
  for (const target of ['/pt/search', '/pt/products/no-such-product-of-strangers', '/pt/no/such/page', '/pt/cart']) {
    for (const rsc of ['0', '1']) {
      const own = await raw(`${target}?utm=${EVIL}&_rsc=`, { rsc })
      expect(own.status, target).toBeLessThan(500)
      expect((await raw(target)).body.includes(EVIL), target).toBe(false)
      expect((await payloadOf(target)).body.includes(EVIL), target).toBe(false)
    }
  }
})
