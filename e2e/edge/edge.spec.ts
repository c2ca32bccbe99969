/** The Worker in front of the shop: freshness, the contents of its cache, and a broken control endpoint. */
import { expect, test } from '@playwright/test'
import { securityHeaders } from '#lib/platform/http/securityHeaders.ts'
import { pagesOf } from '../support/pagesOf.ts'
import { shownPrice } from '../support/shownPrices.ts'
import type { Fault } from './controlProxy.ts'
import { ask, startEdgeShop, type EdgeShop } from './edgeShop.ts'
import { expectFeedAndPageAgree } from './feedFreshness.ts'
import { expectNewPagesAreFound } from './newPages.ts'
import { expectNoCachePoisoning, expectOddAddressesAreNotKept } from './cachePoisoningCases.ts'

let edge: EdgeShop

test.beforeAll(async () => {
  test.setTimeout(120_000)
  edge = await startEdgeShop()
  // Before it has heard that its index is complete, it keeps nothing.
  await expect.poll(async () => (await ask(`${edge.url}/en`)).cache, { timeout: 30_000 }).toBe('HIT edge')
})
test.afterAll(() => edge.stop())

const versionAt = async (path: string, id: number) => shownPrice((await ask(edge.url + path)).body, id).version

test('lists at the edge show an edit and a write past the application, and the ledger says when the edge did', async () => {
  const id = 1
  const { home, categories } = await pagesOf(edge.shop.database, id)
  const pages = [home, ...categories]
  for (const path of pages) await ask(edge.url + path)
  const version = await edge.liveEdit(id, 5_432)
  for (const path of pages) expect([undefined, version]).toContain(await versionAt(path, id))
  expect(await versionAt(categories[0] ?? home, id)).toBe(version)

  await edge.shop.database.sql('UPDATE prices SET amount_cents = 5433 WHERE product_id = $1', [id])
  await expect.poll(() => versionAt(categories[0] ?? home, id)).toBe(version + 1)
  await expect
    .poll(() =>
      edge.shop.database.sql("SELECT 1 FROM invalidations WHERE layer = 'edge' AND verified_at IS NOT NULL LIMIT 1"),
    )
    .toHaveLength(1)
  await expect.poll(() => edge.shop.database.sql('SELECT 1 FROM outbox WHERE done_at IS NULL')).toEqual([])
})

test('the product feed is never behind the page, nor the page behind the feed', () => expectFeedAndPageAgree(edge, 7))

test('a social network that comes after an edit gets the new price, and a picture of that version that is kept', async () => {
  const id = 5
  const {
    products: [path = ''],
  } = await pagesOf(edge.shop.database, id)
  await ask(edge.url + path)
  const version = await edge.liveEdit(id, 3_210)
  const { body } = await ask(edge.url + path, { 'user-agent': 'facebookexternalhit/1.1' })
  expect(shownPrice(body, id)).toMatchObject({ version, openGraphCents: 3_210 })
  const picture = new URL(/property="og:image" content="([^"]+)"/.exec(body)?.[1] ?? 'http://none/').pathname
  expect(picture).toContain(`/${id}/`)
  const first = await ask(edge.url + picture)
  expect(first.headers.get('content-type')).toBe('image/png')
  expect(first.headers.get('cache-control')).toContain('immutable')
  await expect.poll(async () => (await ask(edge.url + picture)).cache).toBe('HIT edge')
  // The picture of another version has another address.
  await edge.liveEdit(id, 3_211)
  expect((await ask(edge.url + path)).body).not.toContain(picture)
})

test('a client that asks again for what it has gets 304, and a kept page says how old it is', async () => {
  const { headers } = await ask(`${edge.url}/de`)
  const again = await ask(`${edge.url}/de`, { 'if-none-match': headers.get('etag') ?? '' })
  expect(again.status).toBe(304)
  expect(Number(again.headers.get('age'))).toBeGreaterThanOrEqual(0)
})

test('answers of the shop and of the edge itself carry the policy', async () => {
  const { url } = edge
  for (const path of ['/en', '/en', '/en/cart', '/api/metrics']) {
    const { headers } = await ask(url + path)
    for (const [name, value] of Object.entries(securityHeaders('/', edge.shop.url)))
      if (name !== 'content-security-policy') expect(headers.get(name), `${name} of ${path}`).toBe(value)
    expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'")
  }
})

