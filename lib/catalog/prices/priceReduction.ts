/**
 * What may be said of a reduction. In the EU a percentage or a struck-through price refers to the lowest price of the 30
 * days before the reduction, not to the compare-at price (Directive 98/6/EC, article 6a; Court of Justice, C-330/23,
 * Aldi Süd). Every reader takes its answer from here: docs/architecture/reductions.md.
 */

/** `eu`: from the lowest price of the 30 days before. `compare-at`: for markets without that law. */
export const REDUCTION_RULES = ['eu', 'compare-at'] as const
export type ReductionRule = (typeof REDUCTION_RULES)[number]

/** One version of a price, in minor units. */
export interface ReductionFacts {
  readonly amountCents: number
  /** The former price that the merchant names: it announces a reduction. */
  readonly compareAtCents: number | null
  /** The lowest price of the 30 days before the reduction began; null where none is announced. */
  readonly lowestCents: number | null
}

export interface Reduction {
  /** The price that may be struck through and that the percentage refers to; null: there is no reduction to show. */
  readonly reducedFromCents: number | null
  /** What that price is. */
  readonly reducedFrom: 'lowest-of-30-days' | 'compare-at' | null
}

const NONE: Reduction = { reducedFromCents: null, reducedFrom: null }

/**
 * Depends on the version of the price alone, never on the day it is read.
 * @returns a former price above the amount, or none at all
 * @example reductionOf({ amountCents: 80, compareAtCents: 120, lowestCents: 80 }, 'eu') // none: 80 was asked before
 */
export function reductionOf(
  { amountCents, compareAtCents, lowestCents }: ReductionFacts,
  rule: ReductionRule,
): Reduction {
  if (compareAtCents === null) return NONE
  const [from, reducedFrom] =
    rule === 'eu' ? [lowestCents, 'lowest-of-30-days' as const] : [compareAtCents, 'compare-at' as const]
  return from !== null && from > amountCents ? { reducedFromCents: from, reducedFrom } : NONE
}
