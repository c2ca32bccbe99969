/** Incident 21: Redis was full. It answered reads and refused writes; pages were stale and every light was green. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type BulkWorker, startBulkWorker } from '../bulk/bulkWorker.ts'
import { type RedisNode, redisNode } from '../support/redisNode.ts'
import {
  commitPrice,
  kernelInstance,
  type KernelInstance,
  kernelStores,
  type KernelStores,
  versionInPostgres,
} from './story/kernel.ts'
import { outcomeOf, type Shop } from './story/shops.ts'
import { recordStory, Timeline } from './story/story.ts'
import { refusal } from '../lease/servers/refusals.ts'

const PRODUCTS = [1, 2, 3, 4, 5]
/** Rounds of reads, and milliseconds between two. */
const ROUNDS = 12
const PAUSE_MS = 150
/** Milliseconds that a process believes what Redis says after the last proof that it takes writes, and as many for the rest. */
const LEASE_MS = 500
const CURRENT_WITHIN_MS = 4 * LEASE_MS
/** Milliseconds from the fault to the alert, as the promise has it. */
const ALERT_WITHIN_MS = 10_000

let stores: KernelStores
let redis: RedisNode
let worker: BulkWorker

beforeAll(async () => {
  ;[stores, redis] = await Promise.all([kernelStores(10), redisNode(['save ""', 'appendonly no'])])
  const redisUrl = `redis://127.0.0.1:${redis.port}/${stores.redis.direct.options.db}`
  worker = await startBulkWorker({ databaseUrl: stores.database.url, redisUrl }, 'monitor')
}, 120_000)
afterAll(async () => {
  await worker.kill()
  await redis.close()
  await stores.close()
})

/** Write-through: an edit stores the new price, and an error of the cache is no reason to refuse it. */
function naive(): Shop & { isHealthy(): Promise<boolean> } {
  const key = (productId: number) => `naive:price:${productId}`
  const { client } = redis
  return {
    async edit(productId) {
      const { version } = await commitPrice(stores, productId)
      await client.set(key(productId), version).catch(() => undefined)
    },
    async shown(productId) {
      const kept = await client.get(key(productId))
      return kept === null ? versionInPostgres(stores, productId) : Number(kept)
    },
    isHealthy: async () => (await client.ping()) === 'PONG' && (await client.get(key(1))) !== null,
  }
}

/** @returns when Redis was full, as `performance.now()` counts, and how long after that the last read began that was old */
async function fill(shop: Shop, timeline: Timeline): Promise<{ since: number; oldForMs: number }> {
  let lastOld = -Infinity
  const readAll = async () => {
    for (const productId of PRODUCTS) {
      const began = performance.now()
      const outcome = await outcomeOf(shop, productId, await versionInPostgres(stores, productId))
      if (outcome === 'stale') lastOld = began
      timeline.read(outcome)
    }
  }
  for (const productId of PRODUCTS) await shop.edit(productId)
  await readAll()
  await refusal(redis.client, 'OOM').begin()
  const since = performance.now()
  timeline.mark('Redis is full')
  for (const productId of PRODUCTS) await shop.edit(productId)
  timeline.mark('edits')
  for (let round = 0; round < ROUNDS; round++) {
    await readAll()
    await delay(PAUSE_MS)
  }
  return { since, oldForMs: Math.max(0, lastOld - since) }
}

const openAlert = () =>
  stores.database.db.alert.findFirst({ where: { kind: 'redis-refuses-writes', resolvedAt: null } })

test(
  'shows current prices once the lease is over, and raises an alert within 10 s, when Redis is full',
  { timeout: 90_000 },
  async ({ task }) => {
    const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
    const shop = naive()
    await fill(shop, naiveRun)
    expect(naiveRun.count('stale'), 'each read after an edit').toBe(ROUNDS * PRODUCTS.length)
    expect(await shop.isHealthy(), 'its light is green').toBe(true)
    naiveRun.mark('health check: green')
    await refusal(redis.client, 'OOM').end()

    const instances: KernelInstance[] = []
    for (let i = 0; i < 2; i++)
      instances.push(await kernelInstance(stores, { redisPort: redis.port, leaseMs: LEASE_MS }))
    const [writer, reader] = instances
    await vi.waitUntil(async () => (await openAlert()) === null, 20_000)
    let [alertMs, oldForMs] = [Number.NaN, Number.NaN]
    try {
      const full = await fill(
        {
          edit: async (id) => writer?.edit(stores, id).catch(() => undefined),
          shown: async (id) => (await reader?.shown(id)) ?? Number.NaN,
        },
        ourRun,
      )
      await vi.waitUntil(async () => (await openAlert()) !== null, { timeout: 40_000, interval: 50 })
      ;[alertMs, oldForMs] = [performance.now() - full.since, full.oldForMs]
      ourRun.mark('alert: redis-refuses-writes')
    } finally {
      await refusal(redis.client, 'OOM').end()
      await Promise.all(instances.map((instance) => instance.stop()))
    }
    expect(oldForMs, 'while no edit is said to be live').toBeLessThan(CURRENT_WITHIN_MS)
    expect(alertMs).toBeLessThan(ALERT_WITHIN_MS)
    recordStory({
      number: 21,
      lesson: task.name,
      naive: naiveRun,
      ours: ourRun,
      figures: [
        `old answers: until Redis has room again, and for ${Math.round(oldForMs)} ms, in which no edit was said to be live`,
        `alert: none, and after ${(alertMs / 1_000).toFixed(1)} s`,
      ],
    })
  },
)
