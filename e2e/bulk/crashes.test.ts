import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { faultProxy, type FaultProxy } from '#lib/platform/testing/faultProxy.ts'
import { approveBulkEdit } from '#lib/pricing/bulk/approveBulkEdit.ts'
import { bulkEdit } from '#lib/pricing/bulk/bulkEdits.ts'
import { createBulkEdit } from '#lib/pricing/bulk/previewBulkEdit.ts'
import { changePrices } from '#lib/pricing/changePrices.ts'
import { priceStores, type PriceStores } from '#lib/pricing/testing/priceStores.ts'
import { person } from '#lib/pricing/testing/principals.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import { type BulkWorker, startBulkWorker } from './bulkWorker.ts'

const PRODUCTS = 8_000
const KILLS = 10
const admin = person('admin')

let stores: PriceStores
let postgres: FaultProxy
let worker: BulkWorker | undefined

beforeAll(async () => {
  stores = await priceStores(PRODUCTS)
  const { hostname, port } = new URL(stores.database.url)
  postgres = await faultProxy({ host: hostname, port: Number(port || 5432) })
  // Nothing that is done to these prices is refused.
  await db().price.updateMany({ data: { compareAtCents: null } })
  // A chunk takes so long that a fault hits the middle of its transaction about as often as the time between two.
  await db().$executeRawUnsafe(`CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.25); RETURN NULL; END $$`)
  await db().$executeRawUnsafe('CREATE TRIGGER take_time AFTER UPDATE ON prices FOR EACH STATEMENT EXECUTE FUNCTION take_time()')
}, 120_000)
afterEach(async () => {
  await stores.redis.proxy.heal()
  await postgres.heal()
  await worker?.kill()
})
afterAll(async () => {
  await bulkQueue().close()
  await postgres.close()
  await stores.close()
})

async function start(): Promise<void> {
  const databaseUrl = new URL(stores.database.url)
  databaseUrl.host = `127.0.0.1:${postgres.port}`
  worker = await startBulkWorker({ databaseUrl: databaseUrl.href, redisUrl: `redis://127.0.0.1:${stores.redis.proxy.port}/${stores.redis.client.options.db}` })
}

async function approved(cents: number): Promise<string> {
  const preview = await createBulkEdit(admin, { selection: {}, rules: { amount: { kind: 'add', cents } }, reason: 'In the middle of an incident' }, 'editor')
  const { state, edit } = await approveBulkEdit(admin, preview.id, { confirmations: (preview.summary?.confirmations ?? []).map(({ phrase }) => phrase) })
  expect(state).toBe('queued')
  return edit.id
}

const applied = async (id: string) => (await bulkEdit(admin, id)).progress.applied
const rows = (id: string) => db().bulkEditRow.findMany({ where: { bulkEditId: id }, orderBy: { productId: 'asc' } })
const changes = (id: string) => db().priceChange.findMany({ where: { bulkEditId: id }, orderBy: [{ productId: 'asc' }, { version: 'asc' }] })
const untilApplied = (id: string) => expect.poll(async () => (await bulkEdit(admin, id)).state, { timeout: 60_000, interval: 100 }).toBe('applied')

/** The rows that did not conflict got the previewed price, each in one change, from the version that the preview saw. */
async function expectEachOnce(id: string, conflicts: readonly number[] = []): Promise<void> {
  const [frozen, made, prices] = [await rows(id), await changes(id), await db().price.findMany()]
  expect(frozen.filter(({ state }) => state === 'conflict').map(({ productId }) => productId)).toEqual(conflicts)
  const done = frozen.filter(({ productId }) => !conflicts.includes(productId))
  expect(done.filter(({ state }) => state !== 'applied')).toEqual([])
  expect(made.map(({ productId, version, newAmountCents }) => [productId, version, newAmountCents])).toEqual(
    done.map(({ productId, previewedVersion, newAmountCents }) => [productId, previewedVersion + 1n, newAmountCents]))
  const now = new Map(prices.map((price) => [price.productId, price]))
  expect(done.filter(({ productId, newAmountCents, appliedVersion }) => now.get(productId)?.amountCents !== newAmountCents || now.get(productId)?.version !== appliedVersion)).toEqual([])
}

