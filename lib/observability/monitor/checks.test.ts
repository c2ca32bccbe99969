/** The checks of the monitor on real servers: what they find, name and repair. The incidents themselves are in e2e/incidents. */
import { expect, it, vi } from 'vitest'
import { beat } from '#lib/platform/process/heartbeat.ts'
import { metrics } from '#lib/platform/metrics.ts'
import { enqueueInvalidation, openInvalidationQueue } from '#lib/queue/invalidationQueue.ts'
import { writeLedger } from '#lib/delivery/ledger.ts'
import { QUARANTINE_AFTER } from '#lib/delivery/outbox.ts'
import { lagOver } from '../dashboard/lag.ts'
import { burnCheck } from './checks/burnCheck.ts'
import { deliveryCheck, queueCheck } from './checks/deliveryCheck.ts'
import { driftCheck } from './checks/driftCheck.ts'
import { lagCheck } from './checks/lagCheck.ts'
import { forgetGauges, monitorMetrics } from './metrics.ts'
import { indexPayloadCheck } from './checks/indexPayloadCheck.ts'
import { keys } from '#lib/coherence/index.ts'
import { purgeCheck } from './checks/purgeCheck.ts'
import { quarantineCheck } from './checks/quarantineCheck.ts'
import { scheduleCheck } from './checks/scheduleCheck.ts'
import { monitoredShop } from './testing/monitoredShop.ts'

const monitored = monitoredShop()

it('reports rows that no relay takes with their products, and none that are on their way', async () => {
  const check = deliveryCheck()
  await monitored.change(3, 0)
  expect(await monitored.findings(check)).toEqual([])
  await monitored.change(4, 10)
  expect(await monitored.findings(check)).toMatchObject([
    { kind: 'relay-stuck', detail: { layer: 'outbox', productId: 4 } },
  ])
})

it('a role that has not beaten for three rounds is silent, and a prober only where there was one', async () => {
  await monitored.catalog.db
    .$executeRaw`UPDATE heartbeats SET beat_at = beat_at - interval '1 hour' WHERE process = 'relay'`
  expect(await monitored.findings(deliveryCheck())).toMatchObject([
    { kind: 'worker-silent', detail: { role: 'relay' } },
  ])
  await beat(monitored.catalog.db, 'relay')
  await beat(monitored.catalog.db, 'prober')
  await monitored.catalog.db
    .$executeRaw`UPDATE heartbeats SET beat_at = beat_at - interval '1 hour' WHERE process = 'prober'`
  expect(await monitored.findings(deliveryCheck())).toMatchObject([{ kind: 'prober-silent', severity: 'warning' }])
})

/** Rows that the relay has taken, so old. */
const taken = (rows: number, ageS: number) =>
  monitored.catalog.db.$executeRaw`
    INSERT INTO outbox (topic, entity_ids, versions, enqueued_at, created_at)
    SELECT 'price', ARRAY[1], ARRAY[1], clock_timestamp(), clock_timestamp() - make_interval(secs => ${ageS}) FROM generate_series(1, ${rows}::int)`

it('reports an outbox in which old rows grow round after round, and none in which more and more are on their way', async () => {
  for (const [ageS, last] of [
    [0, []],
    [10, ['outbox-growing']],
  ] as const) {
    const check = deliveryCheck()
    const kinds: string[][] = []
    for (let round = 0; round < 5; round++) {
      await taken(10, ageS)
      kinds.push((await monitored.findings(check)).map(({ kind }) => kind))
    }
    expect(kinds).toEqual([[], [], [], [], last])
  }
})

