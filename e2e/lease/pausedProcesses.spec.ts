/** A process stands still: the others go on with hits that the index confirms, and it does so itself when it is back. */
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { hotProducts, type HotProduct } from '../coherence/targets.ts'
import { measured } from '../support/measured.ts'
import { HEALED_WITHIN_MS, LEASE_MS, SHOWN_WITHIN_MS, OUTSIDE_WRITE_SHOWN_WITHIN_MS } from './bounds.ts'
import { committed, sqlEdit } from './changes.ts'
import { sourceReads, untilBelieved } from './hits.ts'
import { type LeaseShop, leaseShop } from './servers/leaseShop.ts'
import { type RedisServer, redisServer } from './servers/redisServer.ts'
import type { ShopProcess } from './servers/shopProcess.ts'
import { until } from './servers/until.ts'
import { pathOf, Watch } from './watch.ts'

/** Longer than Redis gets for an answer, shorter than the lease lives without this process. */
const STALL_MS = 1_100
const STALLS = 3
const READS_A_STALL = 20
const REDIS_PAUSE_MS = 200
/** In which the lease would end if the others did not refresh it. */
const PAUSE_MS = 2 * LEASE_MS

let database: SeededDatabase
let redis: RedisServer
let shop: LeaseShop
let edited: HotProduct
/** Their pages do not show the edited one. */
let untouched: HotProduct[]

test.beforeAll(async () => {
  test.setTimeout(120_000)
  ;[database, redis] = await Promise.all([seededDatabase(60), redisServer()])
  shop = await leaseShop({ databaseUrl: database.url, redisUrl: redis.url })
})
test.afterAll(async () => {
  await shop?.close()
  await Promise.all([redis?.close(), database?.drop()])
})
test.beforeEach(async () => {
  const others = await hotProducts(database.url, 20)
  const last = others.pop()
  if (!last) throw new Error('the catalog is empty')
  edited = last
  untouched = []
  for (const product of others) {
    const page = await (await fetch(shop.web[0].url + pathOf(product))).text()
    if (untouched.length < 2 && !page.includes(`data-product-id="${edited.id}"`)) untouched.push(product)
  }
  expect(untouched).toHaveLength(2)
  for (const product of [edited, ...untouched]) await untilBelieved(shop.web, pathOf(product), HEALED_WITHIN_MS)
})

const sourceReadsOf = (instances: readonly ShopProcess[]) => Promise.all(instances.map(sourceReads))

test('asks Redis again at once, and not Postgres, when a web instance has stood still for a second', async () => {
  const [stalled] = shop.web
  const url = stalled.url + pathOf(edited)
  const caches = new Set<string | null>()
  let sourceReadsAfter = 0
  const read = async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(SHOWN_WITHIN_MS) })
    await response.arrayBuffer()
    caches.add(response.headers.get('x-cache'))
  }
  for (let stall = 0; stall < STALLS; stall++) {
    // Redis holds its answers back until the process stands still, so that they arrive while it does.
    await redis.admin.call('CLIENT', 'PAUSE', String(REDIS_PAUSE_MS))
    const answers = Array.from({ length: READS_A_STALL }, read)
    await wait(REDIS_PAUSE_MS / 2) // the requests have arrived, and wait for Redis
    stalled.pause()
    await wait(STALL_MS) // the stall itself
    stalled.resume()
    // Postgres answers what was on its way for longer than a lease allows; nothing after it is.
    await Promise.all(answers)
    const before = await sourceReads(stalled)
    await Promise.all(Array.from({ length: READS_A_STALL }, read))
    sourceReadsAfter += (await sourceReads(stalled)) - before
  }
  expect([...caches]).toEqual(['HIT l1'])
  expect(sourceReadsAfter, 'look-ups that Postgres answered').toBe(0)
})

test('shows a write past the application within a second while the worker stands still, and hits go on', async () => {
  const watch = new Watch({ products: [edited], shoppers: { one: shop.web, other: shop.web }, kinds: ['product'] })
  const beside = new Watch({ products: untouched, shoppers: { third: shop.web }, kinds: ['product'] })
  await watch.untilHits(HEALED_WITHIN_MS)
  const [paused, before] = [performance.now(), await sourceReadsOf(shop.web)]
  shop.worker.pause()
  const times: number[] = []
  try {
    for (const pausedFor of [500, PAUSE_MS, PAUSE_MS + LEASE_MS]) {
      await until('the worker has stood still for a while', () => performance.now() - paused > pausedFor)
      const outside = await sqlEdit(database.url, edited.id)
      watch.changed(outside, 'sql', outside.end + OUTSIDE_WRITE_SHOWN_WITHIN_MS)
      times.push(await watch.untilShown(edited.id, outside.version, OUTSIDE_WRITE_SHOWN_WITHIN_MS))
    }
    await watch.untilHits(HEALED_WITHIN_MS)
    expect(await sourceReadsOf(shop.web), 'look-ups that Postgres answered').toEqual(before)
  } finally {
    shop.worker.resume()
    await beside.stop()
    expect(await watch.violations(await committed(database.url))).toEqual([])
  }
  expectHits(beside, paused)
  measured(`shown after ${times.map(Math.round).join(', ')} ms without the worker`)
})

for (const i of [0, 1] as const) {
  test(`goes on with hits that the index confirms while web instance ${i + 1} stands still`, async () => {
    const [paused, going] = [shop.web[i], shop.web[i === 0 ? 1 : 0]]
    const watch = new Watch({ products: untouched, shoppers: { one: [going], other: [going] }, kinds: ['product'] })
    await watch.untilHits(HEALED_WITHIN_MS)
    const [from, before] = [performance.now(), await sourceReads(going)]
    paused.pause()
    try {
      await until('it has stood still for longer than the lease lives', () => performance.now() - from > PAUSE_MS)
      await shop.liveEdit(going, edited.id)
    } finally {
      paused.resume()
    }
    expect((await sourceReads(going)) - before, 'look-ups that Postgres answered').toBe(0)
    expect(await watch.violations(await committed(database.url))).toEqual([])
    expectHits(watch, from)
  })
}

function expectHits(watch: Watch, from: number): void {
  const looks = watch.between(from, Infinity)
  expect(looks.length).toBeGreaterThan(50)
  expect(looks.filter(({ cache }) => !cache.startsWith('HIT'))).toEqual([])
}
