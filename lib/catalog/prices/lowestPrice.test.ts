import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { lowestPrices } from './lowestPrice.ts'
import { priceStores, type PriceStores } from '#lib/pricing/testing/priceStores.ts'

const DAY_MS = 86_400_000

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(20)
})
afterAll(() => stores.close())

interface Step {
  readonly daysAgo: number
  readonly amountMinor: number
  readonly compareAtMinor: number | null
}

/** A product whose price went through these steps at these times. The triggers know only the present, so they rest. */
async function productWith(steps: readonly Step[]): Promise<number> {
  return db().$transaction(async (tx) => {
    await tx.$executeRaw`ALTER TABLE prices DISABLE TRIGGER USER`
    const name = randomUUID()
    const { id } = await tx.product.create({
      data: { slug: name, sku: name, name, description: '', brand: '', image: '' },
      select: { id: true },
    })
    let before: Step | undefined
    for (const [i, step] of steps.entries()) {
      const { amountMinor: newAmountMinor, compareAtMinor: newCompareAtMinor } = step
      const data = {
        productId: id,
        version: i + 1,
        newAmountMinor,
        newCompareAtMinor,
        currency: 'EUR',
        source: 'editor',
        actor: 'ana@example.com',
      }
      await tx.priceChange.create({
        data: {
          ...data,
          oldAmountMinor: before?.amountMinor ?? null,
          oldCompareAtMinor: before?.compareAtMinor ?? null,
          changedAt: new Date(Date.now() - step.daysAgo * DAY_MS),
        },
      })
      before = step
    }
    if (!before) throw new Error('a price needs a step')
    await tx.price.create({
      data: {
        productId: id,
        amountMinor: before.amountMinor,
        compareAtMinor: before.compareAtMinor,
        baseAmountMinor: before.amountMinor,
        baseCompareAtMinor: before.compareAtMinor,
        currency: 'EUR',
        version: steps.length,
      },
    })
    await tx.$executeRaw`ALTER TABLE prices ENABLE TRIGGER USER`
    return id
  })
}

const step = (daysAgo: number, amountMinor: number, compareAtMinor: number | null = null): Step => ({
  daysAgo,
  amountMinor,
  compareAtMinor,
})
const lowestOf = async (...steps: Step[]) => {
  const id = await productWith(steps)
  return (await lowestPrices([id])).get(id)
}

/** Word by word: every price in force at some time in the 30 days before the amount that is shown, or the sale, began. */
function lowestByDefinition(steps: readonly Step[]): number | undefined {
  const last = steps.at(-1)
  if (!last || last.compareAtMinor === null) return undefined
  const starts = (now: Step, i: number) => {
    const before = steps[i - 1]
    return (
      !before ||
      before.amountMinor !== now.amountMinor ||
      (before.compareAtMinor === null && now.compareAtMinor !== null)
    )
  }
  const began = steps.findLastIndex(starts)
  const end = steps[began]?.daysAgo ?? 0
  const inForce = steps.slice(0, began).filter((_past, i) => (steps[i + 1]?.daysAgo ?? 0) < end + 30)
  return inForce.length === 0 ? last.amountMinor : Math.min(...inForce.map(({ amountMinor }) => amountMinor))
}

describe('the lowest price of 30 days', () => {
  test('is stated for sale prices only', async () => {
    expect(await lowestOf(step(50, 100_00), step(1, 80_00))).toBeUndefined()
    expect(await lowestOf(step(50, 100_00), step(1, 80_00, 100_00))).toBe(100_00)
  })

  test('counts the price that held when the 30 days began, however old it is, and none that ended before', async () => {
    expect(await lowestOf(step(400, 90_00), step(20, 120_00), step(1, 80_00, 120_00)), 'held until 20 days ago').toBe(
      90_00,
    )
    expect(await lowestOf(step(400, 60_00), step(40, 120_00), step(1, 80_00, 120_00)), 'ended 40 days ago').toBe(120_00)
  })

  test('counts from the reduction, not from today: it stays as it is while the sale goes on', async () => {
    expect(await lowestOf(step(400, 60_00), step(75, 120_00), step(50, 80_00, 120_00))).toBe(60_00)
  })

  test('of a price that went up or down during a sale counts the sale price before', async () => {
    expect(await lowestOf(step(90, 100_00), step(10, 70_00, 100_00), step(2, 80_00, 100_00))).toBe(70_00)
    expect(await lowestOf(step(90, 100_00), step(10, 70_00, 100_00), step(2, 60_00, 100_00))).toBe(70_00)
  })

  test('shows a former price that was never asked: compare-at alone is no reduction', async () => {
    expect(await lowestOf(step(90, 80_00), step(1, 80_00, 120_00))).toBe(80_00)
    expect(await lowestOf(step(1, 80_00, 120_00)), 'on sale from its first day').toBe(80_00)
  })

  test('agrees with the definition for any history', async () => {
    const history = fc.array(
      fc.record({
        gap: fc.integer({ min: 1, max: 300 }),
        amountMinor: fc.integer({ min: 1, max: 4 }),
        compareAt: fc.boolean(),
      }),
      { minLength: 1, maxLength: 8 },
    )
    await fc.assert(
      fc.asyncProperty(history, async (gaps) => {
        let daysAgo = 0.5
        const steps = gaps
          .map(({ gap, amountMinor, compareAt }) => ({
            daysAgo: (daysAgo += gap / 10),
            amountMinor,
            compareAtMinor: compareAt ? 9 : null,
          }))
          .toReversed()
        const distinct = steps.filter(
          (now, i) =>
            i === 0 ||
            now.amountMinor !== steps[i - 1]?.amountMinor ||
            now.compareAtMinor !== steps[i - 1]?.compareAtMinor,
        )
        expect(await lowestOf(...distinct)).toBe(lowestByDefinition(distinct))
      }),
      { numRuns: 60 },
    )
  })

  test('is what the history of the database says after changes that its triggers recorded', async () => {
    const { amountMinor } = await db().price.findUniqueOrThrow({ where: { productId: 5 } })
    await db().price.update({ where: { productId: 5 }, data: { amountMinor: amountMinor + 500, compareAtMinor: null } })
    await db().price.update({
      where: { productId: 5 },
      data: { amountMinor: amountMinor + 100, compareAtMinor: amountMinor + 500 },
    })
    expect((await lowestPrices([5, 6])).get(5)).toBe(amountMinor)
  })
})
