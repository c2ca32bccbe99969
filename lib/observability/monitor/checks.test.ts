/** The checks of the monitor on real servers: what they find, name and repair. The incidents themselves are in e2e/incidents. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { beat } from '#lib/platform/heartbeat.ts'
import { metrics } from '#lib/platform/metrics.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { enqueueInvalidation, openInvalidationQueue } from '#lib/queue/invalidationQueue.ts'
import type { Finding } from '#lib/alerts/finding.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { writeLedger } from '#lib/delivery/ledger.ts'
import { tag } from '#lib/coherence/protocol/tags.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { trustedIndex } from '#lib/coherence/index/testing.ts'
import { PostgresVersionSource } from '#lib/coherence/index/versionSource.ts'
import type { Check, MonitorContext } from './context.ts'
import { deliveryCheck, queueCheck } from './deliveryCheck.ts'
import { driftCheck } from './driftCheck.ts'
import { lagCheck } from './lagCheck.ts'
import { forgetGauges, monitorMetrics } from './metrics.ts'
import { payloadCheck } from './payloadCheck.ts'
import { purgeCheck } from './purgeCheck.ts'
import { redisCheck } from './redisCheck.ts'
import { judgeShown } from './shownPrices.ts'
import { watchMonitor } from './watchdog.ts'
import { webCheck } from './webCheck.ts'

let catalog: SeededDatabase
let redis: TestRedis
let context: MonitorContext
let web: Server
let metricsText = ''

beforeAll(async () => {
  catalog = await seededDatabase(30)
  redis = await testRedis()
  const { host, port, db } = redis.direct.options
  stubEnvironment({ databaseUrl: catalog.url, redisUrl: `redis://${host}:${port}/${db}` })
  web = createServer((_request, response) => response.end(metricsText)).listen(0, '127.0.0.1')
  await once(web, 'listening')
  context = {
    db: catalog.db,
    source: new PostgresVersionSource(() => catalog.db),
    index: await trustedIndex(redis.client, catalog.db),
    indexRedis: redis.client,
    cacheRedis: redis.client,
    webUrls: [],
    internalSecret: 'another secret of the tests, long enough',
    budgetMs: 2_000,
    intervalMs: 1_000,
    locales: ['en', 'de'],
    hasEdge: false,
  }
})
afterAll(async () => {
  web.close()
  vi.unstubAllEnvs()
  await redis.close()
  await catalog.drop()
})
beforeEach(async () => {
  await beat(catalog.db, 'relay')
  await beat(catalog.db, 'invalidator')
})
afterEach(async () => {
  await catalog.db.outbox.updateMany({ where: { doneAt: null }, data: { doneAt: new Date() } })
  await catalog.db
    .$executeRaw`UPDATE price_index i SET version = p.version FROM prices p WHERE p.product_id = i.product_id`
  await catalog.db.invalidation.deleteMany()
  await catalog.db.alert.deleteMany()
  await catalog.db.heartbeat.deleteMany()
})

/** What it reports on the way counts as found. */
async function findings(check: Check, more: Partial<MonitorContext> = {}): Promise<Finding[]> {
  const reported: Finding[] = []
  const found = await check.run({ ...context, ...more }, async (early) => void reported.push(...early))
  return found.length > 0 ? found : reported
}

