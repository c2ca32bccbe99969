import { SHOP_CURRENCY } from '#lib/money/currencies.ts'

const HUNDREDTHS = 100

/** A currency without hundredths has larger numbers: what costs 12.90 elsewhere costs 1290 in yen. */
const minorUnits = (hundredths: number) => hundredths * 10 ** Math.max(0, SHOP_CURRENCY.digits - 2)

/**
 * Prices end as people expect: 12.90, 49.99, 349.00. Cheap things on .50, .90 or .99, dear ones on a nine.
 * @param ending 0 to 1, chooses between the endings
 */
function tidy(hundredths: number, ending: number): number {
  const units = Math.max(1, Math.floor(hundredths / HUNDREDTHS))
  const choose = (endings: readonly number[]) => endings[Math.floor(ending * endings.length)] ?? 0
  if (units < 30) return units * HUNDREDTHS + choose([90, 90, 99, 50, 0])
  if (units < 150) return units * HUNDREDTHS + choose([0, 0, 90, 99, 95])
  return (Math.round(units / 10) * 10 - 1) * HUNDREDTHS + choose([0, 0, 0, 99])
}

/** In minor units. */
export interface SeedPrice {
  readonly amountMinor: number
  readonly compareAtMinor: number | null
  /** The price before the reduction; null when the product was never dearer. */
  readonly firstMinor: number | null
}

/** A list price that was never asked stands this much above what was, beside every third reduced price. */
const LIST_PRICE = 1.1
const HAS_LIST_PRICE = 2 / 3

/**
 * @param units the range of the form, in whole units of the currency; cheap ones are more common than dear ones
 * @param position 0 to 1, where in the range
 * @param reduced whether it was higher first: a reduction that the history bears out
 */
export function seedPrice(
  units: readonly [number, number],
  position: number,
  ending: number,
  reduced: boolean,
): SeedPrice {
  const [low, high] = units
  const amount = tidy(low * HUNDREDTHS * (high / low) ** position, ending)
  const before = tidy(amount * (1.15 + 0.4 * ending), ending)
  if (!reduced || before <= amount) return { amountMinor: minorUnits(amount), compareAtMinor: null, firstMinor: null }
  const list = position < HAS_LIST_PRICE ? before : Math.max(before, tidy(before * LIST_PRICE, ending))
  return { amountMinor: minorUnits(amount), compareAtMinor: minorUnits(list), firstMinor: minorUnits(before) }
}
