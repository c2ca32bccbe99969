/** Each caching strategy of bench/strategies meets the fault that it is known for, step by step; Evergreen meets all of them. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { testEnv } from '#lib/platform/env.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { strategies } from '../../bench/strategies/known/index.ts'
import { openProcess, type Hooks, type RunningProcess } from '../../bench/strategies/process.ts'
import type { Reader, Strategy, Writer } from '../../bench/strategies/strategy.ts'
import { openStores, type StrategyStores } from '../../bench/strategies/strategyStores.ts'

/** The faults, in the order of the run: each has a product of its own. */
const FAULTS = ['time', 'race', 'lost message', 'blip', 'death'] as const
/** A product whose page was kept before the race. */
const WITNESS = FAULTS.length + 1
type Fault = (typeof FAULTS)[number]

/** After which of them a page is old, or stays so for longer than the bound of Evergreen. */
const KNOWN: Readonly<Record<string, readonly Fault[]>> = {
  'TTL only': ['time', 'race', 'lost message', 'blip', 'death'],
  'write-around': ['time', 'race', 'lost message', 'blip', 'death'],
  'stale-while-revalidate': ['time', 'race', 'lost message', 'blip', 'death'],
  'purge on write': ['race', 'lost message', 'blip', 'death'],
  'delete before write': ['race', 'lost message', 'blip'],
  'purge with TTL': ['race', 'lost message', 'blip', 'death'],
  'write-through': ['race', 'lost message', 'blip', 'death'],
  'write-back': [],
  'pub/sub fan-out': ['race', 'lost message', 'blip', 'death'],
  'versioned keys': ['lost message', 'blip', 'death'],
  'surrogate keys': ['lost message', 'blip', 'death'],
  'CDC, logical decoding': ['race'],
  Evergreen: [],
}
/** Milliseconds: longer than a test takes, so that no TTL heals what it is to show. */
const TTL_MS = 60_000
/** Milliseconds within which Evergreen shows a change that no process has published. */
const HEALS_WITHIN_MS = 3_000

let redis: TestRedis
beforeAll(async () => {
  redis = await testRedis()
})
afterAll(() => redis.close())

class Death extends Error {}

interface Shop {
  readonly stores: StrategyStores
  readonly reader: Reader
  readonly writer: Writer
  /** Processes that are connected to Redis. */
  connected(): number
  /** Set by a step; the hooks of the processes read it. */
  readonly next: { loses: boolean; dies: boolean; rendering: (() => Promise<void>) | undefined }
  close(): Promise<void>
}

async function openShop(strategy: Strategy): Promise<Shop> {
  const { host, port, db } = redis.direct.options
  const stores = await openStores({
    databaseUrl: testEnv().DATABASE_URL,
    redisUrl: `redis://${host}:${port}/${db}`,
    products: WITNESS,
    ttlMs: TTL_MS,
    versioned: strategy.versioned === true,
  })
  const next: Shop['next'] = { loses: false, dies: false, rendering: undefined }
  const hooks: Hooks = {
    rendering: async () => next.rendering?.(),
    loses: () => next.loses,
    async accepted() {
      if (next.dies) throw new Death('the writer died')
    },
  }
  const processes: RunningProcess[] = await Promise.all([
    openProcess(stores.address, hooks),
    openProcess(stores.address, hooks),
  ])
  const [web, worker] = processes
  if (!web || !worker) throw new Error('no processes')
  return {
    stores,
    reader: await strategy.reader(web),
    writer: await strategy.writer(worker),
    connected: () => processes.filter((running) => running.redis.status === 'ready').length,
    next,
    async close() {
      for (const running of processes) await running.close()
      await stores.close()
    },
  }
}

/** Makes the page of product `id` old, if the strategy lets it. */
const steps: Record<Fault, (shop: Shop, id: number) => Promise<void>> = {
  async time({ writer }, id) {
    await writer.write([id])
  },
  async race({ reader, writer, next }, id) {
    await reader.read(WITNESS)
    let go = () => undefined as void
    const mayGo = new Promise<void>((resolve) => (go = resolve))
    let began = false
    next.rendering = async () => {
      began = true
      next.rendering = undefined
      await mayGo
    }
    const first = reader.read(id)
    await vi.waitUntil(() => began, { interval: 2, timeout: 10_000 })
    await writer.write([id, WITNESS])
    // Until what makes pages forget has arrived, which for some strategies nothing does.
    const arrived = async () => (await reader.read(WITNESS)) > 1
    await vi.waitUntil(arrived, { timeout: 150, interval: 2 }).catch(() => undefined)
    go()
    await first
  },
  async 'lost message'({ writer, next }, id) {
    next.loses = true
    await writer.write([id])
  },
  async blip({ stores, writer, connected }, id) {
    await stores.proxy.cut()
    await vi.waitUntil(() => connected() === 0, { interval: 2, timeout: 10_000 })
    await writer.write([id]).catch(() => undefined) // refused, and said so
    await stores.proxy.heal()
    await vi.waitUntil(() => connected() === 2, { interval: 5, timeout: 10_000 })
  },
  async death({ writer, next }, id) {
    next.dies = true
    await expect(writer.write([id])).rejects.toThrow(Death)
  },
}

describe.each(strategies)('$name', (strategy) => {
  it(`is ${KNOWN[strategy.name]?.length ? 'seen to be old' : 'never old for long'} after its known faults`, async () => {
    const shop = await openShop(strategy)
    const old: Fault[] = []
    try {
      for (const [i, fault] of FAULTS.entries()) {
        const id = i + 1
        if (fault !== 'race') await shop.reader.read(id)
        await steps[fault](shop, id)
        Object.assign(shop.next, { loses: false, dies: false, rendering: undefined })
        const isCurrent = async () => {
          const row = (await shop.stores.rows()).find((candidate) => candidate.id === id)
          return (await shop.reader.read(id)) >= (row?.amount ?? Infinity)
        }
        const healsWithinMs = KNOWN[strategy.name]?.includes(fault) ? 100 : HEALS_WITHIN_MS
        await vi.waitUntil(isCurrent, { timeout: healsWithinMs, interval: 20 }).catch(() => old.push(fault))
      }
    } finally {
      await shop.close()
    }
    expect(old).toEqual(KNOWN[strategy.name])
  })
})
