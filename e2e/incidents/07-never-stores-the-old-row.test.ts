/** Incident 7: a reader misses and reads the old row, a writer commits and deletes, the reader stores the old value. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import {
  commitPrice,
  kernelInstance,
  type KernelInstance,
  kernelStores,
  type KernelStores,
  versionInPostgres,
} from './story/kernel.ts'
import { recordStory, Timeline } from './story/story.ts'

const READS_AFTERWARDS = 5

let stores: KernelStores
let instances: readonly [KernelInstance, KernelInstance]

beforeAll(async () => {
  stores = await kernelStores(40)
  instances = [await kernelInstance(stores), await kernelInstance(stores)]
})
afterAll(async () => {
  await Promise.all(instances.map((instance) => instance.stop()))
  await stores.close()
})

type Step = () => Promise<unknown>
interface Steps {
  readonly reader: readonly Step[]
  readonly writer: readonly Step[]
}

/** Every order of the steps in which each of the two keeps its own. */
function orders({ reader, writer }: Steps): Step[][] {
  const [[r, ...rs], [w, ...ws]] = [reader, writer]
  if (!r) return [[...writer]]
  if (!w) return [[...reader]]
  return [
    ...orders({ reader: rs, writer }).map((rest) => [r, ...rest]),
    ...orders({ reader, writer: ws }).map((rest) => [w, ...rest]),
  ]
}
const ORDERS = 10

interface Variant {
  /** Three steps of a read that misses, and two of an edit. */
  steps(productId: number): Steps
  shown(productId: number): Promise<number>
}

/** Cache-aside as in the manual: GET, SELECT, SET; and UPDATE, DEL. */
function naive(): Variant {
  const { direct: server } = stores.redis
  const key = (productId: number) => `naive:${productId}`
  return {
    steps(productId) {
      let row = 0
      return {
        reader: [
          () => server.get(key(productId)),
          async () => (row = await versionInPostgres(stores, productId)),
          () => server.set(key(productId), row, 'EX', 3_600),
        ],
        writer: [() => commitPrice(stores, productId), () => server.del(key(productId))],
      }
    },
    async shown(productId) {
      const kept = await server.get(key(productId))
      return kept === null ? versionInPostgres(stores, productId) : Number(kept)
    },
  }
}

function ours(): Variant {
  const [first, second] = instances
  const key = (productId: number) => `/en/products/${productId}`
  let reads = 0
  return {
    steps(productId) {
      let began: Awaited<ReturnType<KernelInstance['entry']>> | undefined
      let row: VersionedTag | undefined
      let committed: VersionedTag | undefined
      return {
        reader: [
          async () => {
            await first.coherence.pages.get(key(productId))
            began = await first.entry([])
          },
          async () => (row = { kind: 'price', id: productId, version: await versionInPostgres(stores, productId) }),
          async () => {
            if (!began || !row) throw new Error('a step came before its time')
            await first.coherence.pages.put(key(productId), {
              ...(await first.entry([row])),
              startedAt: began.startedAt,
              epoch: began.epoch,
            })
          },
        ],
        writer: [
          async () => (committed = await commitPrice(stores, productId)),
          async () => {
            if (committed) await second.coherence.publisher.publish([committed])
          },
        ],
      }
    },
    shown: (productId) => (reads++ % 2 === 0 ? first : second).shown(productId),
  }
}

/** @returns orders after which a reader saw the old price */
async function run({ steps, shown }: Variant, firstProduct: number, timeline: Timeline): Promise<number> {
  let wrong = 0
  for (let at = 0; at < ORDERS; at++) {
    const productId = firstProduct + at
    const order = orders(steps(productId))[at] ?? []
    expect(order).toHaveLength(5)
    for (const step of order) await step()
    const current = await versionInPostgres(stores, productId)
    let stale = 0
    for (let read = 0; read < READS_AFTERWARDS; read++) {
      const isStale = !((await shown(productId)) >= current)
      timeline.read(isStale ? 'stale' : 'current')
      if (isStale) stale++
    }
    if (stale > 0) {
      wrong++
      timeline.mark('row read, edit committed, cache deleted, old row stored')
    }
  }
  timeline.mark(`all ${ORDERS} orders are done`)
  return wrong
}

test('serves the new price when the edit comes between two steps of a read', async ({ task }) => {
  const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
  const naiveWrong = await run(naive(), 1, naiveRun)
  expect(naiveWrong, 'cache-aside shows the old price after some orders').toBeGreaterThan(0)
  expect(await run(ours(), 21, ourRun)).toBe(0)
  expect(ourRun.count('current')).toBe(ORDERS * READS_AFTERWARDS)
  recordStory({
    number: 7,
    lesson: task.name,
    naive: naiveRun,
    ours: ourRun,
    figures: [
      `orders of three steps of a read and two of an edit after which the old price stays: ${naiveWrong} of ${ORDERS}, and 0 of ${ORDERS}`,
    ],
  })
})
