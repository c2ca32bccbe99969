/** The invalidation job on real stores: what closes, what stays, and what is tried again alone. */
import { expect, test } from 'vitest'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { metrics } from '#lib/platform/metrics.ts'
import { noteMadeFrom } from '#lib/coherence/store/madeFrom.ts'
import { invalidate } from './invalidation.ts'
import { claimOutbox, QUARANTINE_AFTER } from './outbox.ts'
import { PageSamples } from './readBack.ts'
import { deliveredShop } from './testing/deliveredShop.ts'

const MANY = 5_000

const shop = deliveredShop(MANY)
const job = { id: 'job', attempt: 1 }
const run = (ids: readonly bigint[], context = shop.context) =>
  invalidate(
    context,
    ids.map((id) => id.toString()),
    job,
  )
const open = async () =>
  (
    await shop.catalog.db.outbox.findMany({
      where: { doneAt: null },
      select: { entityIds: true },
      orderBy: { id: 'asc' },
    })
  ).map(({ entityIds }) => entityIds)
const rowOf = (productId: number) =>
  shop.catalog.db.outbox.findFirstOrThrow({ where: { doneAt: null, entityIds: { has: productId } } })
/** Lets time go by for what is put off. */
const pauseEnds = () => shop.catalog.db.outbox.updateMany({ where: { doneAt: null }, data: { retryAt: new Date(0) } })

test('closes the other changes of a job when the page of one product fails', async () => {
  shop.broken.add(3)
  await run([...(await shop.change(2)), ...(await shop.change(3)), ...(await shop.change(4))])
  expect(await open()).toEqual([[3]])
  expect(await rowOf(3)).toMatchObject({ failures: 1, lastError: expect.stringContaining('It answered 500') })
  expect(
    await shop.catalog.db.invalidation.findMany({
      where: { layer: 'page' },
      select: { verifiedAt: true, entities: true },
      orderBy: { id: 'asc' },
    }),
  ).toEqual([
    { verifiedAt: expect.any(Date), entities: 2 },
    { verifiedAt: null, entities: 1 },
  ])
  expect(await metrics().metrics()).toMatch(/^evergreen_purges_total\{layer="page",outcome="failed"\} 1$/m)
  expect(await metrics().metrics()).toMatch(/^evergreen_purges_total\{layer="page",outcome="shown"\} 2$/m)
  expect(await metrics().metrics()).toMatch(/^evergreen_purges_total\{layer="edge",outcome="failed"\} 0$/m)
})

test('takes the failing product out of the row of a larger edit', async () => {
  shop.broken.add(6)
  const [id] = await shop.change(5, 6, 7)
  const { createdAt } = await shop.catalog.db.outbox.findUniqueOrThrow({ where: { id: id ?? 0n } })
  await run([id ?? 0n])
  expect(await open()).toEqual([[6]])
  expect(await rowOf(6)).toMatchObject({ failures: 1, createdAt })
})

test('tries a failing change again alone and ever more rarely, and closes it when its page is mended', async () => {
  shop.broken.add(8)
  await run(await shop.change(8))
  for (let failures = 1; failures < QUARANTINE_AFTER; failures++) {
    expect((await claimOutbox(shop.catalog.db)).flat(), 'before its time').toEqual([])
    await pauseEnds()
    const others = await shop.change(9, 10)
    const jobs = await claimOutbox(shop.catalog.db)
    expect(jobs.map((rows) => rows.map(({ entityIds }) => entityIds))).toEqual([[[9, 10]], [[8]]])
    for (const rows of jobs) await run(rows.map(({ id }) => id))
    expect(await open()).toEqual([[8]])
    expect(others).toHaveLength(1)
  }
  const { failures, retryAt } = await rowOf(8)
  expect(failures).toBe(QUARANTINE_AFTER)
  expect(retryAt?.getTime()).toBeGreaterThan(Date.now() + 10_000)
  shop.broken.clear()
  await pauseEnds()
  for (const rows of await claimOutbox(shop.catalog.db)) await run(rows.map(({ id }) => id))
  expect(await open()).toEqual([])
})

