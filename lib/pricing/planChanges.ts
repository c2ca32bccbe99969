import type { PriceChangeInput } from './changeRequest.ts'
import type { PriceChangeIssue } from './errors.ts'
import type { LayeredPrice } from '#lib/money/price.ts'
import { showMoney } from '#lib/money/money.ts'

/** A row as it was when the plan was made, with what the limits compare it with. Nothing is written unless it is still so. */
export interface PlannedPrice extends LayeredPrice {
  /** The price 30 days ago; null when that is not known. */
  readonly usualMinor: number | null
  /** The highest price of the sales that run or are planned; null: there is none. */
  readonly highestSaleMinor: number | null
  /** The cost for the shop; null where that is not known. */
  readonly costMinor: number | null
}

/** Plans one change of a base price, given its row. */
export type PlannedChange =
  | {
      readonly action: 'update'
      readonly row: PlannedPrice
      readonly amountMinor: number
      readonly compareAtMinor: number | null
    }
  | { readonly action: 'keep'; readonly row: PlannedPrice }
  | { readonly action: 'conflict'; readonly row: PlannedPrice; readonly message: string }
  | { readonly action: 'refuse'; readonly issue: PriceChangeIssue }

function planOne(change: PriceChangeInput, row: PlannedPrice | undefined, at: string): PlannedChange {
  const { productId, amountMinor, currency, expectedVersion } = change
  const refuse = (field: string, message: string): PlannedChange => ({
    action: 'refuse',
    issue: { field: `${at}.${field}`, productId, message },
  })
  if (!row) return refuse('productId', `There is no product ${productId}.`)
  if (currency !== undefined && currency !== row.currency) {
    return refuse('currency', `This price is in ${row.currency}, not in ${currency}.`)
  }
  const shown = (minor: number) => showMoney(minor, { code: row.currency })
  // A sale that began or ended since then is no conflict: the base price is as it was seen.
  if (expectedVersion !== undefined && (expectedVersion < row.baseVersion || expectedVersion > row.version)) {
    const message = `Someone else changed this price: it is ${shown(row.baseAmountMinor)} in version ${row.version} now, you saw version ${expectedVersion}.`
    return { action: 'conflict', row, message }
  }
  const compareAtMinor = change.compareAtMinor === undefined ? row.baseCompareAtMinor : change.compareAtMinor
  if (compareAtMinor !== null && compareAtMinor <= amountMinor) {
    const fault = `The compare-at price (${shown(compareAtMinor)}) must stay above the price (${shown(amountMinor)}).`
    return change.compareAtMinor === undefined
      ? refuse('amountMinor', `${fault} Raise the compare-at price with it, or remove it.`)
      : refuse('compareAtMinor', fault)
  }
  if (amountMinor === row.baseAmountMinor && compareAtMinor === row.baseCompareAtMinor) return { action: 'keep', row }
  return { action: 'update', row, amountMinor, compareAtMinor }
}

/**
 * Decides what happens to each change, in the order of the request. Pure: the caller has read the rows, and sees to it that they are still so when it writes.
 *
 * A conflict concerns its own row only: another user's edit of one product is no reason to hold back the others.
 * A refusal means that the request itself is wrong, so the caller writes nothing at all.
 */
export function planChanges(changes: readonly PriceChangeInput[], rows: readonly PlannedPrice[]): PlannedChange[] {
  const byProduct = new Map(rows.map((row) => [row.productId, row]))
  return changes.map((change, i) => planOne(change, byProduct.get(change.productId), `changes[${i}]`))
}
