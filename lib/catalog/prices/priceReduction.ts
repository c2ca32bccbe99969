/**
 * Decides the reduction that may be shown. In the EU a percentage or a struck-through price refers to the lowest price of the 30
 * days before the reduction, not to the compare-at price (Directive 98/6/EC, article 6a; Court of Justice, C-330/23,
 * Aldi Süd). Every reader takes its answer from here: docs/architecture/reductions.md.
 */

import type { Reduction, VersionedPrice } from '#lib/money/price.ts'

/** `eu`: from the lowest price of the 30 days before. `compare-at`: for markets without that law. */
export const REDUCTION_RULES = ['eu', 'compare-at'] as const
export type ReductionRule = (typeof REDUCTION_RULES)[number]

const NONE: Reduction = { reducedFromMinor: null, reducedFrom: null }

/**
 * Depends on the version of the price alone, never on the day it is read.
 * @returns a former price above the amount, or none at all
 * @example reductionOf({ amountMinor: 80, compareAtMinor: 120, lowestMinor: 80 }, 'eu') // none: 80 was asked before
 */
export function reductionOf(
  { amountMinor, compareAtMinor, lowestMinor }: Pick<VersionedPrice, 'amountMinor' | 'compareAtMinor' | 'lowestMinor'>,
  rule: ReductionRule,
): Reduction {
  if (compareAtMinor === null) return NONE
  const [from, reducedFrom] =
    rule === 'eu' ? [lowestMinor, 'lowest-of-30-days' as const] : [compareAtMinor, 'compare-at' as const]
  return from !== null && from > amountMinor ? { reducedFromMinor: from, reducedFrom } : NONE
}
