/**
 * Exact amounts and how they become whole cents. On dinero.js with bigint: no binary fraction takes part, and no
 * percentage is too large to be reckoned with, only to be a price.
 */
import {
  add,
  dinero,
  type Dinero,
  down,
  halfEven,
  multiply,
  subtract,
  toSnapshot,
  transformScale,
  up,
} from 'dinero.js/bigint'
import { EUR } from 'dinero.js/bigint/currencies'
import { MAX_CENTS } from '#lib/money/money.ts'
import type { Rules } from '../contract.ts'

/** With as many decimals as it takes. */
export type ExactAmount = Dinero<bigint, string>
export type Rounding = NonNullable<Rules['rounding']>

/** How many decimals a percentage has inside: four, as the contract allows, and two that a hundredth takes. */
const PERCENT_SCALE = 6n
const ONE = 10n ** PERCENT_SCALE

const DIVIDE = { up, down, 'half-even': halfEven } as const

export function exactCents(cents: number): ExactAmount {
  return dinero({ amount: BigInt(cents), currency: EUR })
}

/** `-12.5` as -125000: millionths. @param text as the contract reads it */
function millionths(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const size = BigInt(whole + fraction.padEnd(4, '0'))
  return text.startsWith('-') ? -size : size
}

/** The amount and so many percent of it more. @param percent such as "-15" or "12.5" */
export function plusPercent(cents: number, percent: string): ExactAmount {
  return multiply(exactCents(cents), { amount: ONE + millionths(percent), scale: PERCENT_SCALE })
}

export function plusCents(cents: number, more: number): ExactAmount {
  return add(exactCents(cents), exactCents(more))
}

/** Whole cents. Dinero drops no decimals here: the scale is brought to two before. */
function centsOf(amount: ExactAmount): bigint {
  return toSnapshot(transformScale(amount, 2n, halfEven)).amount
}

export function isPositive(amount: ExactAmount): boolean {
  return toSnapshot(amount).amount > 0n
}

/** Ends in so many cents: the whole part is rounded once the ending is taken off. */
function toEnding(amount: ExactAmount, endingCents: number, mode: Rounding['mode']): bigint {
  const ending = exactCents(endingCents)
  return centsOf(add(transformScale(subtract(amount, ending), 0n, DIVIDE[mode]), ending))
}

const NICKELS_IN_ONE = 20n

/**
 * The nearest allowed amount above, below, or on either side; half-way between two, the one whose whole part (whose
 * multiple) is even.
 * @returns cents, which may be zero or below
 */
function rounded(amount: ExactAmount, { to, mode }: Rounding): bigint {
  switch (to) {
    case '.99':
      return toEnding(amount, 99, mode)
    case '.95':
      return toEnding(amount, 95, mode)
    case '.00':
      return toEnding(amount, 0, mode)
    case '0.05':
      return 5n * toSnapshot(transformScale(multiply(amount, NICKELS_IN_ONE), 0n, DIVIDE[mode])).amount
    case '0.01':
      return toSnapshot(transformScale(amount, 2n, DIVIDE[mode])).amount
  }
}

const WHOLE_CENTS: Rounding = { to: '0.01', mode: 'half-even' }

export interface Bounds {
  readonly floorCents?: number | undefined
  readonly ceilingCents?: number | undefined
}

/**
 * Rounds, then keeps the result between floor and ceiling. Where rounding, or the amount itself, lies beyond one of them,
 * the nearest allowed ending inside is taken; where none lies between them, the bound itself.
 * @param rounding absent: to whole cents, half-even
 */
export function roundedWithin(
  amount: ExactAmount,
  rounding: Rounding = WHOLE_CENTS,
  { floorCents, ceilingCents }: Bounds,
): bigint {
  const cents = rounded(amount, rounding)
  const floor = floorCents === undefined ? undefined : BigInt(floorCents)
  const ceiling = ceilingCents === undefined ? undefined : BigInt(ceilingCents)
  if (floor !== undefined && cents < floor) {
    const inside = rounded(exactCents(Number(floor)), { to: rounding.to, mode: 'up' })
    return inside <= (ceiling ?? BigInt(MAX_CENTS)) ? inside : floor
  }
  if (ceiling !== undefined && cents > ceiling) {
    const inside = rounded(exactCents(Number(ceiling)), { to: rounding.to, mode: 'down' })
    return inside >= (floor ?? 1n) ? inside : ceiling
  }
  return cents
}
