/** The edge's part of a job, on a real database, with Cloudflare as it documents itself behind a connection that breaks. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { CloudflareEdge } from '#lib/cdn/adapters/cloudflare.ts'
import { EdgeDelivery } from '#lib/delivery/cdnDelivery.ts'
import { Monitor } from '#lib/observability/monitor/monitor.ts'
import { purgeCheck } from '#lib/observability/monitor/checks/purgeCheck.ts'
import { PageSamples } from '#lib/delivery/readBack.ts'
import { claimOutbox, pendingOutbox } from '#lib/delivery/outbox.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import { versionSource } from '#lib/catalog/coherence.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { faultProxy, type FaultProxy } from '#lib/coherence/testing/faultProxy.ts'
import { metrics } from '#lib/platform/metrics.ts'
import { openInvalidationQueue } from '#lib/queue/invalidationQueue.ts'
import { onePageShop, PRODUCT, type OnePageShop } from './shop.ts'
import { cloudflare, type Vendor } from './vendors.ts'

/** Milliseconds. Far below those of a shop, so that the test need not wait for minutes. */
const LONGEST_RENDER_MS = 1_500
/** Milliseconds: two tries fit into it. */
const ALERT_AFTER_MS = 1_000
const PATIENCE = { timeout: 20_000 }

let catalog: SeededDatabase
let redis: TestRedis
let shop: OnePageShop
let vendor: Vendor
let line: FaultProxy
let edge: CloudflareEdge
let delivery: EdgeDelivery

beforeAll(async () => {
  catalog = await seededDatabase(60)
  redis = await testRedis()
  stubEnvironment({ databaseUrl: catalog.url, redisUrl: 'redis://127.0.0.1:1' })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await redis.close()
  await catalog.drop()
})
beforeEach(async () => {
  shop = await onePageShop()
  vendor = await cloudflare(shop.url)
  line = await faultProxy({ host: '127.0.0.1', port: Number(new URL(vendor.url).port) })
  edge = new CloudflareEdge({
    url: vendor.url,
    api: `http://127.0.0.1:${line.port}`,
    token: 't',
    accountId: 'a',
    zoneId: 'z',
    namespaceId: 'n',
    timeoutMs: 1_000,
  })
  const source = versionSource(() => catalog.db)
  delivery = new EdgeDelivery({
    db: catalog.db,
    source,
    edge,
    longestRenderMs: LONGEST_RENDER_MS,
    alertAfterMs: ALERT_AFTER_MS,
  })
})
afterEach(async () => {
  await line.heal()
  await delivery.stop()
  await line.close()
  await vendor.stop()
  await shop.stop()
  await catalog.db.outbox.updateMany({ data: { doneAt: new Date() } })
  await catalog.db.invalidation.deleteMany()
  await catalog.db.alert.deleteMany()
})

/** A price that changes, in the shop too. @returns the rows of the outbox that wait */
async function change(): Promise<Awaited<ReturnType<typeof pendingOutbox>>> {
  const { version } = await catalog.db.price.update({
    where: { productId: PRODUCT },
    data: { amountMinor: { increment: 1 } },
  })
  shop.version = Number(version)
  const open = await catalog.db.outbox.findMany({ where: { doneAt: null }, select: { id: true } })
  return pendingOutbox(
    catalog.db,
    open.map(({ id }) => id.toString()),
  )
}