it('raises nothing for 600 changes that are a moment old, and one alert for many that nothing applied', async () => {
  const { db } = monitored.catalog
  await db.outbox.deleteMany()
  for (let edit = 0; edit < 20; edit++) await db.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1`
  await db.$executeRaw`UPDATE outbox SET enqueued_at = clock_timestamp() WHERE done_at IS NULL`
  const quiet = [driftCheck(), deliveryCheck(), lagCheck(), burnCheck]
  for (const check of quiet) expect(await monitored.findings(check)).toEqual([])
  await db.$executeRaw`ALTER TABLE price_changes DISABLE TRIGGER price_changes_append_only`
  await db.$executeRaw`UPDATE price_changes SET changed_at = changed_at - interval '10 seconds' WHERE source = 'sql'`
  await db.$executeRaw`ALTER TABLE price_changes ENABLE TRIGGER price_changes_append_only`
  const [{ n }] = await db.$queryRaw<[{ n: number }]>`SELECT count(*)::int AS n FROM prices`
  expect((await monitored.findings(driftCheck())).filter(({ kind }) => kind === 'product-behind')).toMatchObject([
    { severity: 'critical', detail: { layer: 'applied', products: n } },
  ])
})

it('reports a job that no worker takes with its age and products', async () => {
  const queue = openInvalidationQueue()
  const outboxId = await monitored.change(5, 0)
  await monitored.catalog.db.outbox.update({ where: { id: outboxId }, data: { enqueuedAt: new Date() } })
  await queue.waitUntilReady()
  await enqueueInvalidation(queue, { outboxIds: [outboxId.toString()] })
  expect(await monitored.findings(queueCheck)).toEqual([])
  await vi.waitFor(
    async () =>
      expect(await monitored.findings(queueCheck)).toMatchObject([
        { kind: 'queue-age', detail: { layer: 'queue', productId: 5, waiting: 1 } },
      ]),
    { timeout: 10_000 },
  )
  await queue.obliterate({ force: true })
  await queue.close()
})

it('a change that was called done and never applied is opened again, reported before the repair, and named while it lasts', async () => {
  const outboxId = await monitored.change(6, 0)
  await monitored.catalog.db.outbox.update({ where: { id: outboxId }, data: { doneAt: new Date() } })
  await vi.waitFor(
    async () => {
      const found = await monitored.findings(driftCheck()) // no web instance: it cannot be delivered
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
  expect(await monitored.catalog.db.outbox.findUnique({ where: { id: outboxId } })).toMatchObject({ doneAt: null })
  await vi.waitFor(
    async () => {
      expect(
        (await monitored.findings(driftCheck())).map(({ kind, detail }) => [kind, detail['productId']]),
      ).toContainEqual(['product-behind', 6])
    },
    { timeout: 10_000, interval: 200 },
  )
})

it("a row that waits only for the edge is the edge delivery's", async () => {
  const outboxId = await monitored.change(10, 60)
  const products = async () =>
    (await monitored.findings(driftCheck(), { hasEdge: true })).flatMap(({ detail }) => detail['outboxIds'])
  expect(await products()).toContain(outboxId.toString())
  const report = { layer: 'page' as const, entities: 1, durationMs: 1, verified: true, readAt: new Date(), detail: {} }
  await writeLedger(
    monitored.catalog.db,
    { jobId: 'shown', attempt: 1, outboxIds: [outboxId], changedAt: new Date() },
    [report],
  )
  expect(await products()).not.toContain(outboxId.toString())
})

it('measures the lag of each layer, and forgets one that showed nothing lately', async () => {
  const changedAt = new Date(Date.now() - 5_000)
  const report = {
    entities: 1,
    durationMs: 1,
    verified: true,
    readAt: new Date(changedAt.getTime() + 4_000),
    detail: {},
  }
  await writeLedger(monitored.catalog.db, { jobId: 'late', attempt: 1, outboxIds: [], changedAt }, [
    { layer: 'page', ...report },
  ])
  const page = /^evergreen_freshness_lag_seconds\{.*layer="page",window="1m",quantile="0.99".*\} 4$/m
  const check = lagCheck()
  expect(await monitored.findings(check)).toEqual([])
  expect(await metrics().metrics()).toMatch(page)
  await monitored.catalog.db.invalidation.deleteMany()
  await vi.waitFor(async () => {
    await monitored.findings(check)
    expect(await metrics().metrics()).not.toMatch(page)
  }, 10_000)
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
  const outboxIds = [await monitored.change(12, 0)]
  await writeLedger(monitored.catalog.db, { jobId: 'first', attempt: 1, outboxIds, changedAt }, [report(20)])
  await writeLedger(monitored.catalog.db, { jobId: 'brought again', attempt: 1, outboxIds, changedAt }, [report(4_000)])
  expect((await lagOver(monitored.catalog.db, 60)).map(({ layer, max }) => ({ layer, max }))).toEqual([
    { layer: 'page', max: 20 },
  ])
})

it('reports a payload written by hand into the index before it repairs it, and gives the row a version above it', async () => {
  const { index, source, indexRedis } = monitored.context
  await index.read(['price:7', 'price:8'])
  const row = (await source.rows(['price:7'])).get('price:7')
  expect(await monitored.findings(indexPayloadCheck)).toEqual([])
  const wrong = JSON.stringify({ ...JSON.parse(row?.payload ?? ''), amountMinor: 1 })
  await indexRedis.set(keys.tag('price:7'), `${row?.version}|${wrong}`)
  const atReport: unknown[] = []
  await indexPayloadCheck.run(monitored.context, async (findings) => {
    atReport.push(...findings, (await source.versions(['price:7'])).get('price:7'))
  })
  expect(atReport).toEqual([
    expect.objectContaining({ kind: 'poisoned-payload', detail: expect.objectContaining({ productId: 7 }) }),
    row?.version,
  ])
  expect((await source.versions(['price:7'])).get('price:7')).toBeGreaterThan(row?.version ?? 0)
})

it('reports a product that is behind for days in each round, not in the full ones alone', async () => {
  await monitored.change(14, 0)
  await monitored.catalog.db.$executeRaw`UPDATE outbox SET done_at = created_at WHERE done_at IS NULL`
  // A trigger keeps the history from being rewritten.
  await monitored.catalog.db.$executeRaw`ALTER TABLE price_changes DISABLE TRIGGER price_changes_append_only`
  await monitored.catalog.db
    .$executeRaw`UPDATE price_changes SET changed_at = changed_at - interval '3 days' WHERE product_id = 14`
  await monitored.catalog.db.$executeRaw`ALTER TABLE price_changes ENABLE TRIGGER price_changes_append_only`
  await monitored.catalog.db
    .$executeRaw`UPDATE prices SET version_updated_at = version_updated_at - interval '3 days' WHERE product_id = 14`
  const check = driftCheck()
  for (let round = 0; round < 3; round++)
    expect((await monitored.findings(check)).filter(({ kind }) => kind === 'product-behind')).toMatchObject([
      { detail: { productId: 14 } },
    ])
})

it('publishes nothing of its last round when it is not the monitor any more', async () => {
  monitorMetrics().alertsOpen.set({ kind: 'queue-age' }, 3)
  monitorMetrics().productsBehind.set(7)
  expect(await metrics().metrics()).toMatch(
    /^evergreen_alerts_open\{.*\} 3\n[^]*^evergreen_products_behind 7|^evergreen_products_behind 7\n[^]*^evergreen_alerts_open\{.*\} 3/m,
  )
  forgetGauges()
  expect(await metrics().metrics()).not.toMatch(/^evergreen_(alerts_open|products_behind)[ {]/m)
})

it('reports a purge that the edge refused with its answer, until one goes through', async () => {
  const outboxId = await monitored.change(7, 0)
  const ledger = (verified: boolean) =>
    monitored.catalog.db.invalidation.create({
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
  expect(await monitored.findings(purgeCheck)).toMatchObject([
    { kind: 'purge-failing', detail: { layer: 'edge', productId: 7, failures: 2, answer: '{"status":503}' } },
  ])
  await ledger(true)
  expect(await monitored.findings(purgeCheck)).toEqual([])
})

it('reports a missed schedule with its reason and what to do', async () => {
  expect(await monitored.findings(scheduleCheck)).toEqual([])
  await monitored.catalog.db.$executeRaw`
    WITH edit AS (INSERT INTO bulk_edits (state, selection, rules, reason, created_by) VALUES ('failed', '{}', '{}', 'Night sale', 'ana') RETURNING id)
    INSERT INTO price_schedules (bulk_edit_id, starts_at, ends_at, time_zone, state, created_by)
    SELECT id, clock_timestamp() - interval '2 hours', clock_timestamp() - interval '1 hour', 'UTC', 'failed', 'ana' FROM edit`
  expect(await monitored.findings(scheduleCheck)).toMatchObject([
    {
      kind: 'schedule-incomplete',
      severity: 'warning',
      summary:
        'The schedule “Night sale”: No price was changed. Open the edit, preview it again and plan it for another time.',
    },
  ])
})

it('reports a change in quarantine with its product and the reason, by this check alone, until it is done', async () => {
  const id = await monitored.change(15, 3_600)
  const why = 'http://web/en/products/fifteen: It answered 500.'
  const data = { failures: QUARANTINE_AFTER - 1, lastError: why }
  await monitored.catalog.db.outbox.update({ where: { id }, data })
  expect(await monitored.findings(quarantineCheck), 'one more read may show it').toEqual([])
  await monitored.catalog.db.outbox.update({ where: { id }, data: { failures: QUARANTINE_AFTER } })
  expect(await monitored.findings(quarantineCheck)).toMatchObject([
    { kind: 'change-quarantined', summary: expect.stringContaining(why), detail: { productId: 15 } },
  ])
  expect(await monitored.findings(deliveryCheck())).toEqual([])
  const delivered = (await monitored.findings(driftCheck())).flatMap(({ detail }) => detail['outboxIds'])
  expect(delivered).not.toContain(id.toString())
  await monitored.catalog.db.outbox.update({ where: { id }, data: { doneAt: new Date() } })
  expect(await monitored.findings(quarantineCheck)).toEqual([])
})
