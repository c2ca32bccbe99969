/** Postgres fails over to a standby that lacks the last commits: what was shown of them is taken back, and their numbers are used again. */
import { expect, test } from '@playwright/test'
import { applyMigrations } from '#lib/platform/migrations.ts'
import { seedCatalog } from '../../prisma/seed/seedCatalog.ts'
import { hotProducts, type HotProduct } from '../coherence/targets.ts'
import { measured } from '../support/measured.ts'
import { HEALED_WITHIN_MS } from './bounds.ts'
import { committed, isDelivered, sqlEdit } from './changes.ts'
import { untilBelieved } from './hits.ts'
import { type Edited, type LeaseShop, leaseShop } from './servers/leaseShop.ts'
import { type PostgresPair, postgresPair } from './servers/postgresPair.ts'
import { type RedisServer, redisServer } from './servers/redisServer.ts'
import { until } from './servers/until.ts'
import { pathOf, Watch, type Look } from './watch.ts'

let postgres: PostgresPair
let redis: RedisServer
let shop: LeaseShop

test.beforeAll(async () => {
  test.setTimeout(120_000)
  ;[postgres, redis] = await Promise.all([postgresPair(), redisServer()])
  await applyMigrations(postgres.url)
  await seedCatalog({ databaseUrl: postgres.url, size: 60 })
  shop = await leaseShop({ databaseUrl: postgres.url, redisUrl: redis.url })
})
test.afterAll(async () => {
  await shop?.close()
  await Promise.all([redis?.close(), postgres?.close()])
})

/** Finds looks that show a version which Postgres lacks, or has with another amount. */
function invented(looks: readonly Look[], there: ReadonlySet<string>): string[] {
  return looks.flatMap(({ origin, kind, productId, version, amountCents }) =>
    version === undefined || there.has(`${productId}@${version}: ${amountCents}`)
      ? []
      : [`${kind} at ${origin}: ${productId}@${version}: ${amountCents}`],
  )
}

async function everCommitted(): Promise<ReadonlySet<string>> {
  const rows = await committed(postgres.standbyUrl)
  return new Set(rows.map(({ productId, version, amountCents }) => `${productId}@${version}: ${amountCents}`))
}

test('shows no lost version, and none of its amounts again, when Postgres is promoted without the last commits', async () => {
  test.setTimeout(90_000)
  const products = await hotProducts(postgres.url, 3)
  const [lost, reused, later] = products
  if (!lost || !reused || !later) throw new Error('the catalog is empty')
  for (const product of products) await untilBelieved(shop.web, pathOf(product), HEALED_WITHIN_MS)
  await postgres.caughtUp()
  await postgres.cutReplication()
  const edits: Edited[] = []
  for (const { id } of products) edits.push(await shop.liveEdit(shop.web[0], id))
  await until('the outbox is empty', () => isDelivered(postgres.url))
  const watch = new Watch({ products, shoppers: { one: shop.web, other: shop.web } })
  try {
    for (const { productId, version } of edits) await watch.untilShown(productId, version, HEALED_WITHIN_MS)
    await postgres.promote()
    // Before the shop knows of the new server, another program gives a lost number to another amount.
    const again = await sqlEdit(postgres.standbyUrl, reused.id)
    expect(again.version).toBeLessThanOrEqual(edits[1]?.version ?? 0)
    postgres.switchOver()
    const promoted = performance.now()

    const amountOf = async ({ id }: HotProduct) =>
      (await committed(postgres.standbyUrl)).findLast((row) => row.productId === id)
    await until(
      'every page shows what the new server has',
      async () => {
        const there = await everCommitted()
        const latest = watch.between(performance.now() - 500, Infinity)
        const places = new Set(
          latest
            .filter(({ answer }) => answer === '200')
            .map(({ origin, kind, productId }) => `${origin} ${kind} ${productId}`),
        )
        return places.size === products.length * 4 && invented(latest, there).length === 0
      },
      HEALED_WITHIN_MS,
      () => JSON.stringify(watch.between(performance.now() - 500, Infinity).slice(-16), null, 1),
    )
    const shown = performance.now() - promoted
    await until(
      'an edit is live',
      async () => (await shop.edit(shop.web[1], later.id)).state === 'live',
      HEALED_WITHIN_MS + 5_000,
    )
    expect((await amountOf(later))?.version).toBeGreaterThan(edits[2]?.version ?? 0)
    for (const product of products) await untilBelieved(shop.web, pathOf(product), HEALED_WITHIN_MS)
    const healed = performance.now()
    await until('both instances were read again', () => watch.between(healed, Infinity).length > 40)
    await watch.stop()
    expect(invented(watch.between(promoted + HEALED_WITHIN_MS, Infinity), await everCommitted())).toEqual([])
    const lostAmounts = new Set(edits.map(({ amountCents }) => amountCents))
    const shownAgain = watch
      .between(promoted + HEALED_WITHIN_MS, Infinity)
      .filter(({ amountCents }) => lostAmounts.has(amountCents ?? 0))
    expect(shownAgain).toEqual([])
    measured(`right after ${Math.round(shown)} ms, hits and live edits after ${Math.round(healed - promoted)} ms`)
  } finally {
    await watch.stop()
    // A loss of confirmed commits shows as "stale"; no client may see a version go back or change its amount.
    const { violations } = watch.checker
    expect(violations.filter(({ invariant }) => invariant === 'backwards' || invariant === 'torn')).toEqual([])
  }
})
