/** Incident 17: an instance started with the pages of its build, and rolled prices back for the whole fleet. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commitPrice, kernelInstance, kernelStores, type KernelStores, versionInPostgres } from './story/kernel.ts'
import { recordStory, Timeline } from './story/story.ts'

const PAGES = 10

let stores: KernelStores

beforeAll(async () => {
  stores = await kernelStores(PAGES)
})
afterAll(() => stores.close())

const products = Array.from({ length: PAGES }, (_, i) => i + 1)

interface Instance {
  /** Puts the pages of its build into the cache, as Next does when a process starts. */
  start(): Promise<void>
  shown(productId: number): Promise<number>
  stop(): Promise<void>
}

interface Variant {
  /** Renders each page before the edits. @returns what makes an instance with these pages */
  build(): Promise<() => Promise<Instance>>
  edit(productId: number): Promise<unknown>
  /** Reads from an instance that runs since before the edits. */
  shown(productId: number): Promise<number>
}

/** Pages lie in the shared cache by their address: what is stored last counts. */
function naive(): Variant {
  const { direct: redis } = stores.redis
  const key = (productId: number) => `naive:page:${productId}`
  async function shown(productId: number): Promise<number> {
    const kept = await redis.get(key(productId))
    if (kept !== null) return Number(kept)
    const version = await versionInPostgres(stores, productId)
    await redis.set(key(productId), version)
    return version
  }
  return {
    async build() {
      const pages = await Promise.all(
        products.map(async (id) => [key(id), await versionInPostgres(stores, id)] as const),
      )
      return async () => ({
        start: async () => void (await redis.mset(Object.fromEntries(pages))),
        shown,
        stop: async () => undefined,
      })
    },
    async edit(productId) {
      await commitPrice(stores, productId)
      await redis.del(key(productId))
    },
    shown,
  }
}

async function ours(): Promise<Variant & { stop(): Promise<void> }> {
  const running = await kernelInstance(stores)
  return {
    async build() {
      const pages = await Promise.all(
        products.map(async (id) => {
          const version = await versionInPostgres(stores, id)
          return [`/en/products/${id}`, await running.entry([{ kind: 'price', id, version }])] as const
        }),
      )
      return async () => {
        const started = await kernelInstance(stores)
        return {
          start: async () =>
            void (await Promise.all(pages.map(([key, page]) => started.coherence.pages.put(key, page)))),
          shown: (productId) => started.shown(productId),
          stop: () => started.stop(),
        }
      }
    },
    edit: (productId) => running.edit(stores, productId),
    shown: (productId) => running.shown(productId),
    stop: () => running.stop(),
  }
}

/** Build, edits, then a second instance that starts with the build. @returns old answers of the fleet */
async function scaleUp(variant: Variant, timeline: Timeline): Promise<number> {
  const startInstance = await variant.build()
  timeline.mark('built')
  const current = new Map<number, number>()
  for (const id of products) {
    await variant.edit(id)
    current.set(id, await versionInPostgres(stores, id))
  }
  timeline.mark(`${PAGES} edits`)
  const read = async (shown: (productId: number) => Promise<number>) => {
    for (const id of products) timeline.read((await shown(id)) < (current.get(id) ?? 0) ? 'stale' : 'current')
  }
  await read(variant.shown)
  const instance = await startInstance()
  await instance.start()
  timeline.mark('a second instance starts')
  await read(instance.shown)
  await read(variant.shown)
  await instance.stop()
  return timeline.count('stale')
}

test('is current from the first request when an instance starts with the pages of its build', async ({ task }) => {
  const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
  const rolledBack = await scaleUp(naive(), naiveRun)
  expect(rolledBack, 'each page, on both instances').toBe(2 * PAGES)
  const variant = await ours()
  try {
    expect(await scaleUp(variant, ourRun)).toBe(0)
  } finally {
    await variant.stop()
  }
  recordStory({
    number: 17,
    lesson: task.name,
    naive: naiveRun,
    ours: ourRun,
    figures: [`old answers in ${naiveRun.reads.length} reads: ${rolledBack}, and 0`],
  })
})
