/** Incident 23: two sales overlapped, and the sale price of one became the regular price. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { priceStores, type PriceStores } from '#lib/pricing/testing/priceStores.ts'
import { endSale, planSale, startSale } from '#lib/pricing/testing/sales.ts'
import { recordStory, Timeline } from './story/story.ts'

const BASE = 110_99
/** Sale A begins, B begins, A ends, B ends. */
const PERCENT = { a: 20, b: 30 }

let stores: PriceStores

beforeAll(async () => {
  stores = await priceStores(4)
  await db().price.updateMany({ data: { amountMinor: BASE, compareAtMinor: null } })
})
afterAll(() => stores.close())

interface Sale {
  start(): Promise<unknown>
  end(): Promise<unknown>
}

interface Variant {
  sale(percent: number): Promise<Sale>
  shown(): Promise<number>
}

/** The price of before is remembered at the start of a sale, and written back at its end. */
function naive(): Variant {
  const row = { amount: BASE }
  return {
    async sale(percent) {
      let before = 0
      return {
        async start() {
          before = row.amount
          row.amount = Math.round((row.amount * (100 - percent)) / 100)
        },
        async end() {
          row.amount = before
        },
      }
    },
    shown: async () => row.amount,
  }
}

const PRODUCT = 1
const ours: Variant = {
  async sale(percent) {
    const id = await planSale({ products: [PRODUCT], percent: `-${percent}` })
    return { start: () => startSale(id), end: () => endSale(id) }
  },
  shown: async () => (await db().price.findUniqueOrThrow({ where: { productId: PRODUCT } })).amountMinor,
}

const inEuro = (minor: number) => `€${(minor / 100).toFixed(2)}`

/** @returns the price once both sales are over */
async function overlap({ sale, shown }: Variant, timeline: Timeline): Promise<number> {
  const [a, b] = [await sale(PERCENT.a), await sale(PERCENT.b)]
  const steps = [
    { what: 'A begins', step: a.start, right: Math.round((BASE * (100 - PERCENT.a)) / 100) },
    { what: 'B begins', step: b.start, right: Math.round((BASE * (100 - PERCENT.b)) / 100) },
    { what: 'A ends', step: a.end, right: Math.round((BASE * (100 - PERCENT.b)) / 100) },
    { what: 'B ends', step: b.end, right: BASE },
  ]
  for (const { what, step, right } of steps) {
    await step()
    const price = await shown()
    timeline.mark(`${what}: ${inEuro(price)}`)
    timeline.read(price === right ? 'current' : 'stale')
  }
  return shown()
}

test('shows exactly the base price after two sales that overlapped', async ({ task }) => {
  const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
  const naivePrice = await overlap(naive(), naiveRun)
  expect(naivePrice, 'the price of sale A stays').toBe(Math.round((BASE * (100 - PERCENT.a)) / 100))
  const ourPrice = await overlap(ours, ourRun)
  expect(ourPrice).toBe(BASE)
  expect(ourRun.count('stale')).toBe(0)
  recordStory({
    number: 23,
    lesson: task.name,
    naive: naiveRun,
    ours: ourRun,
    figures: [`base price ${inEuro(BASE)}; after both sales ${inEuro(naivePrice)}, and ${inEuro(ourPrice)}`],
  })
})
