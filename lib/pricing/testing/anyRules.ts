/** Rules and rows of every kind, for tests that say something of all of them. */
import fc from 'fast-check'
import type { PricedRow } from '../bulk/preview/applyRules.ts'
import type { Rules } from '../bulk/contract.ts'
import { MAX_AMOUNT } from '#lib/money/currencies.ts'

type To = NonNullable<Rules['rounding']>['to']

export const anyAmount = fc.oneof(
  fc.integer({ min: 1, max: MAX_AMOUNT }),
  fc.integer({ min: 1, max: 5_000 }),
  fc.constantFrom(1, 99, 100, MAX_AMOUNT - 1, MAX_AMOUNT),
)
export const anyPercent = fc
  .record({
    sign: fc.constantFrom('', '-'),
    whole: fc.oneof(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 0, max: 120 })),
    decimals: fc.constantFrom('', '.5', '.25', '.0001', '.9999', '.50'),
  })
  .map(({ sign, whole, decimals }) => `${sign}${whole}${decimals}`)
export const anyRounding = fc.record({
  to: fc.constantFrom<To[]>('.99', '.95', '.00', '0.05', '0.01'),
  mode: fc.constantFrom('up' as const, 'down' as const, 'half-even' as const),
})
export const anyRow = fc.tuple(anyAmount, fc.option(anyAmount)).map(([amountCents, other]): PricedRow => ({
  amountCents,
  compareAtCents: other !== null && other > amountCents ? other : null,
  currency: 'EUR',
}))
export const anyRules = fc
  .record(
    {
      amount: fc.oneof(
        fc.constant({ kind: 'keep' as const }),
        anyAmount.map((cents) => ({ kind: 'set' as const, cents })),
        fc.integer({ min: -MAX_AMOUNT, max: MAX_AMOUNT }).map((cents) => ({ kind: 'add' as const, cents })),
        fc
          .tuple(anyPercent, fc.constantFrom('price' as const, 'compare-at' as const))
          .map(([text, of]) => ({ kind: 'percent' as const, percent: text, of })),
        fc.constant({ kind: 'restore' as const }),
      ),
      rounding: anyRounding,
      bounds: fc.tuple(anyAmount, anyAmount, fc.constantFrom('floor', 'ceiling', 'both')),
      compareAt: fc.oneof(
        fc.constantFrom({ kind: 'keep' as const }, { kind: 'old-price' as const }, { kind: 'clear' as const }),
        anyAmount.map((cents) => ({ kind: 'set' as const, cents })),
      ),
    },
    { requiredKeys: ['amount', 'compareAt'] },
  )
  .map(({ bounds, ...rest }): Rules => {
    if (!bounds) return rest
    const [one, other, which] = bounds
    return {
      ...rest,
      ...(which !== 'ceiling' && { floorCents: Math.min(one, other) }),
      ...(which !== 'floor' && { ceilingCents: Math.max(one, other) }),
    }
  })
