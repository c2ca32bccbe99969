/** Incident 3: a consumer went on taking jobs and stopped writing, for eight hours. Eight hours are seconds here. */
import { setTimeout as delay } from 'node:timers/promises'
import { Queue, Worker } from 'bullmq'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { redisKeys } from '#lib/platform/redisKeys.ts'
import { INVALIDATION_QUEUE } from '#lib/queue/invalidationQueue.ts'
import { startBulkWorker } from '../bulk/bulkWorker.ts'
import { commitPrice, kernelInstance, kernelStores, type KernelStores, versionInPostgres } from './story/kernel.ts'
import { outcomeOf, type Shop } from './story/shops.ts'
import { recordStory, Timeline } from './story/story.ts'

const PRODUCTS = [1, 2, 3, 4, 5]
/** Rounds of the naive variant after the fault, with milliseconds between two. */
const ROUNDS = 12
const PAUSE_MS = 200
/** Milliseconds from a change to the alert. */
const BUDGET_MS = 5_000
const CONSUMER = 'price-consumer-7'

let stores: KernelStores
let redisUrl: string

beforeAll(async () => {
  stores = await kernelStores(10)
  const { host, port, db } = stores.redis.direct.options
  redisUrl = `redis://${host}:${port}/${db}`
  vi.stubEnv('FRESHNESS_P99_BUDGET_MS', String(BUDGET_MS))
  vi.stubEnv('MONITOR_INTERVAL_MS', '500')
}, 60_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await stores.close()
})

/** A consumer that takes each job of a queue and calls it done. @param apply what it does for one, until the fault */
function consume(queueName: string, prefix: string, apply: (productId: number) => Promise<unknown>) {
  let isWriting = true
  let acknowledged = 0
  const worker = new Worker<{ productId: number }>(
    queueName,
    async ({ data }) => {
      if (isWriting) await apply(data.productId)
      acknowledged++
    },
    { name: CONSUMER, prefix, connection: { url: redisUrl, maxRetriesPerRequest: null } },
  )
  return {
    stopWriting: () => (isWriting = false),
    acknowledged: () => acknowledged,
    isRunning: () => worker.isRunning(),
    close: () => worker.close(),
  }
}

/** Pages read a cache that the consumer writes; the monitoring asks whether it runs and whether jobs wait. */
function naive() {
  const { direct: redis } = stores.redis
  const key = (productId: number) => `naive:price:${productId}`
  const connection = { url: redisUrl, maxRetriesPerRequest: null }
  const queue = new Queue('prices', { prefix: 'naive', connection })
  const consumer = consume('prices', 'naive', async (id) => redis.set(key(id), await versionInPostgres(stores, id)))
  const waiting = async () => (await queue.getJobCountByTypes('waiting', 'active')) > 0
  return {
    ...consumer,
    async edit(productId: number) {
      await commitPrice(stores, productId)
      await queue.add('changed', { productId })
    },
    shown: async (productId: number) => Number(await redis.get(key(productId))),
    isHealthy: async () => consumer.isRunning() && !(await waiting()),
    untilDone: () => vi.waitUntil(async () => !(await waiting()), { timeout: 20_000, interval: 20 }),
    async close() {
      await consumer.close()
      await queue.close()
    },
  }
}

async function readAll(shop: Shop, timeline: Timeline): Promise<void> {
  for (const productId of PRODUCTS)
    timeline.read(await outcomeOf(shop, productId, await versionInPostgres(stores, productId)))
}

async function editAll(shop: Shop, timeline: Timeline): Promise<void> {
  for (const productId of PRODUCTS) await shop.edit(productId)
  timeline.mark('edits')
}

async function naiveStory(timeline: Timeline): Promise<void> {
  const shop = naive()
  try {
    await editAll(shop, timeline)
    await shop.untilDone()
    await readAll(shop, timeline)
    shop.stopWriting()
    timeline.mark('the consumer stops writing')
    await editAll(shop, timeline)
    await shop.untilDone()
    for (let round = 0; round < ROUNDS; round++) {
      await readAll(shop, timeline)
      await delay(PAUSE_MS)
    }
    expect(shop.acknowledged(), 'every job is done').toBe(2 * PRODUCTS.length)
    expect(await shop.isHealthy(), 'every light is green').toBe(true)
    timeline.mark('consumer runs, no job waits: green')
  } finally {
    await shop.close()
  }
}

/** The edits of the naive variant wait for our consumer, too: they must not be what the alert is about. */
async function forgetEdits(): Promise<void> {
  const { db } = stores.database
  await db.outbox.updateMany({ data: { doneAt: new Date() } })
  await db.$executeRaw`UPDATE price_index i SET version = p.version FROM prices p WHERE p.product_id = i.product_id`
}

const consumerAlert = () =>
  stores.database.db.alert.findFirst({ where: { kind: 'drift-repaired', summary: { contains: CONSUMER } } })

/** @returns milliseconds from the last edit to the alert */
async function ourStory(timeline: Timeline): Promise<number> {
  const worker = await startBulkWorker({ databaseUrl: stores.database.url, redisUrl }, 'relay,monitor')
  const consumer = consume(INVALIDATION_QUEUE, redisKeys.queuePrefix, async () => undefined)
  consumer.stopWriting()
  const [writer, reader] = await Promise.all([kernelInstance(stores), kernelInstance(stores)])
  const shop = { edit: (id: number) => writer.edit(stores, id), shown: (id: number) => reader.shown(id) }
  try {
    await readAll(shop, timeline)
    timeline.mark('the consumer writes nothing')
    await editAll(shop, timeline)
    const since = performance.now()
    await vi.waitFor(
      async () => {
        await readAll(shop, timeline)
        expect(await consumerAlert()).not.toBeNull()
      },
      { timeout: 20_000, interval: 100 },
    )
    timeline.mark('alert: drift-repaired')
    expect(consumer.acknowledged(), 'jobs that the consumer called done').toBeGreaterThan(0)
    return performance.now() - since
  } finally {
    await Promise.all([writer.stop(), reader.stop(), consumer.close()])
    await worker.kill()
  }
}

test(
  'names a consumer that takes jobs and applies nothing within the budget, and its pages are right',
  { timeout: 60_000 },
  async ({ task }) => {
    const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
    await naiveStory(naiveRun)
    expect(naiveRun.count('stale'), 'each read after the fault').toBe(ROUNDS * PRODUCTS.length)

    await forgetEdits()
    const alertMs = await ourStory(ourRun)
    expect(alertMs, 'milliseconds from the last edit to the alert').toBeLessThan(BUDGET_MS)
    expect(await consumerAlert()).toMatchObject({
      summary: expect.stringContaining(`${CONSUMER} called it done and applied nothing`),
      detail: { layer: 'applied', consumers: [CONSUMER] },
    })
    expect(ourRun.count('stale')).toBe(0)
    expect(ourRun.count('refused')).toBe(0)
    recordStory({
      number: 3,
      lesson: task.name,
      naive: naiveRun,
      ours: ourRun,
      figures: [
        `old answers after the fault: ${naiveRun.count('stale')} of ${ROUNDS * PRODUCTS.length}, and 0 of ${ourRun.reads.length}`,
        `alert: none, and after ${(alertMs / 1_000).toFixed(1)} s, of a budget of ${BUDGET_MS / 1_000} s`,
      ],
    })
  },
)
