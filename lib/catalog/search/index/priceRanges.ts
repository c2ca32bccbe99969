import { SHOP_CURRENCY } from '#lib/money/currencies.ts'

/** The bounds between ranges of prices. */
export const PRICE_STEPS: readonly number[] = [25, 50, 100, 200, 400, 800].map(
  (whole) => whole * 10 ** SHOP_CURRENCY.digits,
)
export const PRICE_RANGES = PRICE_STEPS.length + 1

/** The number of the range that an amount is in, from 0. */
export const rangeOf = (amountMinor: number): number => PRICE_STEPS.filter((step) => amountMinor >= step).length
