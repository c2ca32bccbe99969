import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_AMOUNT } from '#lib/money/currencies.ts'
import { anyAmount, anyPercent, anyRounding, anyRow, anyRules } from '../../testing/anyRules.ts'
import { newPrice, type PricedRow } from './applyRules.ts'
import { type Rules, rules as rulesSchema } from '../contract.ts'

type RulesInput = Parameters<typeof rulesSchema.parse>[0]
type To = NonNullable<Rules['rounding']>['to']

const row = (amountCents: number, compareAtCents: number | null = null): PricedRow => ({
  amountCents,
  compareAtCents,
  currency: 'EUR',
})
const priced = (amountCents: number, compareAtCents: number | null = null) => ({
  outcome: 'price',
  amountCents,
  compareAtCents,
  belowRulesFloor: false,
})
const after = (before: PricedRow, rules: RulesInput, cell?: { amountCents?: number; compareAtCents?: number | null }) =>
  newPrice(before, rulesSchema.parse(rules), cell)
const percent = (text: string, of: 'price' | 'compare-at' = 'price') => ({
  kind: 'percent' as const,
  percent: text,
  of,
})

// ---- the same arithmetic, written a second time with fractions of bigints ----

interface Fraction {
  readonly top: bigint
  readonly bottom: bigint
}

