/** Changes of prices for property tests. */
import fc from 'fast-check'
import type { Amounts } from './priceModel.ts'

/** Few, so that sales meet. */
export const PRODUCTS = 2

const some = fc.uniqueArray(fc.nat(PRODUCTS - 1), { minLength: 1, maxLength: PRODUCTS })
/** Whole units, so that each percentage is exact. */
const units = fc.integer({ min: 20, max: 90 })
const asked = fc
  .tuple(units, fc.option(fc.integer({ min: 1, max: 30 })))
  .map(([amount, more]): Amounts => ({ amount: amount * 100, compareAt: more === null ? null : (amount + more) * 100 }))
const priority = fc.integer({ min: 0, max: 1 })
const nth = fc.nat(9)
export const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('plan' as const),
      products: some,
      percent: fc.constantFrom(10, 20, 30),
      priority,
      starts: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('start' as const), nth }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), nth }) },
  fc.record({ kind: fc.constant('cancel' as const), nth }),
  fc.record({ kind: fc.constant('change' as const), nth, priority }),
  fc.record({ kind: fc.constant('preview' as const), nth }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('edit' as const), products: some, asked }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('bulk' as const),
      products: some,
      units: fc.integer({ min: -5, max: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('file' as const), products: some, asked }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), nth }) },
  fc.record({ kind: fc.constant('planEdit' as const), products: some, asked }),
  fc.record({ kind: fc.constant('startEdit' as const), nth }),
  fc.record({ kind: fc.constant('status' as const), products: some, active: fc.boolean() }),
  fc.record({ kind: fc.constant('export' as const) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('import' as const) }) },
)
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
