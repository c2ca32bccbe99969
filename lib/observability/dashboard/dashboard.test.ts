/** The readings of the dashboard, from a real catalog. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { writeLedger } from '#lib/delivery/ledger.ts'
import { driftingProducts, pendingOutboxSize } from './drift.ts'
import { lagByLayer, lagSeries } from './lag.ts'
import { readFreshnessSlo } from './freshnessSlo.ts'
import { probedMismatches, probedTargets } from './probes.ts'
import { searchReceipts } from './receipts.ts'

let catalog: SeededDatabase

beforeAll(async () => {
  catalog = await seededDatabase(30)
})
afterAll(() => catalog.drop())

async function change(productId: number): Promise<{ outboxId: bigint; changedAt: Date }> {
  await catalog.db.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = ${productId}`
  const row = await catalog.db.outbox.findFirstOrThrow({
    where: { topic: 'price', entityIds: { has: productId } },
    orderBy: { id: 'desc' },
  })
  const price = await catalog.db.price.findUniqueOrThrow({ where: { productId } })
  return { outboxId: row.id, changedAt: price.versionUpdatedAt }
}

it('a seeded catalog has no drift, no lag and no change to count', async () => {
  expect(await driftingProducts(catalog.db)).toEqual([])
  expect(await lagByLayer(catalog.db, '24h')).toEqual([])
  expect((await readFreshnessSlo(catalog.db, '24h')).map(({ changes }) => changes)).toEqual([0, 0, 0])
})

it('lists an undelivered change with the reason, and counts it as late once its time is over', async () => {
  const { outboxId } = await change(4)
  expect(await driftingProducts(catalog.db)).toMatchObject([
    { productId: 4, version: 2, appliedVersion: 1, why: expect.stringContaining('relay') },
  ])
  expect(await pendingOutboxSize(catalog.db)).toMatchObject({ rows: 1, changes: 1 })
  await catalog.db.$executeRaw`UPDATE outbox SET created_at = created_at - interval '2 seconds' WHERE id = ${outboxId}`
  expect((await readFreshnessSlo(catalog.db, '15m')).map(({ changes, late }) => [changes, late])).toEqual([
    [1, 1],
    [0, 0],
    [0, 0],
  ])
})

it('a delivery that wrote no index is drift of a consumer that writes nothing', async () => {
  await catalog.db.outbox.updateMany({ where: { doneAt: null }, data: { doneAt: new Date() } })
  expect(await driftingProducts(catalog.db)).toMatchObject([
    { productId: 4, why: expect.stringContaining('writes nothing') },
  ])
})

it('lists what the monitor has found behind among older changes than the newest, until it is not', async () => {
  await catalog.db.$executeRaw`ALTER TABLE prices DISABLE TRIGGER USER`
  await catalog.db
    .$executeRaw`UPDATE prices SET version = version + 1, version_updated_at = now() - interval '2 days' WHERE product_id = 9`
  await catalog.db.$executeRaw`ALTER TABLE prices ENABLE TRIGGER USER`
  const behind = async () => (await driftingProducts(catalog.db, 1)).map(({ productId }) => productId)
  expect(await behind()).not.toContain(9)
  const found = { productId: 9, productIds: [8, 9] }
  await catalog.db.alert.create({
    data: { dedupKey: 'products', kind: 'product-behind', severity: 'critical', summary: 'behind', detail: found },
  })
  expect(await behind()).toContain(9)
  expect(await behind()).not.toContain(8)
  await catalog.db.$executeRaw`UPDATE price_index SET version = version + 1 WHERE product_id = 9`
  expect(await behind()).not.toContain(9)
})

it('the ledger says of an edit which layers showed it, when, and how often it was tried; lag counts the first time', async () => {
  const { outboxId, changedAt } = await change(5)
  const report = (layer: 'index' | 'page', afterMs: number, verified: boolean) => ({
    layer,
    verified,
    entities: 1,
    durationMs: 1,
    detail: {},
    readAt: new Date(changedAt.getTime() + afterMs),
  })
  const job = { jobId: 'one', outboxIds: [outboxId], changedAt }
  await writeLedger(catalog.db, { ...job, attempt: 1 }, [report('index', 20, true), report('page', 60, false)])
  await writeLedger(catalog.db, { ...job, attempt: 2 }, [report('index', 900, true), report('page', 950, true)])

  const [edit] = await searchReceipts(catalog.db, '5')
  expect(edit).toMatchObject({ kind: 'price', productId: 5, version: 2, source: 'sql' })
  expect(edit?.layers.map(({ layer, lagMs, attempts }) => ({ layer, lagMs, attempts }))).toEqual(
    expect.arrayContaining([
      { layer: 'index', lagMs: 20, attempts: 2 },
      { layer: 'page', lagMs: 950, attempts: 2 },
    ]),
  )
  expect((await lagByLayer(catalog.db, '1h')).map(({ layer, p99, samples }) => ({ layer, p99, samples }))).toEqual([
    { layer: 'index', p99: 20, samples: 1 },
    { layer: 'page', p99: 950, samples: 1 },
  ])
  expect(await lagSeries(catalog.db, '1h')).toHaveLength(2)
})

it('finds edits by SKU, and nothing by a text that no edit holds', async () => {
  const { sku } = await catalog.db.product.findUniqueOrThrow({ where: { id: 5 } })
  expect((await searchReceipts(catalog.db, sku.toLowerCase())).map(({ id }) => id)).toContain(5)
  expect(await searchReceipts(catalog.db, "'; DROP TABLE prices; --")).toEqual([])
  expect(await searchReceipts(catalog.db, '00000000-0000-4000-8000-000000000000')).toEqual([])
  expect(await searchReceipts(catalog.db, 'stock:9999999999')).toEqual([])
})

it('shows a mismatch of the prober with its evidence, also when the ledger says delivered', async () => {
  const { outboxId, changedAt } = await change(7)
  await catalog.db
    .$executeRaw`UPDATE outbox SET created_at = created_at - interval '2 seconds', done_at = created_at - interval '2 seconds' WHERE id = ${outboxId}`
  const within1s = async () => (await readFreshnessSlo(catalog.db, '15m'))[0]
  const before = await within1s()
  const reading = {
    layer: 'page',
    target: 'Web 1',
    url: 'http://127.0.0.1/de/products/x',
    locale: 'de',
    productId: 7,
    expectedVersion: 2,
    expectedAt: changedAt,
  }
  await catalog.db.probeReading.create({ data: { ...reading, shownVersion: 2, verdict: 'fresh', lagMs: 40 } })
  expect(await within1s()).toEqual(before)
  await catalog.db.probeReading.create({
    data: {
      ...reading,
      shownVersion: 1,
      verdict: 'behind',
      evidence: { status: 200 },
      probedAt: new Date(changedAt.getTime() + 1_500),
    },
  })
  expect(await within1s()).toMatchObject({ changes: before?.changes, late: (before?.late ?? 0) + 1 })
  expect(await probedTargets(catalog.db, '15m')).toMatchObject([
    { target: 'Web 1', reads: 2, wrong: 1, nines: expect.closeTo(0.3, 1), lag: { samples: 1, p50: 40 } },
  ])
  expect(await probedMismatches(catalog.db, '15m')).toMatchObject([
    { productId: 7, verdict: 'behind', shownVersion: 1, expectedVersion: 2, evidence: { status: 200 } },
  ])
})
