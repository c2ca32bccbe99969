/** Redis answers every read and refuses every write: an instance that only reads must stop believing what it reads. */
import { expect, test } from '@playwright/test'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { hotProducts } from '../coherence/targets.ts'
import { measured } from '../support/measured.ts'
import { HEALED_WITHIN_MS, NOT_OLD_AFTER_MS, SHOWN_WITHIN_MS } from './bounds.ts'
import { committed, sqlEdit } from './changes.ts'
import { untilBelieved } from './hits.ts'
import { type LeaseShop, leaseShop } from './servers/leaseShop.ts'
import { type RedisServer, redisServer } from './servers/redisServer.ts'
import { type Refusal, refusal, REFUSAL_CODES } from './servers/refusals.ts'
import { until } from './servers/until.ts'
import { pathOf, Watch } from './watch.ts'

let database: SeededDatabase
let redis: RedisServer
let shop: LeaseShop

test.beforeAll(async () => {
  test.setTimeout(120_000)
  ;[database, redis] = await Promise.all([seededDatabase(60), redisServer({ ownClock: true })])
  shop = await leaseShop({ databaseUrl: database.url, redisUrl: redis.url })
})
test.afterAll(async () => {
  await shop?.close()
  await Promise.all([redis?.close(), database?.drop()])
})

/** While `fault` lasts: one product is edited through the second instance, another in Postgres. */
async function expectNeverOld(fault: Refusal): Promise<void> {
  const [reading, editing] = shop.web
  const products = await hotProducts(database.url, 2)
  const [edited, written] = products
  if (!edited || !written) throw new Error('the catalog is empty')
  for (const product of products) await untilBelieved(shop.web, pathOf(product), HEALED_WITHIN_MS)
  const shoppers = { reader: [reading], traveller: [reading, editing] }
  // Pages alone: the API fills what it lacks, and a failed write of its own is how an instance notices by luck.
  const watch = new Watch({ products, shoppers, kinds: ['product'] })
  let shown = 0
  let healed = 0
  try {
    await watch.untilHits(HEALED_WITHIN_MS)
    await fault.begin()
    const edit = await shop.edit(editing, edited.id)
    watch.changed(edit, 'api', edit.end + (edit.state === 'live' ? 0 : NOT_OLD_AFTER_MS))
    expect(edit.state).toBe('propagating')
    const outside = await sqlEdit(database.url, written.id)
    watch.changed(outside, 'sql', outside.end + NOT_OLD_AFTER_MS)
    shown = Math.max(
      await watch.untilShown(edited.id, edit.version, SHOWN_WITHIN_MS),
      await watch.untilShown(written.id, outside.version, SHOWN_WITHIN_MS),
    )
  } finally {
    const violations = await watch.violations(await committed(database.url))
    await fault.end()
    healed = performance.now()
    expect(violations).toEqual([])
  }
  await untilBelieved(shop.web, pathOf(edited), HEALED_WITHIN_MS)
  const left = HEALED_WITHIN_MS - (performance.now() - healed)
  await until('an edit is live', async () => (await shop.edit(editing, edited.id)).state === 'live', left)
  measured(`shown ${Math.round(shown)} ms after the edit, healed in ${Math.round(performance.now() - healed)} ms`)
}

for (const code of REFUSAL_CODES) {
  test(`shows no old price while Redis refuses writes, and hits and live edits soon after (${code})`, async () => {
    await expectNeverOld(refusal(redis.admin, code))
  })
}

test('shows no old price when the clock of Redis is set back by an hour and it refuses writes', async () => {
  const { begin, end } = refusal(redis.admin, 'OOM')
  await expectNeverOld({
    async begin() {
      redis.clock.shift(-3_600)
      await begin()
    },
    async end() {
      await end()
      redis.clock.shift(0)
    },
  })
})
