/** Incident 16: Pub/sub lost a message while a subscriber reconnected, and its memory was stale for an hour. */
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type FaultProxy, faultProxy } from '#lib/coherence/testing/faultProxy.ts'
import { commitPrice, kernelInstance, kernelStores, type KernelStores, versionInPostgres } from './story/kernel.ts'
import { type Outcome, recordStory, Timeline } from './story/story.ts'

const CUTS = 5
const READS = 8
const CHANNEL = 'naive:changed'

let stores: KernelStores
let proxy: FaultProxy

beforeAll(async () => {
  stores = await kernelStores()
  const { host = '127.0.0.1', port = 6379 } = stores.redis.direct.options
  proxy = await faultProxy({ host, port })
})
afterAll(async () => {
  await proxy.close()
  await stores.close()
})

interface Fleet {
  /** An edit through an instance that keeps its connection. Returns when it is acknowledged. */
  edit(productId: number): Promise<unknown>
  /** Reads from the instance whose connection is cut. */
  shown(productId: number): Promise<number>
  /** Whether that instance would hear of the next edit. */
  isConnected(): Promise<boolean>
  stop(): Promise<void>
}

/** Values in the memory of the process for an hour; what changed is published, and subscribers forget it. */
async function naiveFleet(): Promise<Fleet> {
  const { host, db, port } = stores.redis.direct.options
  const writer = new Redis({ host, port, db })
  const subscriber = new Redis({ host: '127.0.0.1', port: proxy.port, db, retryStrategy: () => 20 })
  subscriber.on('error', () => undefined) // it subscribes again by itself
  const memory = new Map<number, number>()
  subscriber.on('message', (_channel, productId) => memory.delete(Number(productId)))
  await subscriber.subscribe(CHANNEL)
  return {
    async edit(productId) {
      await commitPrice(stores, productId)
      await writer.publish(CHANNEL, String(productId))
    },
    async shown(productId) {
      const version = memory.get(productId) ?? (await versionInPostgres(stores, productId))
      memory.set(productId, version)
      return version
    },
    async isConnected() {
      const reply = await writer.pubsub('NUMSUB', CHANNEL)
      return Number(reply[1]) > 0
    },
    async stop() {
      writer.disconnect()
      subscriber.disconnect()
    },
  }
}

async function ourFleet(): Promise<Fleet> {
  const [writer, reader] = await Promise.all([
    kernelInstance(stores),
    kernelInstance(stores, { redisPort: proxy.port }),
  ])
  return {
    edit: (productId) => writer.edit(stores, productId),
    shown: (productId) => reader.shown(productId),
    isConnected: async () => reader.coherence.index.trusted,
    stop: async () => void (await Promise.all([writer.stop(), reader.stop()])),
  }
}

async function cutAgainAndAgain(fleet: Fleet, timeline: Timeline): Promise<void> {
  const read = async (productId: number) => {
    const current = await versionInPostgres(stores, productId)
    const outcome = await fleet.shown(productId).then(
      (version): Outcome => (version >= current ? 'current' : 'stale'),
      (): Outcome => 'refused',
    )
    timeline.read(outcome)
  }
  for (let productId = 1; productId <= CUTS; productId++) {
    await read(productId)
    await proxy.cut()
    await fleet.edit(productId)
    if (productId === 1) timeline.mark('connection cut, edit acknowledged')
    for (let i = 0; i < READS; i++) await read(productId)
    await proxy.heal()
    await vi.waitUntil(() => fleet.isConnected(), { timeout: 20_000, interval: 10 })
    if (productId === 1) timeline.mark('connected again')
    for (let i = 0; i < READS; i++) await read(productId)
  }
  timeline.mark(`cut ${CUTS} times`)
}

test('shows no old price, however often an instance loses its connection', { timeout: 60_000 }, async ({ task }) => {
  const [naive, ours] = [new Timeline(), new Timeline()]
  const fleets = { naive: await naiveFleet(), ours: await ourFleet() }
  try {
    await cutAgainAndAgain(fleets.naive, naive)
    await cutAgainAndAgain(fleets.ours, ours)
  } finally {
    await Promise.all([fleets.naive.stop(), fleets.ours.stop()])
  }
  expect(naive.count('stale'), 'each edit was missed').toBe(CUTS * 2 * READS)
  expect(ours.reads.map(({ outcome }) => outcome)).not.toContain('stale')
  expect(ours.count('refused'), 'Postgres answers while Redis cannot').toBe(0)
  recordStory({
    number: 16,
    lesson: task.name,
    naive,
    ours,
    figures: [
      `old prices in ${naive.reads.length} reads, with ${CUTS} edits while the connection was cut: ${naive.count('stale')}, and ${ours.count('stale')}`,
    ],
  })
})
