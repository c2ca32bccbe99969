import { redisKeys } from '#lib/platform/redisKeys.ts'
import { Redis } from 'ioredis'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { environment } from '../support/environment.ts'
import { measured } from '../support/measured.ts'
import { featuredProduct, pagesOf } from '../support/pagesOf.ts'
import { fetchShownPrice } from '../support/shownPrices.ts'
import { expect, test } from '../support/test.ts'

const redis = new Redis(environment.REDIS_URL)
const bodies = new Redis(environment.BODIES_URL)
test.afterAll(() => {
  redis.disconnect()
  bodies.disconnect()
})

async function allKeys(server: Redis): Promise<string[]> {
  const found: string[] = []
  for await (const batch of server.scanStream({ count: 1_000 })) found.push(...batch)
  return found
}

test('every key that holds cached data expires', async ({ request, database }) => {
  const productId = await featuredProduct(database)
  const { products, categories, home } = await pagesOf(database, productId)
  for (const url of [...products, ...categories, home]) await fetchShownPrice(request, url, productId)
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
  await expect.poll(() => database.sql('SELECT 1 FROM outbox WHERE done_at IS NULL')).toEqual([])
  await request.get(`/api/prices?ids=${productId}`)

  // The index' and the queue's own keys are not cached data.
  const own: string[] = [keys.epoch, keys.head, keys.position, keys.log]
  const isCached = (key: string) => !key.startsWith(redisKeys.queuePrefix) && !own.includes(key)
  const [ofIndex, ofBodies] = await Promise.all([allKeys(redis), allKeys(bodies)])
  for (const prefix of keys.bodyPrefixes) {
    expect(ofBodies.filter((key) => key.startsWith(prefix)).length, `under ${prefix}`).toBeGreaterThan(0)
    expect(
      ofIndex.filter((key) => key.startsWith(prefix)),
      'in the Redis of the index',
    ).toEqual([])
  }
  expect(ofIndex.filter((key) => key.startsWith(keys.tagPrefix)).length).toBeGreaterThan(0)
  const lifetimesIn = (server: Redis, names: readonly string[]) =>
    Promise.all(names.filter(isCached).map(async (key) => [key, await server.ttl(key)] as const))
  const lifetimes = [...(await lifetimesIn(redis, ofIndex)), ...(await lifetimesIn(bodies, ofBodies))]
  expect(
    lifetimes.filter(([, ttl]) => ttl === -1),
    'keys without a lifetime',
  ).toEqual([])
  const tagLifetimes = new Set(lifetimes.filter(([key]) => key.startsWith(keys.tagPrefix)).map(([, ttl]) => ttl))
  expect(tagLifetimes.size, 'lifetimes carry jitter').toBeGreaterThan(1)
})

test('an index that lost its tags does not make an old page look fresh', async ({ request, database }) => {
  const productId = await featuredProduct(database, 3)
  const {
    products: [url = ''],
  } = await pagesOf(database, productId)
  await fetchShownPrice(request, url, productId)
  const { version: old } = await fetchShownPrice(request, url, productId)
  // The tag is gone before the change and after it: only Postgres knows.
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
  await redis
    .multi()
    .unlink(keys.tag(`price:${productId}`))
    .incr(keys.head)
    .exec() // and the log with it
  const shown = await fetchShownPrice(request, url, productId)
  expect(shown.version).toBe((old ?? 0) + 1)
  expect(shown.version).toBe((await database.price(productId)).version)
})

test('after Redis lost everything, every page is right at the first request', async ({ request, database }) => {
  const productId = await featuredProduct(database, 4)
  const pages = await pagesOf(database, productId)
  const urls = [...pages.products, ...pages.categories, pages.home]
  for (const url of urls) await fetchShownPrice(request, url, productId)
  await Promise.all([redis.flushdb(), bodies.flushdb()])
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
  await redis.flushdb()
  const { version } = await database.price(productId)
  for (const url of urls) expect((await fetchShownPrice(request, url, productId)).version, url).toBe(version)
  measured(`Redis emptied before and after the edit: ${urls.length} pages show version ${version} at the first request`)
})
