/** Redis fails over behind a proxy, and the connections to the old primary live on. */
import { expect, test } from '@playwright/test'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { hotProducts } from '../coherence/targets.ts'
import { measured } from '../support/measured.ts'
import { DELIVERED_WITHIN_MS, HEALED_WITHIN_MS, NOT_OLD_AFTER_MS, SHOWN_WITHIN_MS } from './bounds.ts'
import { committed, isDelivered, sqlEdit } from './changes.ts'
import { untilBelieved } from './hits.ts'
import { type LeaseShop, leaseShop } from './servers/leaseShop.ts'
import { type OldPrimary, type RedisPair, redisPair } from './servers/redisPair.ts'
import { until } from './servers/until.ts'
import { pathOf, Watch } from './watch.ts'

let database: SeededDatabase
let redis: RedisPair
let shop: LeaseShop

test.beforeAll(async () => {
  test.setTimeout(120_000)
  ;[database, redis] = await Promise.all([seededDatabase(60), redisPair()])
  shop = await leaseShop({ databaseUrl: database.url, redisUrl: redis.url })
})
test.afterAll(async () => {
  await shop?.close()
  await Promise.all([redis?.close(), database?.drop()])
})

async function expectDelivery(old: OldPrimary): Promise<void> {
  const [reading, editing] = shop.web
  const products = await hotProducts(database.url, 2)
  const [edited, written] = products
  if (!edited || !written) throw new Error('the catalog is empty')
  for (const product of products) await untilBelieved(shop.web, pathOf(product), HEALED_WITHIN_MS)
  await until('the outbox is empty', () => isDelivered(database.url))
  await redis.failOver(old)
  const failedOver = performance.now()
  expect(redis.connectionsToOld()).toBeGreaterThan(0)
  if (old === 'isolated') {
    // These two connect to the new primary; the other instance stays with the old one.
    await Promise.all([editing, shop.worker].map((one) => one.stop('SIGKILL')))
    await Promise.all([editing, shop.worker].map((one) => one.start()))
  }
  const watch = new Watch({
    products,
    shoppers: { reader: [reading], traveller: [reading, editing] },
    kinds: ['product'],
  })
  let [shown, delivered] = [0, 0]
  try {
    const edit = await shop.edit(editing, edited.id)
    watch.changed(edit, 'api', edit.end + (edit.state === 'live' ? 0 : NOT_OLD_AFTER_MS))
    const outside = await sqlEdit(database.url, written.id)
    watch.changed(outside, 'sql', outside.end + NOT_OLD_AFTER_MS)
    shown = Math.max(
      await watch.untilShown(edited.id, edit.version, SHOWN_WITHIN_MS),
      await watch.untilShown(written.id, outside.version, SHOWN_WITHIN_MS),
    )
    const left = DELIVERED_WITHIN_MS - (performance.now() - outside.end)
    delivered = await until('both edits are delivered', () => isDelivered(database.url), left)
  } finally {
    expect(await watch.violations(await committed(database.url))).toEqual([])
  }
  if (old === 'isolated') await redis.rejoin() // the last connection to it meets READONLY
  await untilBelieved(shop.web, pathOf(edited), DELIVERED_WITHIN_MS)
  await until('an edit is live', async () => (await shop.edit(reading, edited.id)).state === 'live', HEALED_WITHIN_MS)
  const healed = performance.now() - failedOver
  measured([shown, delivered, healed].map(Math.round).join(', ') + ' ms until shown, delivered, live again')
}

const WHAT: Record<OldPrimary, string> = {
  demoted: 'a primary that has become a replica',
  silent: 'a primary that no longer answers',
  isolated: 'a primary that takes writes for itself',
}

for (const old of ['demoted', 'silent', 'isolated'] as const) {
  test(`shows no old price and delivers edits while connections lead to ${WHAT[old]}`, async () => {
    await expectDelivery(old)
    if (old !== 'isolated') await redis.rejoin()
  })
}