async function change(productId: number, ageS: number): Promise<bigint> {
  await catalog.db.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = ${productId}`
  const row = await catalog.db.outbox.findFirstOrThrow({
    where: { topic: 'price', entityIds: { has: productId } },
    orderBy: { id: 'desc' },
  })
  await catalog.db
    .$executeRaw`UPDATE outbox SET created_at = created_at - make_interval(secs => ${ageS}) WHERE id = ${row.id}`
  return row.id
}

it('rows that no relay takes are told with their products; those that are on their way are not', async () => {
  const check = deliveryCheck()
  await change(3, 0)
  expect(await findings(check)).toEqual([])
  await change(4, 10)
  expect(await findings(check)).toMatchObject([{ kind: 'relay-stuck', detail: { layer: 'outbox', productId: 4 } }])
})

it('a role that has not beaten for three rounds is silent, and a prober only where there was one', async () => {
  await catalog.db.$executeRaw`UPDATE heartbeats SET beat_at = beat_at - interval '1 hour' WHERE process = 'relay'`
  expect(await findings(deliveryCheck())).toMatchObject([{ kind: 'worker-silent', detail: { role: 'relay' } }])
  await beat(catalog.db, 'relay')
  await beat(catalog.db, 'prober')
  await catalog.db.$executeRaw`UPDATE heartbeats SET beat_at = beat_at - interval '1 hour' WHERE process = 'prober'`
  expect(await findings(deliveryCheck())).toMatchObject([{ kind: 'prober-silent', severity: 'warning' }])
})

it('an outbox that grows round after round is told', async () => {
  const check = deliveryCheck()
  const kinds: string[][] = []
  for (let round = 0; round < 5; round++) {
    await catalog.db
      .$executeRaw`INSERT INTO outbox (topic, entity_ids, versions, enqueued_at) SELECT 'price', ARRAY[1], ARRAY[1], clock_timestamp() FROM generate_series(1, 10)`
    kinds.push((await findings(check)).map(({ kind }) => kind))
  }
  expect(kinds).toEqual([[], [], [], [], ['outbox-growing']])
})

it('a job that no worker takes is told with its age and products', async () => {
  const queue = openInvalidationQueue()
  const outboxId = await change(5, 0)
  await catalog.db.outbox.update({ where: { id: outboxId }, data: { enqueuedAt: new Date() } })
  await queue.waitUntilReady()
  await enqueueInvalidation(queue, { outboxIds: [outboxId.toString()] })
  expect(await findings(queueCheck)).toEqual([])
  await vi.waitFor(
    async () =>
      expect(await findings(queueCheck)).toMatchObject([
        { kind: 'queue-age', detail: { layer: 'queue', productId: 5, waiting: 1 } },
      ]),
    { timeout: 10_000 },
  )
  await queue.obliterate({ force: true })
  await queue.close()
})

it('a change that was called done and never applied is opened again, reported before the repair, and named while it lasts', async () => {
  const outboxId = await change(6, 0)
  await catalog.db.outbox.update({ where: { id: outboxId }, data: { doneAt: new Date() } })
  await vi.waitFor(
    async () => {
      const found = await findings(driftCheck()) // no web instance: it cannot be delivered
      expect(found).toMatchObject(
        expect.arrayContaining([
          expect.objectContaining({
            kind: 'drift-repaired',
            severity: 'critical',
            detail: expect.objectContaining({ productId: 6, station: expect.stringContaining('applied nothing') }),
          }),
        ]),
      )
    },
    { timeout: 10_000, interval: 200 },
  )
  expect(await catalog.db.outbox.findUnique({ where: { id: outboxId } })).toMatchObject({ doneAt: null })
  await vi.waitFor(
    async () => {
      expect((await findings(driftCheck())).map(({ kind, detail }) => [kind, detail['productId']])).toContainEqual([
        'product-behind',
        6,
      ])
    },
    { timeout: 10_000, interval: 200 },
  )
})

it("a row that waits only for the edge is the edge delivery's", async () => {
  const outboxId = await change(10, 60)
  const products = async () =>
    (await findings(driftCheck(), { hasEdge: true })).flatMap(({ detail }) => detail['outboxIds'])
  expect(await products()).toContain(outboxId.toString())
  const report = { layer: 'page' as const, entities: 1, durationMs: 1, verified: true, readAt: new Date(), detail: {} }
  await writeLedger(catalog.db, { jobId: 'shown', attempt: 1, outboxIds: [outboxId], changedAt: new Date() }, [report])
  expect(await products()).not.toContain(outboxId.toString())
})

it('a Redis that was restarted, or has other data than the last monitor saw, gets the last changes again, once', async () => {
  await change(11, 0)
  const version = (await context.source.versions([tag('price', 11)])).get(tag('price', 11)) ?? 0
  const seenBy = (more: object) => beat(catalog.db, 'monitor', { redis: { runId: 'another', epoch: '', ...more } })
  await seenBy({})
  await redis.direct.del(keys.tag(tag('price', 11)))
  const check = redisCheck()
  expect(await findings(check)).toMatchObject([
    { kind: 'redis-lost-data', severity: 'warning', summary: expect.stringContaining('restarted') },
  ])
  expect(parseTagState(await redis.direct.get(keys.tag(tag('price', 11)))).version).toBe(version)
  expect(await findings(check)).toEqual([])
  await seenBy({ runId: check.identity()?.runId, epoch: 'of another data set' })
  expect(await findings(redisCheck())).toMatchObject([
    { kind: 'redis-lost-data', severity: 'critical', summary: expect.stringContaining('lost its data') },
  ])
})

it('after a purge of everything Redis is taken for the one that it was', async () => {
  const check = redisCheck()
  await check.run(context, () => Promise.resolve())
  await context.index.outdateAll()
  expect(await findings(check)).toEqual([])
})

it('a layer that shows changes later than the budget is told, and one in time is not', async () => {
  const changedAt = new Date(Date.now() - 5_000)
  const job = { jobId: 'late', attempt: 1, outboxIds: [], changedAt }
  const report = (layer: 'index' | 'page', afterMs: number) => ({
    layer,
    entities: 1,
    durationMs: 1,
    verified: true,
    readAt: new Date(changedAt.getTime() + afterMs),
    detail: {},
  })
  await writeLedger(catalog.db, job, [report('index', 20), report('page', 4_000)])
  expect(await findings(lagCheck)).toMatchObject([
    { kind: 'lag-p99', detail: { layer: 'page', p99: 4_000, window: '1m' } },
  ])
})

it('a change that was read back already does not look late when its job runs again', async () => {
  const changedAt = new Date(Date.now() - 5_000)
  const report = (afterMs: number) => ({
    layer: 'page' as const,
    entities: 1,
    durationMs: 1,
    verified: true,
    readAt: new Date(changedAt.getTime() + afterMs),
    detail: {},
  })
  const outboxIds = [await change(12, 0)]
  await writeLedger(catalog.db, { jobId: 'first', attempt: 1, outboxIds, changedAt }, [report(20)])
  await writeLedger(catalog.db, { jobId: 'brought again', attempt: 1, outboxIds, changedAt }, [report(4_000)])
  expect(await findings(lagCheck)).toEqual([])
})

it('a payload written by hand is told before it is removed: a repair that fails must not hide it', async () => {
  const { version } = await catalog.db.price.findUniqueOrThrow({ where: { productId: 13 } })
  const key = keys.price(13, Number(version))
  await redis.direct.set(key, '{"price":{"amountCents":1}}')
  await change(13, 0)
  const changed = keys.price(13, Number(version) + 1)
  await redis.direct.rename(key, changed)
  const there: number[] = []
  await payloadCheck.run(context, async () => void there.push(await redis.direct.exists(changed)))
  expect([...there, await redis.direct.exists(changed)]).toEqual([1, 0])
})

it('a product that is behind for days is told in each round, not in the full ones alone', async () => {
  await change(14, 0)
  await catalog.db.$executeRaw`UPDATE outbox SET done_at = created_at WHERE done_at IS NULL`
  // The history lets nobody rewrite it.
  await catalog.db.$executeRaw`ALTER TABLE price_changes DISABLE TRIGGER price_changes_append_only`
  await catalog.db
    .$executeRaw`UPDATE price_changes SET changed_at = changed_at - interval '3 days' WHERE product_id = 14`
  await catalog.db.$executeRaw`ALTER TABLE price_changes ENABLE TRIGGER price_changes_append_only`
  await catalog.db
    .$executeRaw`UPDATE prices SET version_updated_at = version_updated_at - interval '3 days' WHERE product_id = 14`
  const check = driftCheck()
  for (let round = 0; round < 3; round++)
    expect((await findings(check)).filter(({ kind }) => kind === 'product-behind')).toMatchObject([
      { detail: { productId: 14 } },
    ])
})

it('who is not the monitor any more publishes nothing of what he saw last', async () => {
  monitorMetrics().alertsOpen.set({ kind: 'queue-age' }, 3)
  monitorMetrics().productsBehind.set(7)
  expect(await metrics().metrics()).toMatch(
    /^evergreen_alerts_open\{.*\} 3\n[^]*^evergreen_products_behind 7|^evergreen_products_behind 7\n[^]*^evergreen_alerts_open\{.*\} 3/m,
  )
  forgetGauges()
  expect(await metrics().metrics()).not.toMatch(/^evergreen_(alerts_open|products_behind)[ {]/m)
})

it('a purge that the edge refused is told with its answer until one went through', async () => {
  const outboxId = await change(7, 0)
  const ledger = (verified: boolean) =>
    catalog.db.invalidation.create({
      data: {
        jobId: 'purge',
        outboxIds: [outboxId],
        layer: 'edge',
        attempt: 1,
        entities: 1,
        durationMs: 1,
        detail: { status: 503 },
        verifiedAt: verified ? new Date() : null,
      },
    })
  await ledger(false)
  await ledger(false)
  expect(await findings(purgeCheck)).toMatchObject([
    { kind: 'purge-failing', detail: { layer: 'edge', productId: 7, failures: 2, answer: '{"status":503}' } },
  ])
  await ledger(true)
  expect(await findings(purgeCheck)).toEqual([])
})

it('an instance that does not answer twice in a row is told, and one page that it builds over and over', async () => {
  const address = web.address()
  const alive = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const { slug } = await catalog.db.product.findUniqueOrThrow({ where: { id: 8 } })
  metricsText = `evergreen_page_misses_last_minute{page="/en/products/${slug}"} 45\n`
  const check = webCheck()
  const webUrls = [alive, 'http://127.0.0.1:1']
  expect((await findings(check, { webUrls })).map(({ kind }) => kind)).toEqual(['miss-burst'])
  expect(await findings(check, { webUrls })).toMatchObject([
    { kind: 'layer-unreachable', detail: { layer: 'page', url: 'http://127.0.0.1:1' } },
    { kind: 'miss-burst', detail: { productId: 8, misses: 45 } },
  ])
})

it('a price on a page is judged by the history: older than before the read, never there, or another amount', async () => {
  await change(9, 0)
  const { amountCents } = await catalog.db.price.findUniqueOrThrow({ where: { productId: 9 } })
  const shown = (version: number, amount: number) =>
    judgeShown(catalog.db, [{ productId: 9, version, amountCents: amount }], new Map([[9, 2]]))
  expect(await shown(2, amountCents)).toEqual([])
  expect(await shown(2, amountCents + 1)).toMatchObject([{ why: 'torn', expected: `${amountCents} cents` }])
  expect(await shown(1, amountCents - 1)).toMatchObject([{ why: 'behind' }])
  expect(await shown(3, amountCents)).toMatchObject([{ why: 'invented' }])
  expect(await shown(NaN, NaN)).toMatchObject([{ why: 'invented' }])
})

it('the watchdog tells of a silent monitor, gives one that is starting its time, and resolves by itself', async () => {
  const open = () => catalog.db.alert.findMany({ where: { kind: 'monitor-silent', resolvedAt: null } })
  await watchMonitor(catalog.db, 1_000, 500)
  expect(await open()).toEqual([])
  await watchMonitor(catalog.db, 1_000, 5_000)
  expect(await open()).toMatchObject([{ severity: 'critical', detail: { silent: ['monitor'] } }])
  await watchMonitor(catalog.db, 1_000, 500) // an instance that was restarted
  expect(await open()).toHaveLength(1)
  await beat(catalog.db, 'monitor')
  await watchMonitor(catalog.db, 1_000, 5_000)
  expect(await open()).toEqual([])
})
