/** Incident 14: a flash sale began at 12:00:00 under two layers of cache that kept pages for ten and for five minutes. */
import { z } from 'zod'
import { ask } from '../edge/edgeShop.ts'
import { pagesOf } from '../support/pagesOf.ts'
import { shownPrice } from '../support/shownPrices.ts'
import { expect, keptAtEdge, test } from './story/edgeTest.ts'
import { NaiveCache } from './story/naiveCache.ts'
import { type Outcome, recordStory, Timeline } from './story/story.ts'

const PRODUCT = 33
/** Milliseconds after its time in which a sale is in every layer: its commit takes less than one, and the index lease lasts two. */
const BOUND_MS = 2_000
/** Milliseconds ahead: the time to prepare it. */
const AHEAD_MS = 5_000
const MINUTE = 60_000

const preview = z.object({
  id: z.string(),
  summary: z.object({ confirmations: z.array(z.object({ phrase: z.string() })) }),
})

/**
 * Two layers on a clock of their own, visited once a minute from seven minutes before the sale. The second layer fills itself
 * from the first shortly before that one expires.
 * @param cents of the product, before and after
 */
async function twoLayers(before: number, after: number) {
  let minute = -7
  const now = () => minute * MINUTE
  const source = async () => String(minute < 0 ? before : after)
  const application = new NaiveCache(source, { ttlMs: 5 * MINUTE, now })
  const cdn = new NaiveCache((path) => application.get(path), { ttlMs: 10 * MINUTE, now })
  const reads: { at: number; outcome: Outcome }[] = []
  let lastStale = Number.NaN
  for (; minute < 20; minute++) {
    // Another region's part of the CDN asks at 11:59.
    if (minute === -1) await application.get('page')
    const isStale = minute >= 0 && (await cdn.get('page')) !== String(after)
    if (minute < 0) await cdn.get('page')
    if (isStale) lastStale = minute
    reads.push({ at: (minute + 7) * 100, outcome: isStale ? 'stale' : 'current' })
  }
  return {
    run: { marks: [{ at: 700, what: '12:00:00, the sale begins (a minute is drawn as 100 ms)' }], reads },
    lastStale,
  }
}

test('shows a flash sale in every layer two seconds after its time', async ({ edge, browser }, { title }) => {
  const ours = new Timeline()
  const {
    products: [page = ''],
    categories: [list = ''],
  } = await pagesOf(edge.shop.database, PRODUCT)
  const old = await edge.shop.database.price(PRODUCT)
  await keptAtEdge(edge, [page, list])
  const tab = await browser.newPage()
  await tab.goto(edge.url + page)
  const price = tab.locator(`[data-product-id="${PRODUCT}"][data-price-version]`).first()
  const versionAt = (url: string) => async () => shownPrice((await ask(url)).body, PRODUCT).version
  const layers: Readonly<Record<string, () => Promise<number | undefined>>> = {
    'page of an instance': versionAt(edge.shop.url + page),
    'list of an instance': versionAt(edge.shop.url + list),
    'page of the edge': versionAt(edge.url + page),
    'list of the edge': versionAt(edge.url + list),
    'prices of the API': async () => {
      const body: unknown = JSON.parse((await ask(`${edge.url}/api/prices?ids=${PRODUCT}`)).body)
      return z.array(z.object({ version: z.number() })).parse(body)[0]?.version
    },
    'open tab': async () => Number(await price.getAttribute('data-price-version')),
  }
  for (const [layer, version] of Object.entries(layers)) expect(await version(), layer).toBe(old.version)

  const { id, summary } = preview.parse(
    await edge.call('POST', '/api/admin/bulk-edits', {
      selection: { matching: false, added: [PRODUCT] },
      rules: { amount: { kind: 'percent', percent: '-20', of: 'price' } },
      reason: 'Flash sale',
    }),
  )
  const wall = (ms: number) => new Date(ms).toISOString().slice(0, 19)
  const startsAt = Math.ceil((Date.now() + AHEAD_MS) / 1_000) * 1_000
  await edge.call('POST', `/api/admin/bulk-edits/${id}/schedule`, {
    startsAt: wall(startsAt),
    endsAt: wall(startsAt + 60 * MINUTE),
    timeZone: 'UTC',
    confirmations: summary.confirmations.map(({ phrase }) => phrase),
  })

  /** Milliseconds after its time at which the last read began that showed the price of before, by layer. */
  const lastOld = new Map<string, number>()
  let isMarked = false
  const follow = async ([layer, version]: readonly [string, () => Promise<number | undefined>]) => {
    for (;;) {
      const afterMs = Date.now() - startsAt
      if (afterMs > BOUND_MS + 500) return
      const isOld = (await version()) === old.version
      if (afterMs < 0) expect(isOld || Date.now() >= startsAt, `${layer}, ${afterMs} ms`).toBe(true)
      else if (!isMarked) {
        ours.mark('the time of the sale')
        isMarked = true
      }
      if (isOld) lastOld.set(layer, afterMs)
      if (afterMs > -1_000) ours.read(isOld && afterMs > 0 ? 'stale' : 'current')
    }
  }
  await Promise.all(Object.entries(layers).map(follow))
  await tab.close()
  const worst = Math.max(0, ...lastOld.values())
  expect(worst, JSON.stringify([...lastOld])).toBeLessThan(BOUND_MS)
  const { amountCents } = await edge.shop.database.price(PRODUCT)
  expect(amountCents).toBeLessThan(old.amountCents)

  const { run, lastStale } = await twoLayers(old.amountCents, amountCents)
  expect(lastStale, 'five minutes, and ten on top').toBe(12)
  recordStory({
    number: 14,
    lesson: title,
    naive: run,
    ours,
    figures: [
      `last read of the old price after the time of the sale: ${lastStale} minutes, and ${(worst / 1_000).toFixed(2)} s in the slowest of ${Object.keys(layers).length} layers`,
    ],
  })
})
