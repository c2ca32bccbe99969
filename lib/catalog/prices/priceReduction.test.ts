import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reductionOf, REDUCTION_RULES } from './priceReduction.ts'

const price = (amountMinor: number, compareAtMinor: number | null, lowestMinor: number | null) => ({
  amountMinor,
  compareAtMinor,
  lowestMinor,
})
const NONE = { reducedFromMinor: null, reducedFrom: null }

describe('a reduction in the EU', () => {
  it('is from the lowest price of the 30 days before, not from the compare-at price', () => {
    expect(reductionOf(price(80_00, 120_00, 100_00), 'eu')).toEqual({
      reducedFromMinor: 100_00,
      reducedFrom: 'lowest-of-30-days',
    })
  })

  it('is none when the shop asked as little or less in those days', () => {
    expect(reductionOf(price(80_00, 120_00, 80_00), 'eu')).toEqual(NONE)
    expect(reductionOf(price(80_00, 120_00, 79_99), 'eu')).toEqual(NONE)
  })

  it('may be from a price above compare-at: the law knows no compare-at price', () => {
    expect(reductionOf(price(80_00, 90_00, 100_00), 'eu').reducedFromMinor).toBe(100_00)
  })

  it('is none when the history is not known: nothing is claimed that cannot be shown', () => {
    expect(reductionOf(price(80_00, 120_00, null), 'eu')).toEqual(NONE)
  })
})

describe('a reduction in a market without that law', () => {
  it('is from the compare-at price', () => {
    expect(reductionOf(price(80_00, 120_00, 80_00), 'compare-at')).toEqual({
      reducedFromMinor: 120_00,
      reducedFrom: 'compare-at',
    })
    expect(reductionOf(price(80_00, 80_00, 100_00), 'compare-at')).toEqual(NONE)
  })
})

it('is announced by a compare-at price only, and never leads up, under each rule', () => {
  const amount = fc.integer({ min: 1, max: 10_000 })
  fc.assert(
    fc.property(
      amount,
      fc.option(amount),
      fc.option(amount),
      fc.constantFrom(...REDUCTION_RULES),
      (amountMinor, compareAt, lowest, rule) => {
        const { reducedFromMinor, reducedFrom } = reductionOf(price(amountMinor, compareAt, lowest), rule)
        expect(reducedFromMinor === null).toBe(reducedFrom === null)
        if (compareAt === null) expect(reducedFromMinor).toBeNull()
        if (reducedFromMinor !== null) expect(reducedFromMinor).toBeGreaterThan(amountMinor)
      },
    ),
  )
})
