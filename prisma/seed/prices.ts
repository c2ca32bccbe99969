const CENTS = 100

/**
 * Prices end as people expect: 12.90, 49.99, 349.00. Cheap things on .50, .90 or .99, dear ones on a nine.
 * @param ending 0 to 1, chooses between the endings
 */
function tidy(cents: number, ending: number): number {
  const euros = Math.max(1, Math.floor(cents / CENTS))
  const choose = (endings: readonly number[]) => endings[Math.floor(ending * endings.length)] ?? 0
  if (euros < 30) return euros * CENTS + choose([90, 90, 99, 50, 0])
  if (euros < 150) return euros * CENTS + choose([0, 0, 90, 99, 95])
  return (Math.round(euros / 10) * 10 - 1) * CENTS + choose([0, 0, 0, 99])
}

export interface SeedPrice {
  readonly amountCents: number
  readonly compareAtCents: number | null
  /** What was asked before the reduction; null when the product was never dearer. */
  readonly firstCents: number | null
}

/** A list price that was never asked stands this much above what was, beside every third reduced price. */
const LIST_PRICE = 1.1
const HAS_LIST_PRICE = 2 / 3

/**
 * @param euros the range of the form; cheap ones are more common than dear ones
 * @param position 0 to 1, where in the range
 * @param reduced whether it was higher first: a reduction that the history bears out
 */
export function seedPrice(
  euros: readonly [number, number],
  position: number,
  ending: number,
  reduced: boolean,
): SeedPrice {
  const [low, high] = euros
  const amountCents = tidy(low * CENTS * (high / low) ** position, ending)
  const before = tidy(amountCents * (1.15 + 0.4 * ending), ending)
  if (!reduced || before <= amountCents) return { amountCents, compareAtCents: null, firstCents: null }
  const list = position < HAS_LIST_PRICE ? before : Math.max(before, tidy(before * LIST_PRICE, ending))
  return { amountCents, compareAtCents: list, firstCents: before }
}