function fractionOf(cents: number, text: string): Fraction {
  const [, sign, whole = '0', decimals = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  const bottom = 100n * 10n ** BigInt(decimals.length)
  const share = BigInt(whole + decimals) * (sign === '-' ? -1n : 1n)
  return { top: BigInt(cents) * (bottom + share), bottom }
}

function floorOf({ top, bottom }: Fraction): bigint {
  const cut = top / bottom
  return cut * bottom > top ? cut - 1n : cut
}

const LATTICES: Record<To, { step: bigint; offset: bigint }> = {
  '.99': { step: 100n, offset: 99n },
  '.95': { step: 100n, offset: 95n },
  '.00': { step: 100n, offset: 0n },
  '0.05': { step: 5n, offset: 0n },
  '0.01': { step: 1n, offset: 0n },
}

/** The allowed amount above, below, or nearest; half-way, the one of an even place. */
function onLattice({ top, bottom }: Fraction, to: To, mode: 'up' | 'down' | 'half-even'): bigint {
  const { step, offset } = LATTICES[to]
  const places = { top: top - offset * bottom, bottom: bottom * step }
  const below = floorOf(places)
  const rest = places.top - below * places.bottom
  const up =
    mode === 'up'
      ? rest > 0n
      : mode === 'half-even' && (rest * 2n > places.bottom || (rest * 2n === places.bottom && below % 2n !== 0n))
  return (below + (up ? 1n : 0n)) * step + offset
}

describe('a percentage', () => {
  test('of any size is reckoned exactly and rounded once, or refused: nothing overflows', () => {
    fc.assert(
      fc.property(anyAmount, anyPercent, fc.option(anyRounding), (cents, text, rounding) => {
        const exact = fractionOf(cents, text)
        const expected = onLattice(exact, rounding?.to ?? '0.01', rounding?.mode ?? 'half-even')
        const price = after(row(cents), { amount: percent(text), ...(rounding && { rounding }) })
        if (exact.top <= 0n || expected <= 0n)
          expect(price).toMatchObject({ outcome: 'refuse', refusal: 'refused-not-positive' })
        else if (expected > BigInt(MAX_AMOUNT))
          expect(price).toMatchObject({ outcome: 'refuse', refusal: 'refused-too-large' })
        else expect(price).toEqual(priced(Number(expected)))
      }),
      { numRuns: 3_000 },
    )
  })

  test.each([
    [1000, '-15', 850],
    [3, '-50', 2], // 1.5 cents: to the even one
    [5, '-50', 2], // 2.5 cents
    [1999, '12.5', 2249], // 2248.875
    [1, '999999', 10_001], // 10,000.99 cents
    [100, '-99.9999', 'refused-not-positive'],
    [1000, '-100', 'refused-not-positive'],
    [1000, '-150', 'refused-not-positive'],
    [MAX_AMOUNT, '999999.9999', 'refused-too-large'],
    [MAX_AMOUNT, '0.0001', 'refused-too-large'],
  ])('%i cents and %s percent: %s', (cents, text, result) => {
    expect(after(row(cents), { amount: percent(text) })).toMatchObject(
      typeof result === 'number' ? { amountCents: result } : { refusal: result },
    )
  })

  test('up and the same percentage down is not the old price: restore is, to the cent', () => {
    expect(after(row(850), { amount: percent('15') })).toEqual(priced(978))
    fc.assert(
      fc.property(anyAmount, anyPercent, fc.option(anyRounding), (cents, text, rounding) => {
        const sale = after(row(cents), {
          amount: percent(text),
          compareAt: { kind: 'old-price' },
          ...(rounding && { rounding }),
        })
        fc.pre(sale.outcome === 'price')
        expect(sale.compareAtCents).toBe(cents)
        expect(
          after(row(sale.amountCents, sale.compareAtCents), {
            amount: { kind: 'restore' },
            compareAt: { kind: 'clear' },
          }),
        ).toEqual(priced(cents))
        expect(after(row(sale.amountCents, sale.compareAtCents), { amount: { kind: 'restore' } })).toEqual(
          priced(cents),
        )
      }),
    )
  })
})

describe('rounding', () => {
  test.each<[number, To, 'up' | 'down' | 'half-even', number]>([
    [1250, '.99', 'up', 1299],
    [1250, '.99', 'down', 1199],
    [1299, '.99', 'up', 1299],
    [1299, '.99', 'down', 1299],
    [1049, '.99', 'half-even', 1099], // half-way between 9.99 and 10.99: ten is even
    [1149, '.99', 'half-even', 1099], // half-way between 10.99 and 11.99
    [1245, '.95', 'half-even', 1295],
    [1250, '.00', 'half-even', 1200],
    [1350, '.00', 'half-even', 1400],
    [1251, '.00', 'up', 1300],
    [1252, '0.05', 'half-even', 1250],
    [1253, '0.05', 'half-even', 1255],
    [1251, '0.05', 'up', 1255],
  ])('of %i to %s %s gives %i', (cents, to, mode, expected) => {
    expect(after(row(cents), { rounding: { to, mode } })).toEqual(priced(expected))
  })

  test('never makes a price of nothing', () => {
    expect(after(row(50), { rounding: { to: '.99', mode: 'down' } })).toMatchObject({ refusal: 'refused-not-positive' })
    expect(after(row(50), { rounding: { to: '.00', mode: 'half-even' } })).toMatchObject({
      refusal: 'refused-not-positive',
    })
    expect(after(row(50), { amount: { kind: 'add', cents: -60 }, rounding: { to: '.99', mode: 'up' } })).toMatchObject({
      refusal: 'refused-not-positive',
    })
  })

  test('never crosses the floor or the ceiling, and takes an allowed ending between them where there is one', () => {
    fc.assert(
      fc.property(anyRow, anyRules, (before, rules) => {
        const price = newPrice(before, rules)
        fc.pre(price.outcome === 'price')
        const { floorCents = 1, ceilingCents = MAX_AMOUNT, rounding } = rules
        expect(price.amountCents).toBeGreaterThanOrEqual(floorCents)
        expect(price.amountCents).toBeLessThanOrEqual(ceilingCents)
        if (!rounding) return
        const { step, offset } = LATTICES[rounding.to]
        const first = onLattice({ top: BigInt(floorCents), bottom: 1n }, rounding.to, 'up')
        if (first <= BigInt(ceilingCents)) expect((BigInt(price.amountCents) - offset) % step).toBe(0n)
        else expect([floorCents, ceilingCents]).toContain(price.amountCents)
      }),
      { numRuns: 3_000 },
    )
  })

  test.each([
    [1010, { rounding: { to: '.99', mode: 'down' }, floorCents: 1000 }, 1099],
    [1010, { rounding: { to: '.99', mode: 'down' }, floorCents: 1000, ceilingCents: 1050 }, 1000],
    [1010, { rounding: { to: '.99', mode: 'up' }, ceilingCents: 1050 }, 999],
    [1010, { amount: percent('-100'), floorCents: 500 }, 500],
  ] as const)('of %i within %j gives %i', (cents, rules, expected) => {
    expect(after(row(cents), rules)).toEqual(priced(expected))
  })
})

test('a row gets a price that the table takes, or stays as it is with a reason, under any rules', () => {
  fc.assert(
    fc.property(
      anyRow,
      anyRules,
      fc.option(fc.record({ amountCents: anyAmount, compareAtCents: fc.option(anyAmount) }, { requiredKeys: [] })),
      (before, rules, cell) => {
        const price = newPrice(before, rulesSchema.parse(rules), cell ?? undefined)
        if (price.outcome !== 'price') {
          expect(price.message).toMatch(/\w/)
          return
        }
        expect(Number.isSafeInteger(price.amountCents)).toBe(true)
        expect(price.amountCents).toBeGreaterThan(0)
        expect(price.amountCents).toBeLessThanOrEqual(MAX_AMOUNT)
        if (price.compareAtCents === null) return
        expect(price.compareAtCents).toBeGreaterThan(price.amountCents)
        expect(price.compareAtCents).toBeLessThanOrEqual(MAX_AMOUNT)
      },
    ),
    { numRuns: 3_000 },
  )
})

describe('compare-at', () => {
  test('starts a sale with the old price, keeps the one that is there, and follows a rule that sets or clears it', () => {
    const down = { amount: percent('-10') } as const
    expect(after(row(1000), { ...down, compareAt: { kind: 'old-price' } })).toEqual(priced(900, 1000))
    expect(after(row(1000, 1200), { ...down, compareAt: { kind: 'old-price' } })).toEqual(priced(900, 1200))
    expect(after(row(1000, 1200), { ...down, compareAt: { kind: 'set', cents: 1500 } })).toEqual(priced(900, 1500))
    expect(after(row(1000, 1200), { ...down, compareAt: { kind: 'clear' } })).toEqual(priced(900, null))
    expect(after(row(1000, 1200), down)).toEqual(priced(900, 1200))
  })

  test('that would not stay above the price refuses the row', () => {
    const refused = { outcome: 'refuse', refusal: 'refused-compare-at' }
    expect(after(row(1000, 1100), { amount: percent('20') })).toMatchObject(refused)
    expect(after(row(1000), { compareAt: { kind: 'old-price' } })).toMatchObject(refused)
    expect(after(row(1000), { compareAt: { kind: 'set', cents: 1000 } })).toMatchObject(refused)
  })

  test('is what a percentage of it is reckoned from; a row without it stays as it is', () => {
    expect(after(row(1000, 2000), { amount: percent('-25', 'compare-at') })).toEqual(priced(1500, 2000))
    expect(after(row(1000), { amount: percent('-25', 'compare-at') })).toMatchObject({ outcome: 'skip' })
    expect(after(row(1000), { amount: { kind: 'restore' } })).toMatchObject({ outcome: 'skip' })
  })
})

describe('a cell', () => {
  test('wins over the rules in what it states, as it stands; what it leaves out follows them', () => {
    const rules = {
      amount: percent('-10'),
      rounding: { to: '.99', mode: 'up' },
      floorCents: 500,
      compareAt: { kind: 'old-price' },
    } as const
    expect(after(row(1000), rules, { amountCents: 777 })).toEqual(priced(777, 1000))
    expect(after(row(1000), rules, { compareAtCents: null })).toEqual(priced(999, null))
    expect(after(row(1000), rules, { amountCents: 400 })).toEqual({ ...priced(400, 1000), belowRulesFloor: true })
  })
})

test('amounts are not converted: a price in another currency takes percentages only', () => {
  const dollars = { ...row(1000), currency: 'USD' }
  expect(after(dollars, { amount: percent('-10'), rounding: { to: '.99', mode: 'down' } })).toEqual(priced(899))
  for (const rules of [
    { amount: { kind: 'set', cents: 5 } },
    { amount: { kind: 'add', cents: 5 } },
    { floorCents: 5 },
    { ceilingCents: 5 },
    { compareAt: { kind: 'set', cents: 5000 } },
  ] as const) {
    expect(after(dollars, rules)).toMatchObject({
      outcome: 'refuse',
      refusal: 'refused-currency',
      message: expect.stringContaining('Write them in USD, or leave the product out.'),
    })
  }
  expect(after(dollars, {}, { amountCents: 5 })).toMatchObject({ refusal: 'refused-currency' })
})
