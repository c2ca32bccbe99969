/** Varnish in front of the shop: the same attacks, and prices that change. */
import { expect, test } from '@playwright/test'
import { LOCALES } from '#lib/platform/locales.ts'
import { pagesOf } from '../support/pagesOf.ts'
import { shownPrice } from '../support/shownPrices.ts'
import { ask, startEdgeShop, type EdgeShop } from './edgeShop.ts'
import { expectFeedAndPageAgree } from './feedFreshness.ts'
import { expectNewPagesAreFound } from './newPages.ts'
import { expectNoCachePoisoning, expectOddAddressesAreNotKept } from './cachePoisoningCases.ts'

let edge: EdgeShop

test.beforeAll(async () => {
  test.setTimeout(600_000) // it may have to be installed
  edge = await startEdgeShop('varnish')
  // Before it is confirmed it keeps nothing.
  await expect.poll(async () => (await ask(`${edge.url}/en`)).cache, { timeout: 30_000 }).toBe('HIT edge')
})
test.afterAll(() => edge.stop())

test('each language is kept apart, and shows the new price after an edit', async () => {
  const id = 4
  const { products, home } = await pagesOf(edge.shop.database, id)
  for (const path of [...products, home]) {
    await ask(edge.url + path)
    expect((await ask(edge.url + path)).cache).toBe('HIT edge')
  }
  const version = await edge.liveEdit(id, 4_321)
  for (const [i, path] of products.entries()) {
    const { body } = await ask(edge.url + path)
    expect(body).toContain(`<html lang="${LOCALES[i]}"`)
    expect(shownPrice(body, id)).toMatchObject({
      version,
      elements: [`${version}:4321`],
      jsonLdCents: 4_321,
      openGraphCents: 4_321,
    })
    await expect.poll(async () => (await ask(edge.url + path)).cache).toBe('HIT edge')
  }
})

test('the product feed is never behind the page, nor the page behind the feed', () => expectFeedAndPageAgree(edge, 7))

test('never keeps an answer that belongs to one visitor', async () => {
  for (const path of ['/en/cart', '/en/search?q=a', '/admin', '/api/prices?ids=1']) {
    await ask(edge.url + path)
    expect((await ask(edge.url + path)).cache, path).toBe('PASS edge')
  }
  expect((await ask(`${edge.url}/en`, { cookie: 'evergreen.session_token=visitor' })).cache).toBe('PASS edge')
})

test('a discontinued product, past the application too, leaves its page and its lists', async () => {
  const {
    products: [path = ''],
    categories: [list = ''],
  } = await pagesOf(edge.shop.database, 12)
  for (const at of [path, list]) {
    await ask(edge.url + at)
    await expect.poll(async () => (await ask(edge.url + at)).cache).toBe('HIT edge')
  }
  await edge.shop.database.sql("UPDATE products SET status = 'discontinued' WHERE id = 12")
  await expect.poll(async () => (await ask(edge.url + path)).status).toBe(410)
  await expect.poll(async () => (await ask(edge.url + list)).body).not.toContain(path)
  // Sold again it is there at once: no cache kept its absence.
  await edge.shop.database.sql("UPDATE products SET status = 'active' WHERE id = 12")
  await expect.poll(async () => (await ask(edge.url + path)).status).toBe(200)
})

test('finds a product, a category and a page of it by the first request after its commit, though it was asked for before', () =>
  expectNewPagesAreFound(edge))

test('gives the plain page to the visitor after one with cache-poisoning headers or queries', () =>
  expectNoCachePoisoning(edge))
test('an address that two readers may read in two ways is refused, a fake extension is not kept', () =>
  expectOddAddressesAreNotKept(edge))

test('answers requests between processes of the shop to those processes alone', async () => {
  for (const path of ['/api/internal/warm', '/API/internal/warm', '/api/metrics', '/__edge/purge'])
    expect((await ask(edge.url + path)).status, path).toBe(404)
})

test('refuses a purge and a ban without the secret', async () => {
  const purge = (method: string, secret: string) =>
    fetch(edge.url, { method, headers: { 'x-purge-secret': secret, 'xkey-purge': 'price:1' } })
  expect((await purge('PURGE', 'wrong')).status).toBe(403)
  expect((await purge('BAN', 'wrong')).status).toBe(403)
})
