import type { PriceChangeInput } from './changeRequest.ts'
import type { PriceChangeIssue } from './errors.ts'
import type { StoredPrice } from '#lib/money/price.ts'
import { showMoney } from '#lib/money/money.ts'

/** A row whose lock the transaction holds, with what the limits compare it with. */
export interface LockedPrice extends StoredPrice {
  /** What it cost 30 days ago; null when that is not known. */
  readonly usualCents: number | null
}

/** What to do with one change, given the row that it is about, which is locked. */
export type PlannedChange =
  | {
      readonly action: 'update'
      readonly row: LockedPrice
      readonly amountCents: number
      readonly compareAtCents: number | null
    }
  | { readonly action: 'keep'; readonly row: StoredPrice }
  | { readonly action: 'conflict'; readonly row: StoredPrice; readonly message: string }
  | { readonly action: 'refuse'; readonly issue: PriceChangeIssue }

function planOne(change: PriceChangeInput, row: LockedPrice | undefined, at: string): PlannedChange {
  const { productId, amountCents, currency, expectedVersion } = change
  const refuse = (field: string, message: string): PlannedChange => ({
    action: 'refuse',
    issue: { field: `${at}.${field}`, productId, message },
  })
  if (!row) return refuse('productId', `There is no product ${productId}.`)
  if (currency !== undefined && currency !== row.currency) {
    return refuse('currency', `This price is in ${row.currency}, not in ${currency}.`)
  }
  if (expectedVersion !== undefined && BigInt(expectedVersion) !== row.version) {
    const message = `Somebody else changed this price: it is ${showMoney(row.amountCents)} in version ${row.version} now, you saw version ${expectedVersion}.`
    return { action: 'conflict', row, message }
  }
  const compareAtCents = change.compareAtCents === undefined ? row.compareAtCents : change.compareAtCents
  if (compareAtCents !== null && compareAtCents <= amountCents) {
    const fault = `The compare-at price (${showMoney(compareAtCents)}) must stay above the price (${showMoney(amountCents)}).`
    return change.compareAtCents === undefined
      ? refuse('amountCents', `${fault} Raise the compare-at price with it, or remove it.`)
      : refuse('compareAtCents', fault)
  }
  if (amountCents === row.amountCents && compareAtCents === row.compareAtCents) return { action: 'keep', row }
  return { action: 'update', row, amountCents, compareAtCents }
}

/**
 * Decides what happens to each change, in the order of the request. Pure: the caller has read and locked the rows.
 *
 * A conflict concerns its own row only: somebody else's edit of one product is no reason to hold back the others.
 * A refusal means that the request itself is wrong, so the caller writes nothing at all.
 */
export function planChanges(changes: readonly PriceChangeInput[], rows: readonly LockedPrice[]): PlannedChange[] {
  const byProduct = new Map(rows.map((row) => [row.productId, row]))
  return changes.map((change, i) => planOne(change, byProduct.get(change.productId), `changes[${i}]`))
}
