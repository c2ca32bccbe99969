/**
 * Exact amounts and how they become whole minor units. On dinero.js with bigint: no binary fraction takes part, and no
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
import { type Currency, MAX_AMOUNT } from '#lib/money/currencies.ts'
import type { Rules } from '../contract.ts'

/** With as many decimals as it takes. */
export type ExactAmount = Dinero<bigint, string>
export type Rounding = NonNullable<Rules['rounding']>

/** The decimals of a percentage inside: four, as the contract allows, and two that a hundredth takes. */
const PERCENT_SCALE = 6n
const ONE = 10n ** PERCENT_SCALE

const DIVIDE = { up, down, 'half-even': halfEven } as const

export function exactMinor(cents: number | bigint, { code, digits }: Pick<Currency, 'code' | 'digits'>): ExactAmount {
  return dinero({ amount: BigInt(cents), currency: { code, base: 10n, exponent: BigInt(digits) } })
}

/** The currency of an amount. */
function currencyIn(amount: ExactAmount): Pick<Currency, 'code' | 'digits'> {
  const { code, exponent } = toSnapshot(amount).currency
  return { code, digits: Number(exponent) }
}

/** `-12.5` as -125000: millionths. @param text as the contract reads it */
function millionths(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const size = BigInt(whole + fraction.padEnd(4, '0'))
  return text.startsWith('-') ? -size : size
}

/** The amount and so many percent of it more. @param percent such as "-15" or "12.5" */
export function plusPercent(cents: number, percent: string, currency: Currency): ExactAmount {
  return multiply(exactMinor(cents, currency), { amount: ONE + millionths(percent), scale: PERCENT_SCALE })
}

/** The lowest price of which so many percent are left after the cost. @param percent from 0, below 100 */
export function withMargin(costCents: number, percent: string): number {
  const share = ONE - millionths(percent)
  return Number((BigInt(costCents) * ONE + share - 1n) / share)
}

export function plusMinor(cents: number, more: number, currency: Currency): ExactAmount {
  return add(exactMinor(cents, currency), exactMinor(more, currency))
}

/** Whole minor units. */
function minorOf(amount: ExactAmount): bigint {
  return toSnapshot(transformScale(amount, BigInt(currencyIn(amount).digits), halfEven)).amount
}

export function isPositive(amount: ExactAmount): boolean {
  return toSnapshot(amount).amount > 0n
}

/** Ends in so many hundredths of a unit, cut to minor units: the whole part is rounded once the ending is taken off. */
function toEnding(amount: ExactAmount, hundredths: bigint, mode: Rounding['mode']): bigint {
  const currency = currencyIn(amount)
  const ending = exactMinor((hundredths * 10n ** BigInt(currency.digits)) / 100n, currency)
  return minorOf(add(transformScale(subtract(amount, ending), 0n, DIVIDE[mode]), ending))
}

/** A multiple of one part of a unit. @param parts how many make a unit; a currency with fewer minor units has only those */
function toPart(amount: ExactAmount, parts: bigint, mode: Rounding['mode']): bigint {
  const minor = 10n ** BigInt(currencyIn(amount).digits)
  const count = parts < minor ? parts : minor
  return (minor / count) * toSnapshot(transformScale(multiply(amount, count), 0n, DIVIDE[mode])).amount
}

/**
 * The nearest allowed amount above, below, or on either side; half-way between two, the one whose whole part (whose
 * multiple) is even.
 * @param rounding absent: to whole minor units, half-even
 * @returns minor units, which may be zero or below
 */
function rounded(amount: ExactAmount, rounding: Rounding | undefined): bigint {
  if (rounding === undefined) return minorOf(amount)
  const { to, mode } = rounding
  switch (to) {
    case '.99':
      return toEnding(amount, 99n, mode)
    case '.95':
      return toEnding(amount, 95n, mode)
    case '.00':
      return toEnding(amount, 0n, mode)
    case '0.05':
      return toPart(amount, 20n, mode)
    case '0.01':
      return toPart(amount, 100n, mode)
  }
}

export interface Bounds {
  readonly floorCents?: number | undefined
  readonly ceilingCents?: number | undefined
}

/**
 * Rounds, then keeps the result between floor and ceiling. Where rounding, or the amount itself, lies beyond one of them,
 * the nearest allowed ending inside is taken; where none lies between them, the bound itself.
 * @param rounding absent: to whole minor units, half-even
 */
export function roundedWithin(
  amount: ExactAmount,
  rounding: Rounding | undefined,
  { floorCents, ceilingCents }: Bounds,
): bigint {
  const cents = rounded(amount, rounding)
  const floor = floorCents === undefined ? undefined : BigInt(floorCents)
  const ceiling = ceilingCents === undefined ? undefined : BigInt(ceilingCents)
  if (floor !== undefined && cents < floor) {
    const inside = rounded(exactMinor(floor, currencyIn(amount)), rounding && { to: rounding.to, mode: 'up' })
    return inside <= (ceiling ?? BigInt(MAX_AMOUNT)) ? inside : floor
  }
  if (ceiling !== undefined && cents > ceiling) {
    const inside = rounded(exactMinor(ceiling, currencyIn(amount)), rounding && { to: rounding.to, mode: 'down' })
    return inside >= (floor ?? 1n) ? inside : ceiling
  }
  return cents
}