test('static files are kept for good; what belongs to one visitor is never kept', async () => {
  const script = /\/_next\/static\/[^"]+\.js/.exec((await ask(`${edge.url}/en`)).body)?.[0] ?? ''
  await ask(edge.url + script)
  await expect.poll(async () => (await ask(edge.url + script)).cache).toBe('HIT edge')
  for (const path of ['/en/cart', '/en/search?q=a', '/admin', '/api/prices?ids=1', '/']) {
    await ask(edge.url + path)
    expect((await ask(edge.url + path)).cache, path).toMatch(/^PASS/)
  }
  expect((await ask(`${edge.url}/en`, { cookie: 'evergreen.session_token=visitor' })).cache).toMatch(/^PASS/)
})

test('finds a product, a category and a page of it by the first request after its commit, though it was asked for before', () =>
  expectNewPagesAreFound(edge))

test('gives the plain page to the visitor after one with cache-poisoning headers or queries', () =>
  expectNoCachePoisoning(edge))

test('an address that two readers may read in two ways is refused, a fake extension is not kept', async () => {
  await expectOddAddressesAreNotKept(edge)
  expect((await ask(`${edge.url}/en`, { 'x-long': 'x'.repeat(17_000) })).status).toBe(431)
  expect((await ask(`${edge.url}/api/internal/warm`)).status).toBe(404)
})

test('the control endpoint takes nothing without a signature, and no call twice', async () => {
  const post = (headers: Record<string, string>) =>
    fetch(`${edge.url}/__edge/purge`, { method: 'POST', body: '{"tags":["price:1"]}', headers })
  expect((await post({})).status).toBe(403)
  const { sign } = await import('#lib/cdn/signature.ts')
  const call = { method: 'POST', path: '/__edge/purge', body: '{"tags":["price:1"]}' }
  const secret = process.env['EDGE_SECRET'] ?? ''
  const right = await sign(call, secret)
  expect((await post({ 'x-edge-signature': right })).status).toBe(200)
  expect((await post({ 'x-edge-signature': right })).status, 'a replay').toBe(403)
  expect((await post({ 'x-edge-signature': await sign(call, secret, Date.now() - 31_000) })).status, 'too old').toBe(
    403,
  )
  expect((await post({ 'x-edge-signature': await sign({ ...call, body: '{}' }, secret) })).status, 'another body').toBe(
    403,
  )
})

const PATIENCE = { timeout: 45_000, intervals: [100] }
const alerts = () =>
  edge.shop.database.sql("SELECT summary FROM alerts WHERE kind = 'purge-failing' AND resolved_at IS NULL")
/** By what the edge answered, as the alert is to say it. */
const FAULTS: readonly (readonly [Fault, string])[] = [
  ['refuses', '403 {"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}'],
  ['hangs', 'no answer within'],
  ['answers 200 and does nothing', '200 {"success":true}'],
  ['is rate limited', '429 {"success":false,"errors":[{"code":10429,"message":"Rate limited"}]}'],
]

for (const [fault, answer] of FAULTS) {
  test(`a purge endpoint that ${fault}: product pages stay right, the alert comes, and it heals`, async () => {
    test.setTimeout(120_000)
    const { products } = await pagesOf(edge.shop.database, 9)
    for (const path of products) await ask(edge.url + path)
    edge.control.break(fault, 'purge')
    await edge.shop.database.sql('DELETE FROM alerts')
    const version = await edge.liveEdit(9, 2_000 + Math.floor(Math.random() * 100_000))
    for (const path of products) expect(await versionAt(path, 9)).toBe(version)
    await expect.poll(alerts, PATIENCE).toEqual([{ summary: expect.stringContaining(answer) }])
    // The other layers did not wait for it.
    await expect
      .poll(() => edge.shop.database.sql('SELECT 1 FROM price_index WHERE product_id = 9 AND version >= $1', [version]))
      .toHaveLength(1)
    expect(await edge.shop.database.sql('SELECT 1 FROM outbox WHERE done_at IS NULL')).not.toEqual([])
    for (const path of products) expect(await versionAt(path, 9)).toBe(version)
    edge.control.heal()
    await expect.poll(alerts, PATIENCE).toEqual([])
    await expect.poll(() => edge.shop.database.sql('SELECT 1 FROM outbox WHERE done_at IS NULL'), PATIENCE).toEqual([])
    // Delivery and the monitor raise one alert for one cause.
    expect(await edge.shop.database.sql("SELECT 1 FROM alerts WHERE kind = 'purge-failing'")).toHaveLength(1)
  })
}

test('while nothing at all reaches the edge an edit is "still propagating", and the edge soon asks the shop for everything', async () => {
  test.setTimeout(120_000)
  const {
    products: [path = ''],
  } = await pagesOf(edge.shop.database, 10)
  await ask(edge.url + path)
  edge.control.break('answers 200 and does nothing')
  const { state, version } = await edge.edit(10, 2_000 + Math.floor(Math.random() * 100_000))
  expect(state).toBe('propagating')
  await expect.poll(() => versionAt(path, 10), { timeout: 30_000 }).toBe(version)
  await expect
    .poll(async () => (await ask(edge.url + path)).cache, { timeout: 30_000 })
    .toContain('index not confirmed')
  edge.control.heal()
  await expect.poll(async () => (await ask(edge.url + path)).cache, { timeout: 30_000 }).toBe('HIT edge')
  expect(await versionAt(path, 10)).toBe(version)
})
