/** A loss of Redis costs no render that is not needed: bodies are checked against Postgres, and what was rendered counts on. */
import { expect, test } from '@playwright/test'
import { type FaultProxy, faultProxy } from '#lib/coherence/testing/faultProxy.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { hotProducts, type HotProduct } from '../coherence/targets.ts'
import { HEALED_WITHIN_MS, SHOWN_WITHIN_MS } from './bounds.ts'
import { renders, untilBelieved } from './hits.ts'
import { type LeaseShop, leaseShop } from './servers/leaseShop.ts'
import { type RedisServer, redisServer } from './servers/redisServer.ts'
import { refusal } from './servers/refusals.ts'
import type { ShopProcess } from './servers/shopProcess.ts'
import { until } from './servers/until.ts'
import { pathOf } from './watch.ts'

let database: SeededDatabase
let redis: RedisServer
let proxy: FaultProxy
let shop: LeaseShop
let products: HotProduct[]

test.beforeAll(async () => {
  test.setTimeout(120_000)
  ;[database, redis] = await Promise.all([seededDatabase(60), redisServer()])
  proxy = await faultProxy(redis.address)
  // Without the monitor, which reads pages of its own accord.
  const redisUrl = `redis://127.0.0.1:${proxy.port}/0`
  shop = await leaseShop({ databaseUrl: database.url, redisUrl, roles: 'relay,invalidator' })
  products = await hotProducts(database.url, 12)
})
test.afterAll(async () => {
  await shop?.close()
  await proxy?.close()
  await Promise.all([redis?.close(), database?.drop()])
})

/** @returns `x-cache` of the answer with a page */
async function cacheOf(instance: ShopProcess, product: HotProduct): Promise<string> {
  let cache = ''
  await until(
    `a page of product ${product.id}`,
    async () => {
      const response = await fetch(instance.url + pathOf(product), { signal: AbortSignal.timeout(SHOWN_WITHIN_MS) })
      await response.arrayBuffer()
      cache = response.headers.get('x-cache') ?? ''
      return response.ok
    },
    SHOWN_WITHIN_MS,
  )
  return cache
}

test('renders no page again that was rendered while Redis was away and came back with the same data', async () => {
  const [instance] = shop.web
  const [first, ...others] = products.slice(0, 6)
  if (!first) throw new Error('the catalog is empty')
  await untilBelieved(shop.web, pathOf(first), HEALED_WITHIN_MS)
  let before = 0
  await proxy.cut()
  try {
    for (const product of others) expect(await cacheOf(instance, product)).toBe('MISS render')
    before = await renders(instance)
  } finally {
    await proxy.heal()
  }
  await untilBelieved(shop.web, pathOf(first), HEALED_WITHIN_MS)
  const caches = []
  for (const product of others) caches.push(await cacheOf(instance, product))
  expect(caches).toEqual(others.map(() => expect.stringMatching(/^HIT/)))
  expect((await renders(instance)) - before, 'renders').toBe(0)
})

test('serves pages that another instance has rendered while the index is not believed', async () => {
  const [asked, other] = shop.web
  const [edited, ...shared] = products.slice(6)
  if (!edited) throw new Error('the catalog is empty')
  for (const product of shared) await untilBelieved([other], pathOf(product), HEALED_WITHIN_MS)
  const { begin, end } = refusal(redis.admin, 'OOM')
  await begin()
  try {
    // The instance notices at once.
    expect((await shop.edit(asked, edited.id)).state).toBe('propagating')
    const before = await renders(asked)
    const caches = []
    for (const product of shared) caches.push(await cacheOf(asked, product))
    expect(caches).toEqual(shared.map(() => expect.stringMatching(/^HIT/)))
    expect((await renders(asked)) - before, 'renders').toBe(0)
  } finally {
    await end()
  }
})
