import { Temporal } from 'temporal-polyfill'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { createBulkEdit } from '#lib/pricing/bulk/preview/previewBulkEdit.ts'
import { scheduleBulkEdit, schedules } from '#lib/pricing/bulk/schedule/schedules.ts'
import { priceStores, type PriceStores } from '#lib/pricing/testing/priceStores.ts'
import { person } from '#lib/pricing/testing/principals.ts'
import { type BulkWorker, startBulkWorker } from './bulkWorker.ts'

const admin = person('admin')
const timeZone = 'America/New_York'

let stores: PriceStores
let workers: BulkWorker[] = []
beforeAll(async () => {
  stores = await priceStores(40)
}, 60_000)
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()))
  workers = []
})
afterAll(() => stores.close())

const stored = () => ({
  databaseUrl: stores.database.url,
  redisUrl: `redis://127.0.0.1:${stores.redis.proxy.port}/${stores.redis.client.options.db}`,
})
const start = () => startBulkWorker(stored(), 'bulk,scheduler').then((worker) => workers.push(worker))

/** The wall clock of the zone, so many whole seconds from now. */
function inSeconds(seconds: number): string {
  return Temporal.Now.zonedDateTimeISO(timeZone)
    .round({ smallestUnit: 'second', roundingMode: 'floor' })
    .add({ seconds })
    .toString({ timeZoneName: 'never', smallestUnit: 'second' })
}

async function scheduled(productId: number, startsAt: string, endsAt?: string) {
  const edit = await createBulkEdit(
    admin,
    {
      selection: { matching: false, added: [productId] },
      rules: { amount: { kind: 'add', cents: 10 } },
      reason: 'Flash sale',
    },
    'editor',
  )
  return scheduleBulkEdit(admin, edit.id, { startsAt, ...(endsAt && { endsAt }), timeZone, confirmations: [] })
}

/** The switches of the schedule of this edit, the start first. */
const changesOf = (bulkEditId: string) =>
  db().priceChange.findMany({ where: { bulkEditId }, orderBy: { version: 'asc' } })
const viewOf = async (id: string) =>
  (await schedules(admin, { offset: 0, limit: 100 })).schedules.find((schedule) => schedule.id === id)
const untilDone = (id: string) =>
  expect.poll(async () => (await viewOf(id))?.state, { timeout: 30_000, interval: 50 }).toBe('done')
/** Milliseconds from the planned time to the change, both by the clock of Postgres. */
async function lateness(planned: string, bulkEditId: string, change = 0): Promise<number> {
  await expect
    .poll(async () => (await changesOf(bulkEditId)).length, { timeout: 30_000, interval: 50 })
    .toBeGreaterThan(change)
  return ((await changesOf(bulkEditId))[change]?.changedAt.getTime() ?? 0) - Date.parse(planned)
}

test(
  'schedules are applied and ended at their time, by one of two workers: never early, and late by less than a second',
  { timeout: 120_000 },
  async () => {
    await Promise.all([start(), start()])
    const before = new Map((await db().price.findMany()).map(({ productId, amountMinor }) => [productId, amountMinor]))
    const plans = [1, 2, 3, 4, 5].map((productId) => ({
      productId,
      startsAt: inSeconds(6 + productId),
      endsAt: inSeconds(10 + productId),
    }))
    const views = await Promise.all(
      plans.map(({ productId, startsAt, endsAt }) => scheduled(productId, startsAt, endsAt)),
    )
    const late: number[] = []
    for (const view of views) {
      await untilDone(view.id)
      late.push(await lateness(view.startsAt, view.bulkEditId), await lateness(view.endsAt ?? '', view.bulkEditId, 1))
      expect(await changesOf(view.bulkEditId)).toHaveLength(2)
    }
    expect(Math.min(...late), `late by ${late.join(', ')} ms`).toBeGreaterThanOrEqual(0)
    // The median: on a machine with other work a single one says more about that work.
    expect(late.toSorted((a, b) => a - b)[5], `late by ${late.join(', ')} ms`).toBeLessThan(1_000)
    for (const { productId } of plans)
      expect((await db().price.findUnique({ where: { productId } }))?.amountMinor).toBe(before.get(productId))
  },
)

test(
  'a schedule whose time came while no worker ran is applied when one runs again, and says how late',
  { timeout: 60_000 },
  async () => {
    const view = await scheduled(10, inSeconds(1))
    await expect.poll(() => Date.now(), { timeout: 10_000 }).toBeGreaterThan(Date.parse(view.startsAt) + 1_200)
    expect(await changesOf(view.bulkEditId)).toEqual([])
    await start()
    await untilDone(view.id)
    expect(await lateness(view.startsAt, view.bulkEditId)).toBeGreaterThan(1_000)
    expect((await viewOf(view.id))?.message).toMatch(/^Applied \d+(\.\d)? s late/)
  },
)

test.each([
  { what: 'is killed', signal: 'SIGKILL', productId: 11 },
  { what: 'falls silent', signal: 'SIGSTOP', productId: 12 },
] as const)(
  'a start whose worker $what while it waits for its time has done nothing, and another worker makes it',
  { timeout: 90_000 },
  async ({ signal, productId }) => {
    const first = await startBulkWorker(stored(), 'scheduler')
    workers.push(first)
    const priceOf = () => db().price.findUnique({ where: { productId } })
    const before = await priceOf()
    const view = await scheduled(productId, inSeconds(5))
    const switching = async () => (await viewOf(view.id))?.switching
    await expect.poll(switching, { timeout: 20_000, interval: 20 }).toBe('ready')
    first.process.kill(signal)
    // Postgres sees that its client is gone when it wakes, and waits a while for one that says nothing.
    await expect.poll(switching, { timeout: 40_000, interval: 50 }).toBeNull()
    expect(await priceOf()).toEqual(before)
    expect(await viewOf(view.id)).toMatchObject({ state: 'pending' })
    await start()
    await untilDone(view.id)
    expect(await lateness(view.startsAt, view.bulkEditId)).toBeGreaterThanOrEqual(0)
    expect(await changesOf(view.bulkEditId)).toHaveLength(1)
  },
)
