/** Requests with which a visitor tries to change the page that the next one gets. */
import { expect } from '@playwright/test'
import { pagesOf } from '../support/pagesOf.ts'
import { shownPrice } from '../support/shownPrices.ts'
import { ask, type EdgeShop } from './edgeShop.ts'

const EVIL = 'evil.example'
const ATTACKS: Readonly<Record<string, { path: string; headers?: Record<string, string> }>> = {
  'a host in X-Forwarded-Host': {
    path: '',
    headers: {
      'x-forwarded-host': EVIL,
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '1',
      forwarded: `host=${EVIL}`,
    },
  },
  'another address in a header': {
    path: '',
    headers: {
      'x-original-url': `/${EVIL}`,
      'x-rewrite-url': `/${EVIL}`,
      'x-forwarded-prefix': `/${EVIL}`,
      'x-matched-path': `/${EVIL}`,
    },
  },
  'another method in a header': {
    path: '',
    headers: { 'x-http-method-override': 'POST', 'x-method-override': 'DELETE' },
  },
  'headers of Next': {
    path: '',
    headers: {
      'x-middleware-subrequest': 'proxy',
      'x-nextjs-data': '1',
      'x-invoke-path': `/${EVIL}`,
      'x-prerender-revalidate': EVIL,
    },
  },
  'another language in a header': { path: '', headers: { 'accept-language': 'ja', cookie: 'NEXT_LOCALE=ja' } },
  'RSC without _rsc': { path: '', headers: { rsc: '1' } },
  'RSC with a wrong _rsc': { path: '?_rsc=wrong', headers: { rsc: '1', 'next-router-prefetch': '1' } },
  'a router header without RSC': {
    path: '',
    headers: { 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/_tree' },
  },
  'a query that says nothing': { path: `?utm_source=${EVIL}&callback=${EVIL}` },
  'a header that is too large': { path: '', headers: { 'x-long': 'x'.repeat(15_000), 'x-longer': 'x'.repeat(3_000) } },
  'a range': { path: '', headers: { range: 'bytes=0-10' } },
}

/** Tries each attack as the request that fills the cache, and looks at what the next visitor gets. */
export async function expectNoCachePoisoning(edge: EdgeShop): Promise<void> {
  const { products } = await pagesOf(edge.shop.database, 7)
  const [path = ''] = products
  const clean = await ask(edge.shop.url + path)
  for (const [attack, { path: suffix, headers }] of Object.entries(ATTACKS)) {
    // Nothing is kept when the attack comes: it would be the one that fills the cache.
    const version = await edge.liveEdit(7, 1_000 + Math.floor(Math.random() * 100_000))
    const attacked = await ask(edge.url + path + suffix, headers)
    expect(attacked.headers.get('location') ?? '', attack).not.toContain(EVIL)
    for (let visit = 0; visit < 2; visit++) {
      const next = await ask(edge.url + path)
      expect(next.status, attack).toBe(200)
      expect(next.headers.get('content-type'), attack).toBe('text/html; charset=utf-8')
      expect(next.body, attack).not.toContain(EVIL)
      expect(next.body, attack).toContain('<html lang="en"')
      expect(shownPrice(next.body, 7).version, attack).toBe(version)
    }
  }
  expect(clean.body).not.toContain(EVIL)
}

/** Addresses that two readers may read in two ways: refused. Such as look like a file: passed on, never kept. */
export async function expectOddAddressesAreNotKept(edge: EdgeShop): Promise<void> {
  const { products } = await pagesOf(edge.shop.database, 8)
  const [path = ''] = products
  for (const odd of [
    '/en/products/%2e%2e%2fadmin',
    `${path}%2f..%2fcart`,
    `${path}%5c`,
    `${path};a=.css`,
    '//evil.example/en',
    '/en//cart',
    `${path}%00.css`,
    '/en/products/%00',
    '/en/products/%C3%28',
    '/en/%E0%A4%A',
    '/%',
    '/%zz',
  ]) {
    expect((await ask(edge.url + odd)).status, odd).toBe(400)
  }
  for (const fake of [`${path}.css`, `${path}/x.js`, '/en/cart/style.css', '/admin/prices.png', '/api/prices.js']) {
    await ask(edge.url + fake)
    expect((await ask(edge.url + fake)).cache, fake).toMatch(/^PASS/)
  }
}
