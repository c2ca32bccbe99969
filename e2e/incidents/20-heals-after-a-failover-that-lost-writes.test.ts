/** Incident 20: Redis failed over to a replica that lacked the last writes. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type SwitchingProxy, switchingProxy } from '../lease/servers/switchingProxy.ts'
import { Redis } from 'ioredis'
import { type RedisNode, redisNode, until } from '../support/redisNode.ts'
import { kernelInstance, kernelStores, type KernelStores, versionInPostgres } from './story/kernel.ts'
import { naiveCacheAside, outcomeOf, type Shop } from './story/shops.ts'
import { recordStory, Timeline } from './story/story.ts'

const PRODUCTS = [1, 2, 3, 4, 5]
const ROUNDS = 4
/** A port on which nothing listens. */
const NO_SERVER = 1
/** Milliseconds from the failover until edits are live and the index is believed, as the promise has it. */
const HEALED_WITHIN_MS = 5_000
/** Milliseconds; two seconds in a shop, whose healing `e2e/lease` and `e2e/redis` measure. */
const LEASE_MS = 500

let stores: KernelStores

beforeAll(async () => {
  stores = await kernelStores(10)
}, 60_000)
afterAll(() => stores.close())

/** A primary, its replica, and the one address that clients know. */
class Pair {
  readonly #nodes: readonly [RedisNode, RedisNode]
  readonly proxy: SwitchingProxy

  private constructor(nodes: readonly [RedisNode, RedisNode], proxy: SwitchingProxy) {
    this.#nodes = nodes
    this.proxy = proxy
  }

  static async start(): Promise<Pair> {
    const settings = ['save ""', 'appendonly no', 'repl-diskless-sync-delay 0']
    const [primary, replica] = await Promise.all([redisNode(settings), redisNode(settings)])
    await replica.client.replicaof('127.0.0.1', primary.port)
    await until('the replica follows', async () =>
      /master_link_status:up/.test(await replica.client.info('replication')),
    )
    return new Pair([primary, replica], await switchingProxy({ host: '127.0.0.1', port: primary.port }))
  }

  /** Makes the replica miss all later writes. */
  async loseWrites(): Promise<void> {
    const [primary, replica] = this.#nodes
    // WAIT is about writes of its own connection; what was written before has then arrived, too.
    await primary.client.set('last', 'write')
    await until('the replica has all', async () => (await primary.client.wait(1, 1_000)) === 1)
    // Frozen, it would find them in its socket afterwards.
    await replica.client.replicaof('127.0.0.1', NO_SERVER)
  }

  async failOver(): Promise<void> {
    const [primary, replica] = this.#nodes
    await primary.stop('SIGKILL')
    await replica.client.replicaof('NO', 'ONE')
    this.proxy.switchTo({ host: '127.0.0.1', port: replica.port })
  }

  async close(): Promise<void> {
    await this.proxy.close()
    await Promise.all(this.#nodes.map((node) => node.close()))
  }
}

/** Each price is edited while the replica lags; then it is promoted. */
async function failOver(shop: Shop, pair: Pair, timeline: Timeline): Promise<number> {
  const readAll = async () => {
    for (const productId of PRODUCTS)
      timeline.read(await outcomeOf(shop, productId, await versionInPostgres(stores, productId)))
  }
  await readAll()
  await pair.loseWrites()
  for (const productId of PRODUCTS) await shop.edit(productId)
  timeline.mark('edits that the replica lacks')
  await readAll()
  await pair.failOver()
  const since = performance.now()
  timeline.mark('the replica is primary')
  for (let round = 0; round < ROUNDS; round++) await readAll()
  return since
}

test(
  'heals within 5 s of a failover that lost the last writes, and shows nothing old before',
  { timeout: 60_000 },
  async ({ task }) => {
    const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
    const naivePair = await Pair.start()
    const client = new Redis({ port: naivePair.proxy.port, retryStrategy: () => 20, maxRetriesPerRequest: 50 })
    client.on('error', () => undefined) // it connects again
    try {
      await failOver(naiveCacheAside(stores, client), naivePair, naiveRun)
    } finally {
      client.disconnect()
      await naivePair.close()
    }
    expect(naiveRun.count('stale'), 'each read after the failover').toBe(ROUNDS * PRODUCTS.length)

    const pair = await Pair.start()
    const writer = await kernelInstance(stores, { redisPort: pair.proxy.port, leaseMs: LEASE_MS })
    const reader = await kernelInstance(stores, { redisPort: pair.proxy.port, leaseMs: LEASE_MS })
    let healedMs = Number.NaN
    try {
      const shop = { edit: (id: number) => writer.edit(stores, id), shown: (id: number) => reader.shown(id) }
      const since = await failOver(shop, pair, ourRun)
      await vi.waitUntil(async () => reader.coherence.index.trusted && (await writer.edit(stores, 6)), 20_000)
      healedMs = performance.now() - since
      ourRun.mark('edits are live again')
    } finally {
      await Promise.all([writer.stop(), reader.stop()])
      await pair.close()
    }
    expect(ourRun.count('stale')).toBe(0)
    expect(ourRun.count('refused'), 'Postgres answers').toBe(0)
    expect(healedMs).toBeLessThan(HEALED_WITHIN_MS)
    recordStory({
      number: 20,
      lesson: task.name,
      naive: naiveRun,
      ours: ourRun,
      figures: [
        `old answers after the failover: ${naiveRun.count('stale')} of ${ROUNDS * PRODUCTS.length}, and 0`,
        `healed after ${(healedMs / 1_000).toFixed(1)} s; the naive cache heals by its TTL of an hour`,
      ],
    })
  },
)
