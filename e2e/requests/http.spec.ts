/** The fast path's answers over HTTP: to browsers, to caches between, to Next's router. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { APIRequestContext } from '@playwright/test'
import { computeCacheBustingSearchParam } from 'next/dist/shared/lib/router/utils/cache-busting-search-param.js'
import { featuredProduct, pagesOf } from '../support/pagesOf.ts'
import { raw } from '../support/rawRequest.ts'
import { environment } from '../support/environment.ts'
import { metricsOf } from '../support/metrics.ts'
import { expect, test } from '../support/test.ts'
import type { Database } from '../support/database.ts'

async function cachedPage(request: APIRequestContext, database: Database): Promise<string> {
  const {
    products: [url = ''],
  } = await pagesOf(database, await featuredProduct(database, 5))
  await request.get(url)
  return url
}

test('a browser that has the page asks, and gets 304 until a price on it changes', async ({ request, database }) => {
  const productId = await featuredProduct(database, 5)
  const url = await cachedPage(request, database)
  const first = await raw(url)
  const etag = first.headers.get('etag') ?? ''
  expect(first.headers.get('cache-control')).toBe('no-cache, must-revalidate')
  expect(first.headers.get('cdn-cache-control')).toBe('no-cache')
  for (const candidates of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
    const again = await raw(url, { 'if-none-match': candidates })
    expect(again.status, candidates).toBe(304)
    expect(again.body.byteLength).toBe(0)
    expect(again.headers.get('etag')).toBe(etag)
  }
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
  await expect.poll(async () => (await raw(url, { 'if-none-match': etag })).status).toBe(200)
})

test('each encoding has its own bytes and validator, and all are the same page', async ({ request, database }) => {
  const url = await cachedPage(request, database)
  const [plain, br, gzip] = await Promise.all([
    raw(url),
    raw(url, { 'accept-encoding': 'gzip, br' }),
    raw(url, { 'accept-encoding': 'gzip;q=0.5, br;q=0' }),
  ])
  expect([plain, br, gzip].map(({ headers }) => headers.get('content-encoding'))).toEqual([null, 'br', 'gzip'])
  expect(brotliDecompressSync(br.body).equals(plain.body)).toBe(true)
  expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true)
  expect(br.body.byteLength).toBeLessThan(plain.body.byteLength / 3)
  expect(new Set([plain, br, gzip].map(({ headers }) => headers.get('etag'))).size).toBe(3)
  for (const { headers, body } of [plain, br, gzip]) {
    expect(headers.get('content-length')).toBe(String(body.byteLength))
    expect(headers.get('vary')?.toLowerCase()).toContain('accept-encoding')
    expect(headers.get('vary')).toContain('rsc')
  }
})

test('HEAD says what GET says, without the body', async ({ request, database }) => {
  const url = await cachedPage(request, database)
  const [get, head] = [await raw(url), await raw(url, {}, 'HEAD')]
  expect(head.status).toBe(200)
  expect(head.body.byteLength).toBe(0)
  for (const name of ['etag', 'content-length', 'content-type', 'cache-tag', 'vary'])
    expect(head.headers.get(name), name).toBe(get.headers.get(name))
})

test('a navigation of the router gets the payload of the same page, checked in the same way', async ({
  request,
  database,
}) => {
  const url = await cachedPage(request, database)
  const tree = encodeURIComponent(JSON.stringify(['', {}, null, null]))
  const rsc = await computeCacheBustingSearchParam(undefined, undefined, tree, undefined)
  const headers = { rsc: '1', 'next-router-state-tree': tree }
  const payload = await raw(`${url}?_rsc=${rsc}`, headers)
  expect(payload.headers.get('content-type')).toBe('text/x-component')
  expect(payload.headers.get('x-cache')).toMatch(/^HIT/)
  expect(payload.body.toString()).toContain('price-version')
  // With a parameter that does not belong to its headers a cache between could mix up the two: Next redirects it.
  expect((await raw(`${url}?_rsc=wrong`, headers)).status).toBe(307)
  expect((await raw(url, { rsc: '1' })).headers.get('content-type')).not.toBe('text/html; charset=utf-8')
})

test('answers every spelling of an address, and cookies and headers that mean nothing, from the cache', async ({
  request,
  database,
}) => {
  const url = await cachedPage(request, database)
  for (const spelling of [url, `${url}?utm_source=mail`, `${url}?_rsc=x`, url.replace('/en/', '/%65n/')])
    expect((await raw(spelling)).headers.get('x-cache'), spelling).toMatch(/^HIT/)
  for (const [name, value] of [
    ['cookie', 'a=1; __prerender_bypass=x'],
    ['next-action', 'x'],
  ] as const)
    expect((await raw(url, { [name]: value })).headers.get('x-cache')).toMatch(/^HIT/)
})

test('pages that shoppers ask for are rendered again before they ask: the next one hits', async ({
  request,
  database,
}) => {
  const productId = await featuredProduct(database, 6)
  const { products } = await pagesOf(database, productId)
  const url = products.find((candidate) => candidate.startsWith('/ja/')) ?? '' // the worker reads the English page back
  for (let i = 0; i < 20; i++) await request.get(url)
  const versionBefore = (await database.price(productId)).version

  // Each try is an edit and the first request after its delivery. Which pages are popular is known two seconds later.
  const firstRequestAfterAnEdit = async () => {
    await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
    await expect.poll(() => database.sql('SELECT 1 FROM outbox WHERE done_at IS NULL')).toEqual([])
    return (await raw(url)).headers.get('x-cache')
  }
  await expect.poll(firstRequestAfterAnEdit).toMatch(/^HIT/)
  const { version } = await database.price(productId)
  expect(version).toBeGreaterThan(versionBefore)
  expect((await raw(url)).headers.get('cache-tag')).toContain(`price:${productId}@${version}`)
})

test('a process says what its caches did: hits by layer, stale, misses, waits, renders, round trips, bytes', async ({
  request,
  database,
}) => {
  await cachedPage(request, database)
  const text = await metricsOf(environment.BASE_URL)
  const value = (line: string) => Number(new RegExp(`^${line.replace(/[{}"]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1])
  for (const outcome of ['l1', 'redis', 'stale', 'miss']) {
    expect(value(`evergreen_cache_reads_total{store="page",outcome="${outcome}"}`), outcome).toBeGreaterThanOrEqual(0)
  }
  expect(value('evergreen_cache_reads_total{store="page",outcome="l1"}')).toBeGreaterThan(0)
  expect(value('evergreen_page_builds_total{outcome="render"}')).toBeGreaterThan(0)
  expect(value('evergreen_page_builds_total{outcome="leaseWait"}')).toBeGreaterThanOrEqual(0)
  expect(value('evergreen_page_render_seconds_count')).toBeGreaterThan(0)
  expect(value('evergreen_index_read_seconds_count{from="redis"}')).toBeGreaterThan(0)
  expect(value('evergreen_l1_bytes{store="page"}')).toBeGreaterThan(10_000)
})
