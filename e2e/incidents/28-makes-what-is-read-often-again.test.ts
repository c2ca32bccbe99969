/** Incident 28: the TTL of a hot key was sized by guess, and cold keys crowded it out. */
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pageCacheHandler } from '#lib/coherence/next.ts'
import { kernelInstance, type KernelInstance, kernelStores, type KernelStores } from './story/kernel.ts'
import { recordStory, Timeline } from './story/story.ts'

const HOT = 1
/** Pages that a crawler reads, one after the other. */
const COLD = 60
/** Pages that fit into the memory of an instance. */
const ROOM = 15
/** Seconds: an hour in a shop. */
const TTL_S = 1
const LOAD_MS = 20
const RUN_MS = 3_500
/** Reads drawn in the picture beside those that waited: one in so many. */
const DRAWN = 10
/** Milliseconds between two reads of the hot page. */
const EVERY_MS = 5

let stores: KernelStores
let instance: KernelInstance

beforeAll(async () => {
  stores = await kernelStores(COLD)
  // A third is for pages; each takes a kilobyte and a little.
  instance = await kernelInstance(stores, { statementMs: LOAD_MS, maxBytes: ROOM * 1_100 * 3 })
  instance.pageTtl = TTL_S
})
afterAll(async () => {
  await instance.stop()
  await stores.close()
})

interface Site {
  /** @returns whether the reader waited for a load */
  read(productId: number): Promise<boolean>
}

/** A map with a TTL, which makes room by dropping what it has held longest. */
function naiveSite(): Site {
  const kept = new Map<number, number>()
  return {
    async read(productId) {
      if ((kept.get(productId) ?? 0) > performance.now()) return false
      kept.delete(productId)
      await stores.pool.query('SELECT pg_sleep($1::float8 / 1000)', [LOAD_MS])
      for (const oldest of kept.keys()) {
        if (kept.size < ROOM) break
        kept.delete(oldest)
      }
      kept.set(productId, performance.now() + TTL_S * 1_000)
      return true
    },
  }
}

/** The hot page is read all the time, and a crawler walks the others. @returns readers of the hot page, and the number of those that waited */
async function crowdOut({ read }: Site, timeline: Timeline): Promise<{ reads: number; waited: number }> {
  const seen = { reads: 0, waited: 0 }
  const until = performance.now() + RUN_MS
  const isOver = () => performance.now() >= until
  const crawler = async () => {
    for (let id = HOT + 1; !isOver(); id = id === COLD ? HOT + 1 : id + 1) {
      await read(id)
      await wait(1)
    }
  }
  const readers = async () => {
    timeline.mark('yellow: a reader waits for a load')
    for (await read(HOT); !isOver(); await wait(EVERY_MS)) {
      const waited = await read(HOT)
      seen.reads++
      if (waited) seen.waited++
      if (waited || seen.reads % DRAWN === 0) timeline.read(waited ? 'refused' : 'current')
    }
    timeline.mark(`read for ${RUN_MS / 1_000} s, with a TTL of ${TTL_S} s`)
  }
  await Promise.all([crawler(), readers()])
  return seen
}

test('makes a page that is read often again before its lifetime ends', { timeout: 60_000 }, async ({ task }) => {
  const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
  const [naive, ours] = await Promise.all([
    crowdOut(naiveSite(), naiveRun),
    crowdOut({ read: async (productId) => (await instance.read(productId)).waited }, ourRun),
  ])
  expect(naive.waited, 'once a lifetime, and each time that the crawler was faster').toBeGreaterThanOrEqual(3)
  expect(ours.reads).toBeGreaterThan(20)
  expect(ours.waited, 'one where the machine stood still for a lifetime').toBeLessThanOrEqual(1)
  recordStory({
    number: 28,
    lesson: task.name,
    naive: naiveRun,
    ours: ourRun,
    figures: [
      `readers of the hot page who waited for a load: ${naive.waited} of ${naive.reads}, and ${ours.waited} of ${ours.reads}`,
    ],
  })
})

test('lets Next render a page that is still fresh when it is made again', async () => {
  const { ownRenders } = instance.coherence
  const Handler = pageCacheHandler(() => instance.coherence)
  const [key, first] = ['/en/products/next', new Handler()]
  const get = () => new Handler().get(key, { kind: 'APP_PAGE' })
  expect(await first.get(key, { kind: 'APP_PAGE' })).toBe(null)
  await first.set(key, { kind: 'APP_PAGE', html: 'a page', headers: {}, status: 200 }, {})
  expect(await get()).not.toBe(null)
  expect(await ownRenders.renderAgain(key, get)).toBe(null)
  expect(await get()).not.toBe(null)
})
