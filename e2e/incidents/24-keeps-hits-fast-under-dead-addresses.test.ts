/** Incident 24: a bot walked dead addresses, and shoppers queued behind the renders of pages that say "not found". */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepThread, kernelInstance, type KernelInstance, kernelStores, type KernelStores } from './story/kernel.ts'
import { recordStory, Timeline } from './story/story.ts'

const PRODUCTS = 10
/** Milliseconds for which a render keeps the thread. */
const RENDER_MS = 15
/** The bot asks for so many at once, as long as shoppers read. */
const AT_ONCE = 10
const HITS = 100
const HIT_EVERY_MS = 10
/** Milliseconds after which a shopper notices the wait. */
const LATE_MS = 100

let stores: KernelStores
let instance: KernelInstance

beforeAll(async () => {
  stores = await kernelStores(PRODUCTS)
  instance = await kernelInstance(stores, { renderMs: RENDER_MS })
})
afterAll(async () => {
  await instance.stop()
  await stores.close()
})

/** @returns whether there is a page */
type Visit = (productId: number) => Promise<boolean>

/** Caches nothing but pages: a missing page is rendered each time. */
function naive(): Visit {
  const cache = new Set<number>()
  return async (productId) => {
    if (cache.has(productId)) return true
    const { rowCount } = await stores.pool.query('SELECT FROM products WHERE id = $1', [productId])
    keepThread(RENDER_MS)
    if (rowCount === 1) cache.add(productId)
    return rowCount === 1
  }
}

/** @returns the wait of each hit, in milliseconds from when it was due, in ascending order */
async function walk(visit: Visit, timeline: Timeline): Promise<number[]> {
  for (let id = 1; id <= PRODUCTS; id++) expect(await visit(id)).toBe(true)
  const shoppers = new AbortController()
  let dead = 1_000_000
  const bot = Array.from({ length: AT_ONCE }, async () => {
    while (!shoppers.signal.aborted) expect(await visit(dead++)).toBe(false)
  })
  timeline.mark('the bot begins')
  const waits: number[] = []
  const start = performance.now()
  for (let hit = 0; hit < HITS; hit++) {
    const due = start + hit * HIT_EVERY_MS
    await delay(Math.max(0, due - performance.now()))
    await visit(1 + (hit % PRODUCTS))
    const wait = performance.now() - due
    waits.push(wait)
    timeline.read(wait > LATE_MS ? 'refused' : 'current')
  }
  shoppers.abort()
  await Promise.all(bot)
  timeline.mark(`the bot has asked for ${dead - 1_000_000} addresses`)
  return waits.toSorted((one, other) => one - other)
}

test('answers hits at once when a bot walks dead addresses', { timeout: 60_000 }, async ({ task }) => {
  const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
  const naiveWaits = await walk(naive(), naiveRun)
  instance.renders = 0
  const ourWaits = await walk((id) => instance.hasPage(id), ourRun)
  expect(instance.renders, 'only the pages that are there').toBe(PRODUCTS)
  const half = (waits: readonly number[]) => waits[HITS / 2] ?? Number.NaN
  expect(half(naiveWaits)).toBeGreaterThan(LATE_MS)
  expect(half(ourWaits)).toBeLessThan(half(naiveWaits) / 4)
  recordStory({
    number: 24,
    lesson: task.name,
    naive: naiveRun,
    ours: ourRun,
    figures: [
      `hits that waited for more than ${LATE_MS} ms, shown as refused: ${naiveRun.count('refused')}, and ${ourRun.count('refused')} of ${HITS}`,
      `half of the hits waited for more than ${half(naiveWaits).toFixed(0)} ms, and ${half(ourWaits).toFixed(0)} ms`,
    ],
  })
})