test('takes a page for a failing one when it does not answer in time twice in a row, and closes its change when it does', async () => {
  const context = { ...shop.context, samples: new PageSamples(1_000) }
  const edited = async () => run(await shop.change(14, 15), context)
  shop.slow.add(14)
  await edited()
  expect(await open(), 'once').toEqual([])
  shop.slow.clear()
  await edited()
  shop.slow.add(14)
  await edited()
  expect(await open(), 'once, after it has answered').toEqual([])
  await edited()
  expect(await open()).toEqual([[14]])
  expect(await rowOf(14)).toMatchObject({ failures: 1, lastError: expect.stringMatching(/timeout|aborted/i) })
  shop.slow.clear()
  await pauseEnds()
  for (const rows of await claimOutbox(shop.catalog.db))
    await run(
      rows.map(({ id }) => id),
      context,
    )
  expect(await open()).toEqual([])
})

test('closes a superseded change without delivering it', async () => {
  const [old] = await shop.change(11)
  await shop.change(11)
  await run([old ?? 0n])
  expect(await open()).toEqual([[11]])
  expect(shop.asked).toEqual([])
  expect(await shop.catalog.db.invalidation.count()).toBe(0)
})

test(`closes one statement of ${MANY} rows in one pass, with a bounded number of page reads`, async () => {
  const ids = await shop.change(...Array.from({ length: MANY }, (_, i) => i + 1))
  expect(ids).toHaveLength(MANY / 1_000)
  const claimed: bigint[] = []
  for (;;) {
    const jobs = await claimOutbox(shop.catalog.db)
    if (jobs.length === 0) break
    for (const rows of jobs) {
      claimed.push(...rows.map(({ id }) => id))
      await run(rows.map(({ id }) => id))
    }
  }
  expect(claimed).toEqual(ids)
  expect(await open()).toEqual([])
  expect(shop.asked.filter((path) => path.includes('/products/')).length).toBeLessThanOrEqual(2 * 8)
  const [behind] = await shop.catalog.db.$queryRaw<{ rows: number }[]>`
    SELECT count(*)::int AS rows FROM prices LEFT JOIN price_index USING (product_id) WHERE price_index.version IS DISTINCT FROM prices.version`
  expect(behind).toEqual({ rows: 0 })
})

test('reads of many changes only pages that the instance keeps', async () => {
  const { slug } = await shop.catalog.db.product.findUniqueOrThrow({ where: { id: 20 } })
  shop.kept.push('/en', `/de/products/${slug}`, `/en/products/${slug}`, '/en/products/of-another-change')
  const ids = await shop.change(...Array.from({ length: 100 }, (_, i) => i + 1))
  await run(ids)
  expect(await open()).toEqual([])
  expect(shop.asked.filter((path) => path.includes('/products/'))).toEqual([`/en/products/${slug}`])
})

test('advances the index and clears Redis of what was made from an older version', async () => {
  const { catalog, redis } = shop
  const version = Number((await catalog.db.price.findUniqueOrThrow({ where: { productId: 12 } })).version)
  const [old, newer, template] = [keys.data('b', 'old'), keys.data('b', 'newer'), keys.page('b', '/en')]
  await redis.direct.mset({ [old]: '1', [newer]: '1', [template]: '1' })
  await noteMadeFrom(redis.direct, old, [['price:12', version]])
  await noteMadeFrom(redis.direct, newer, [['price:12', version + 1]])
  await noteMadeFrom(redis.direct, template, [['product:12', 1]])
  await run(await shop.change(12))
  expect(await redis.direct.get(keys.tag('price:12'))).toMatch(new RegExp(`^${version + 1}(:|[|]|$)`))
  expect(await redis.direct.mget(old, newer, template)).toEqual([null, '1', '1'])
  await catalog.db.product.update({ where: { id: 12 }, data: { rank: { increment: 1 } } })
  const rows = await catalog.db.outbox.findMany({ where: { doneAt: null, topic: 'product' }, select: { id: true } })
  await run(rows.map(({ id }) => id))
  expect(await redis.direct.mget(newer, template)).toEqual(['1', null])
})

test('closes nothing while the only web instance is away', async () => {
  const ids = await shop.change(13)
  const { context } = shop
  await expect(
    invalidate({ ...context, webUrls: ['http://127.0.0.1:1'] }, [String(ids[0])], job),
  ).rejects.toMatchObject({ code: 'NOT_VERIFIED' })
  expect(await open()).toEqual([[13]])
})
