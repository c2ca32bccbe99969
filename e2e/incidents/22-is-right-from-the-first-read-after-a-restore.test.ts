/** Incident 22: Redis was restored from yesterday's file, and with it yesterday's prices. */
import { copyFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type RedisNode, redisNode } from '../support/redisNode.ts'
import {
  kernelInstance,
  type KernelInstance,
  kernelStores,
  type KernelStores,
  versionInPostgres,
} from './story/kernel.ts'
import { naiveCacheAside, outcomeOf, type Shop } from './story/shops.ts'
import { recordStory, Timeline } from './story/story.ts'

const PRODUCTS = [1, 2, 3, 4, 5]
const ROUNDS = 4

let stores: KernelStores
let redis: RedisNode

beforeAll(async () => {
  ;[stores, redis] = await Promise.all([
    kernelStores(10),
    redisNode(['save ""', 'appendonly no', 'dbfilename dump.rdb']),
  ])
}, 60_000)
afterAll(async () => {
  await redis.close()
  await stores.close()
})

async function readAll(shop: Shop, timeline: Timeline): Promise<void> {
  for (const productId of PRODUCTS)
    timeline.read(await outcomeOf(shop, productId, await versionInPostgres(stores, productId)))
}

/** A file of Redis is kept, each price is edited, Redis is killed and starts again with that file. */
async function restore(shop: Shop, timeline: Timeline, delivered: () => Promise<unknown>): Promise<void> {
  await readAll(shop, timeline)
  await redis.client.save()
  const kept = path.join(redis.folder, 'yesterday.rdb')
  copyFileSync(path.join(redis.folder, 'dump.rdb'), kept)
  timeline.mark('file kept')
  for (const productId of PRODUCTS) await shop.edit(productId)
  await readAll(shop, timeline)
  await delivered()
  await redis.stop('SIGKILL')
  copyFileSync(kept, path.join(redis.folder, 'dump.rdb'))
  await redis.start()
  timeline.mark('Redis is back with the old file')
  for (let round = 0; round < ROUNDS; round++) await readAll(shop, timeline)
}

test('is right from the first read when Redis comes back with an old file', { timeout: 60_000 }, async ({ task }) => {
  const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
  const naive = naiveCacheAside(stores, redis.client)
  await restore(naive, naiveRun, async () => undefined)
  expect(naiveRun.count('stale'), 'each read after the restore').toBe(ROUNDS * PRODUCTS.length)

  const { outbox } = stores.database.db
  await redis.client.flushall()
  const instances: KernelInstance[] = [
    await kernelInstance(stores, { redisPort: redis.port }),
    await kernelInstance(stores, { redisPort: redis.port }),
  ]
  const [writer, reader] = instances
  try {
    await restore(
      {
        edit: async (productId) => writer?.edit(stores, productId),
        shown: async (productId) => (await reader?.shown(productId)) ?? Number.NaN,
      },
      ourRun,
      // A restore of yesterday finds nothing in the outbox: all of it was delivered long ago.
      () => vi.waitUntil(async () => (await outbox.count({ where: { indexedAt: null } })) === 0, 10_000),
    )
    await vi.waitUntil(() => reader?.coherence.index.trusted, 20_000)
    ourRun.mark('the index is believed again')
  } finally {
    await Promise.all(instances.map((instance) => instance.stop()))
  }
  expect(ourRun.count('stale')).toBe(0)
  expect(ourRun.count('refused'), 'Postgres answers').toBe(0)
  recordStory({
    number: 22,
    lesson: task.name,
    naive: naiveRun,
    ours: ourRun,
    figures: [`old answers after the restore: ${naiveRun.count('stale')} of ${ROUNDS * PRODUCTS.length}, and 0`],
  })
})
