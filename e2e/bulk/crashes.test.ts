import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { changePrices } from '#lib/pricing/changePrices.ts'
import { person } from '#lib/pricing/testing/principals.ts'
import { priceStores, type PriceStores } from '#lib/pricing/testing/priceStores.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import {
  applied,
  approved,
  changes,
  chunksTake,
  expectEachOnce,
  rows,
  untilApplied,
  untilMoreThan,
} from './appliedOnce.ts'
import { type BulkWorker, startBulkWorker } from './bulkWorker.ts'

const PRODUCTS = 5_000
const KILLS = 6
/** BullMQ notices after five to seven seconds that the job of a killed worker has stalled. */
const STALLS = new Set([3])
const CHUNK_S = 0.25

let stores: PriceStores
let worker: BulkWorker | undefined

beforeAll(async () => {
  stores = await priceStores(PRODUCTS)
  // Nothing that is done to these prices is refused.
  await db().price.updateMany({ data: { compareAtMinor: null } })
  await chunksTake(CHUNK_S)
}, 120_000)
afterEach(() => worker?.kill())
afterAll(async () => {
  await bulkQueue().close()
  await stores.close()
})

async function start(): Promise<void> {
  worker = await startBulkWorker({
    databaseUrl: stores.database.url,
    redisUrl: `redis://127.0.0.1:${stores.redis.proxy.port}/${stores.redis.client.options.db}`,
  })
}

/** And waits, by the clock of the edit, until a sweep takes it for abandoned. */
async function loseQueue(id: string): Promise<void> {
  await stores.redis.direct.flushdb()
  await db().$executeRaw`UPDATE bulk_edits SET started_at = started_at - interval '1 minute' WHERE id = ${id}::uuid`
}

describe(`a bulk edit of ${PRODUCTS} prices`, () => {
  test(
    `whose worker is killed at ${KILLS} random moments changes each price once, to what was previewed`,
    { timeout: 300_000 },
    async () => {
      let id = await approved(100)
      const edits = [id]
      const at: number[] = []
      while (at.length < KILLS) {
        let before = await applied(id)
        // Postgres ends the statement of a worker that was killed: the last chunk may be done after all.
        if (before === PRODUCTS) {
          edits.push((id = await approved(100)))
          before = 0
        }
        await start()
        // From the moment at which it goes on.
        await untilMoreThan(id, before)
        await delay(Math.random() * 2_000 * CHUNK_S)
        await worker?.kill()
        // Mostly Redis lost the queue with it, and the sweep finds the edit; else the stalled job is run again.
        if (!STALLS.has(at.push(await applied(id)))) await loseQueue(id)
      }
      expect(at.filter((count) => count < PRODUCTS).length, 'kills in the middle of an edit').toBeGreaterThan(2)
      await start()
      await untilApplied(id)
      await expectEachOnce(id)
      for (const edit of edits)
        expect((await changes(edit)).map(({ productId }) => productId)).toEqual(
          (await rows(edit)).map(({ productId }) => productId),
        )
    },
  )

  test(
    "and another one of the same rows: the price is the first one's, and each row of the second is a conflict or follows it",
    { timeout: 120_000 },
    async () => {
      const [first, second] = [await approved(100), await approved(200)]
      await start()
      await Promise.all([untilApplied(first), untilApplied(second)])
      const [a, b] = [await rows(first), await rows(second)]
      const states = a.map((row, i) => [row.state, b[i]?.state].toSorted().join(' '))
      expect(new Set(states)).toEqual(new Set(['applied conflict']))
      const winners = a.map((row, i) => (row.state === 'applied' ? row : b[i]))
      const now = new Map((await db().price.findMany()).map((price) => [price.productId, price.amountMinor]))
      expect(winners.filter((row) => row && now.get(row.productId) !== row.newAmountCents)).toEqual([])
      expect((await changes(first)).length + (await changes(second)).length).toBe(PRODUCTS)
    },
  )

  test(
    'leaves alone the prices that single edits change while it runs, without a deadlock',
    { timeout: 120_000 },
    async () => {
      const id = await approved(50)
      const theirs = Array.from({ length: 40 }, (_, i) => PRODUCTS - 50 * i).toReversed()
      const before = new Map((await db().price.findMany()).map((price) => [price.productId, price.amountMinor]))
      const amountOf = (productId: number) => (before.get(productId) ?? 0) + 7
      // Nothing slow comes between the first chunk and the single edits: the last chunk must still be ahead.
      await start()
      await untilMoreThan(id, 0)
      const results = await changePrices(person('admin'), {
        changes: theirs.toReversed().map((productId) => ({ productId, amountMinor: amountOf(productId) })),
        reason: 'elsewhere',
        source: 'editor',
      })
      expect(results.results.map(({ status }) => status)).toEqual(theirs.map(() => 'changed'))
      await untilApplied(id)
      const states = new Map((await rows(id)).map(({ productId, state }) => [productId, state]))
      const now = new Map((await db().price.findMany()).map((price) => [price.productId, price.amountMinor]))
      // The single edits win in either order: they expected no version.
      expect(theirs.filter((productId) => now.get(productId) !== amountOf(productId))).toEqual([])
      expect((await changes(id)).map(({ productId }) => productId)).toEqual(
        [...states].filter(([, state]) => state === 'applied').map(([productId]) => productId),
      )
      expect(theirs.filter((productId) => states.get(productId) === 'conflict').length).toBeGreaterThan(0)
    },
  )
})
