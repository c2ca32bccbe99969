/** Redis is killed and comes back with an old file: what it says of versions, and the pages that it kept, are of that time. */
import { expect, test } from '@playwright/test'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { hotProducts } from '../coherence/targets.ts'
import { measured } from '../support/measured.ts'
import { HEALED_WITHIN_MS, SHOWN_WITHIN_MS } from './bounds.ts'
import { committed, isDelivered, sqlEdit } from './changes.ts'
import { untilBelieved } from './hits.ts'
import { type Edited, type LeaseShop, leaseShop } from './servers/leaseShop.ts'
import { query } from './servers/postgresPair.ts'
import { type RedisServer, redisServer } from './servers/redisServer.ts'
import { until } from './servers/until.ts'
import { pathOf, Watch } from './watch.ts'

let database: SeededDatabase
let redis: RedisServer
let shop: LeaseShop

test.beforeAll(async () => {
  test.setTimeout(120_000)
  ;[database, redis] = await Promise.all([seededDatabase(60), redisServer()])
  shop = await leaseShop({ databaseUrl: database.url, redisUrl: redis.url })
})
test.afterAll(async () => {
  await shop?.close()
  await Promise.all([redis?.close(), database?.drop()])
})

/** Makes everything that was written so far as old as it is in a file of an hour ago. */
async function anHourPasses(): Promise<void> {
  await query(database.url, "UPDATE outbox SET created_at = created_at - interval '1 hour'")
}

for (const restarted of [false, true]) {
  const title = restarted ? ', the web instances too' : ''
  test(`shows nothing older than what was live when Redis is restarted with an old file${title}`, async () => {
    const [warm, cold] = shop.web
    // Products of its own for each test.
    const products = (await hotProducts(database.url, 6)).slice(restarted ? 3 : 0).slice(0, 3)
    for (const product of products) await untilBelieved([warm], pathOf(product), HEALED_WITHIN_MS)
    await until('the outbox is empty', () => isDelivered(database.url))
    const copy = await redis.copyFiles()
    const changed: Omit<Edited, 'state'>[] = []
    for (const { id } of products) changed.push(await shop.liveEdit(warm, id))
    const outside = await sqlEdit(database.url, products[0]?.id ?? 0)
    changed.push(outside)
    await until('the outbox is empty', () => isDelivered(database.url))
    await anHourPasses()

    // An instance with a page in its memory notices that it is newer than the index: one instance must take them from Redis.
    await cold.stop('SIGKILL')
    await cold.start()
    if (restarted) await Promise.all(shop.web.map((instance) => instance.stop('SIGKILL')))
    await redis.stop('SIGKILL')
    redis.restoreFiles(copy)
    await redis.start()
    // An instance with a page in its memory notices that it is newer than the index: one instance must take them from Redis.
    await cold.stop('SIGKILL')
    await cold.start()
    if (restarted) await warm.start()
    const back = performance.now()
    const watch = new Watch({ products, shoppers: { one: [cold], other: [cold, warm] } })
    for (const edit of changed) watch.changed(edit, 'api', edit.end)
    try {
      for (const { productId, version } of changed) await watch.untilShown(productId, version, SHOWN_WITHIN_MS)
      const shown = performance.now() - back
      for (const product of products)
        await untilBelieved(shop.web, pathOf(product), HEALED_WITHIN_MS - (performance.now() - back))
      measured(`all shown after ${Math.round(shown)} ms, healed after ${Math.round(performance.now() - back)} ms`)
    } finally {
      expect(await watch.violations(await committed(database.url))).toEqual([])
    }
    await shop.liveEdit(cold, products[0]?.id ?? 0)
  })
}