const open = () => catalog.db.outbox.count({ where: { doneAt: null } })
const alerts = () => catalog.db.alert.findMany({ where: { resolvedAt: null } })
/** Rows that the edge did not take or show, and those that it showed, a try each. */
async function counted(outcome: 'failed' | 'shown'): Promise<number> {
  const text = await metrics().metrics()
  return Number(
    new RegExp(`^evergreen_purges_total\\{layer="edge",outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)?.[1],
  )
}
const purges = () => vendor.calls.filter(({ path }) => path.endsWith('/purge_cache')).length

it('rows are done when the edge was read and showed the version, and the purge is made once more after the longest render', async () => {
  delivery.take(await change(), { id: 'one', attempt: 1 })
  await expect.poll(open, PATIENCE).toBe(0)
  expect(await catalog.db.invalidation.findMany({ select: { layer: true, verifiedAt: true } })).toEqual([
    { layer: 'edge', verifiedAt: expect.any(Date) },
  ])
  expect(purges()).toBe(1)
  await expect.poll(purges, PATIENCE).toBe(2)
})

it('merges what waits behind a refusal into one purge, and counts a row that was taken twice once', async () => {
  await line.cut()
  const rows = await change()
  delivery.take(rows, { id: 'one', attempt: 1 })
  await expect.poll(alerts, PATIENCE).toHaveLength(1)
  for (let i = 0; i < 5; i++) delivery.take(await change(), { id: `more ${i}`, attempt: 1 })
  delivery.take(rows, { id: 'again', attempt: 2 })
  await line.heal()
  await expect.poll(alerts, PATIENCE).toEqual([])
  expect(purges()).toBe(1)
  expect(await open()).toBe(0)
})

it('an edge that is away is noted once, the rows are not done and the relay leaves them alone, and the purge is made when it is back', async () => {
  const before = { failed: await counted('failed'), shown: await counted('shown') }
  await line.cut()
  delivery.take(await change(), { id: 'one', attempt: 1 })
  await expect
    .poll(() => catalog.db.outbox.findMany({ where: { doneAt: null }, select: { lastError: true } }), PATIENCE)
    .toEqual([{ lastError: expect.stringContaining('ECONNREFUSED') }])
  await expect
    .poll(alerts, PATIENCE)
    .toMatchObject([
      { kind: 'purge-failing', severity: 'critical', summary: expect.stringMatching(/after [3-9] tries/) },
    ])
  await expect
    .poll(() => catalog.db.invalidation.findMany(), PATIENCE)
    .toMatchObject([
      {
        layer: 'edge',
        verifiedAt: null,
        detail: { edge: 'cloudflare', answer: expect.stringContaining('ECONNREFUSED') },
      },
    ])
  expect(await open()).toBe(1)
  expect(await claimOutbox(catalog.db)).toEqual([])
  expect(await counted('failed'), 'each try counts').toBeGreaterThanOrEqual(before.failed + 3)
  await line.heal()
  await expect.poll(purges, PATIENCE).toBe(1)
  await expect.poll(alerts, PATIENCE).toEqual([])
  expect(await open()).toBe(0)
  expect(await counted('shown')).toBe(before.shown + 1)
})

it('alerts once a change has waited for the edge for so long, and not by the number of refusals', async () => {
  await line.cut()
  const [row] = await change()
  delivery.take(row ? [row] : [], { id: 'one', attempt: 1 })
  await expect.poll(alerts, PATIENCE).toHaveLength(1)
  const [alert] = await alerts()
  expect((alert?.raisedAt.getTime() ?? 0) - (row?.createdAt.getTime() ?? Infinity)).toBeGreaterThanOrEqual(
    ALERT_AFTER_MS,
  )
})

it('a worker that dies while the edge refuses leaves one alert, which the monitor keeps, and which ends when the next worker got through', async () => {
  await line.cut()
  delivery.take(await change(), { id: 'one', attempt: 1 })
  await expect.poll(alerts, PATIENCE).toHaveLength(1)
  await expect.poll(() => catalog.db.invalidation.count(), PATIENCE).toBe(1)
  await delivery.stop()
  const { index, publisher } = await testCoherence(redis.client, catalog.db)
  const queue = openInvalidationQueue(redis.client)
  const monitor = new Monitor(
    {
      db: catalog.db,
      source: versionSource(() => catalog.db),
      index,
      publisher,
      indexRedis: redis.client,
      cacheRedis: redis.client,
      webUrls: [],
      samples: new PageSamples(),
      internalSecret: 'unused',
      budgetMs: 60_000,
      intervalMs: 1_000,
      locales: ['en'],
      queue,
      hasEdge: true,
    },
    [purgeCheck],
  )
  await catalog.db.$executeRaw`UPDATE alerts SET last_seen_at = last_seen_at - interval '1 minute'`
  await monitor.round(new AbortController().signal)
  await queue.close()
  expect(await alerts()).toMatchObject([
    { dedupKey: 'edge/purge:edge', summary: expect.stringMatching(new RegExp(`product ${PRODUCT}\\b.*ECONNREFUSED`)) },
  ])
  await line.heal()
  const next = new EdgeDelivery({
    db: catalog.db,
    source: versionSource(() => catalog.db),
    edge,
    longestRenderMs: LONGEST_RENDER_MS,
    alertAfterMs: ALERT_AFTER_MS,
  })
  const waiting = await catalog.db.outbox.findMany({ where: { doneAt: null }, select: { id: true } })
  next.take(
    await pendingOutbox(
      catalog.db,
      waiting.map(({ id }) => id.toString()),
    ),
    { id: 'two', attempt: 1 },
  )
  await expect.poll(open, PATIENCE).toBe(0)
  await next.stop()
  await expect
    .poll(async () => {
      await monitor.round(new AbortController().signal)
      return alerts()
    }, PATIENCE)
    .toEqual([])
})