describe('a bulk edit of 8,000 prices', () => {
  test(`whose worker is killed at ${KILLS} random moments changes each price once, to what was previewed`, { timeout: 300_000 }, async () => {
    let id = await approved(100)
    const edits = [id]
    const at: number[] = []
    while (at.length < KILLS) {
      const before = await applied(id)
      await start()
      // From the moment at which it goes on, after the stall of its job where one was killed.
      await expect.poll(() => applied(id), { timeout: 30_000, interval: 20 }).toBeGreaterThan(before)
      await delay(Math.random() * 500)
      await worker?.kill()
      // Every other time Redis lost the queue with it, and the sweep finds the edit; else the stalled job is run again.
      if (at.push(await applied(id)) % 2 === 0) await stores.redis.direct.flushdb()
      if (at.at(-1) === PRODUCTS) edits.push(id = await approved(100))
    }
    expect(at.filter((count) => count < PRODUCTS).length, 'kills in the middle of an edit').toBeGreaterThan(2)
    await start()
    await untilApplied(id)
    for (const edit of edits.slice(-1)) await expectEachOnce(edit)
    for (const edit of edits) expect((await changes(edit)).map(({ productId }) => productId)).toEqual((await rows(edit)).map(({ productId }) => productId))
  })

  test('goes on without Redis, and when the queue lost its jobs besides', { timeout: 120_000 }, async () => {
    const id = await approved(10)
    await start()
    await expect.poll(() => applied(id), { timeout: 30_000, interval: 20 }).toBeGreaterThan(0)
    await stores.redis.proxy.cut()
    await worker?.kill()
    await stores.redis.direct.flushdb()
    await delay(1_500)
    await stores.redis.proxy.heal()
    const before = await applied(id)
    await start()
    await expect.poll(() => applied(id), { timeout: 30_000, interval: 20 }).toBeGreaterThan(before)
    await stores.redis.proxy.cut()
    await delay(2_000)
    await stores.redis.proxy.heal()
    await untilApplied(id)
    await expectEachOnce(id)
  })

  test('goes on after Postgres was away', { timeout: 120_000 }, async () => {
    const id = await approved(-10)
    await start()
    await expect.poll(() => applied(id), { timeout: 30_000, interval: 20 }).toBeGreaterThan(0)
    await postgres.cut()
    await delay(3_000)
    expect(await applied(id)).toBeLessThan(PRODUCTS)
    await postgres.heal()
    await untilApplied(id)
    await expectEachOnce(id)
  })

  test('and another one of the same rows: the price is the first one\'s, and each row of the second is a conflict or follows it', { timeout: 120_000 }, async () => {
    const [first, second] = [await approved(100), await approved(200)]
    await start()
    await Promise.all([untilApplied(first), untilApplied(second)])
    const [a, b] = [await rows(first), await rows(second)]
    const states = a.map((row, i) => [row.state, b[i]?.state].toSorted().join(' '))
    expect(new Set(states)).toEqual(new Set(['applied conflict']))
    const winners = a.map((row, i) => (row.state === 'applied' ? row : b[i]))
    const now = new Map((await db().price.findMany()).map((price) => [price.productId, price.amountCents]))
    expect(winners.filter((row) => row && now.get(row.productId) !== row.newAmountCents)).toEqual([])
    expect((await changes(first)).length + (await changes(second)).length).toBe(PRODUCTS)
  })

  test('leaves alone what single edits change meanwhile, without a deadlock', { timeout: 120_000 }, async () => {
    const id = await approved(50)
    await start()
    await expect.poll(() => applied(id), { timeout: 30_000, interval: 20 }).toBeGreaterThan(0)
    const theirs = Array.from({ length: 40 }, (_, i) => PRODUCTS - 50 * i).toReversed()
    const results = await changePrices({ changes: theirs.toReversed().map((productId) => ({ productId, amountCents: 123_45 })), reason: 'elsewhere', actor: 'ana@example.com', source: 'editor' })
    expect(results.results.map(({ status }) => status)).toEqual(theirs.map(() => 'changed'))
    await untilApplied(id)
    const states = new Map((await rows(id)).map(({ productId, state }) => [productId, state]))
    const now = new Map((await db().price.findMany()).map((price) => [price.productId, price.amountCents]))
    // Whoever was first: theirs was last in any case, for it expected no version.
    expect(theirs.filter((productId) => now.get(productId) !== 123_45)).toEqual([])
    expect((await changes(id)).map(({ productId }) => productId)).toEqual([...states].filter(([, state]) => state === 'applied').map(([productId]) => productId))
    expect(theirs.filter((productId) => states.get(productId) === 'conflict').length).toBeGreaterThan(0)
  })
})
