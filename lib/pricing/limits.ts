/**
 * The limits of a price change, decided in one place for every way to change one: the form, the API, the grid, a file, the
 * shell and a schedule. Pure: the caller has the price as it is, what it cost 30 days ago, and the principal's role.
 */
import { type BulkLimits, bulkLimitsOf, type Role } from '#lib/access/permissions.ts'
import type { Principal } from '#lib/access/principal.ts'
import { type Confirmation, type Doubt, isLimit, type LIMIT_GUARDS } from './bulk/contract.ts'
import { showMoney } from '#lib/money/money.ts'

/** A price below this share of what the product cost 30 days ago is below its floor: small steps add up to a large one. */
const FLOOR_PERCENT = 50

export interface PriceMove {
  readonly oldMinor: number
  readonly newMinor: number
  /** Its code. */
  readonly currency: string
  /** The price 30 days ago; absent or null when that is not known. */
  readonly usualMinor?: number | null | undefined
  /** The rules of a bulk edit state a floor, and this is below it. */
  readonly belowRulesFloor?: boolean
}

/** Strictly more than so many percent of the old price, up or down. */
export function isBeyond({ oldMinor, newMinor }: Pick<PriceMove, 'oldMinor' | 'newMinor'>, percent: number): boolean {
  return Math.abs(newMinor - oldMinor) * 100 > percent * oldMinor
}

/** @returns which floor the new price is below. Only a price that goes down can fall below what is usual */
function belowFloor({ oldMinor, newMinor, currency, usualMinor, belowRulesFloor }: PriceMove): string | undefined {
  if (belowRulesFloor) return 'This is below the floor of the rules.'
  if (typeof usualMinor !== 'number' || newMinor >= oldMinor || newMinor * 100 >= usualMinor * FLOOR_PERCENT)
    return undefined
  return `This is below ${FLOOR_PERCENT} percent of ${showMoney(usualMinor, { code: currency })}, what it cost 30 days ago.`
}

/** Cut to two decimals, not rounded: 99.995 percent is not all of it. @example describeMove({ oldMinor: 13_099, newMinor: 1, currency: 'EUR' }) // '€130.99 to €0.01 is 99.99 % less' */
export function describeMove({ oldMinor, newMinor, currency }: PriceMove): string {
  const shown = (amount: number) => showMoney(amount, { code: currency })
  const hundredths = Math.floor((Math.abs(newMinor - oldMinor) * 10_000) / oldMinor)
  return `${shown(oldMinor)} to ${shown(newMinor)} is ${(hundredths / 100).toLocaleString('en')} % ${newMinor < oldMinor ? 'less' : 'more'}`
}

/** A limit that one price crosses, and why. */
export interface Crossing {
  readonly guard: (typeof LIMIT_GUARDS)[number]
  readonly message: string
}

/** @returns the limits that a price crosses; none when it moves within them */
export function crossingsOf(move: PriceMove, { percent }: Pick<BulkLimits, 'percent'>): Crossing[] {
  const low = belowFloor(move)
  return [
    ...(isBeyond(move, percent) ? [{ guard: 'large-change', message: `${describeMove(move)}.` } as const] : []),
    ...(low === undefined ? [] : [{ guard: 'below-floor', message: low } as const]),
  ]
}

/** The counts of all prices of one edit together. */
export interface EditCounts {
  /** Prices that change. */
  readonly changed: number
  /** The prices that move by more than the percentage of the limits. */
  readonly large: number
  readonly belowFloor: number
  /** The doubts of a bulk edit: the number of prices and the reason. */
  readonly doubts?: readonly { readonly doubt: Doubt; readonly rows: number }[]
}

/**
 * More than this share of the prices that change: then it is the rule that may not be meant, not one product. Below one in
 * ten they are exceptions, which the preview counts, and lists by a filter.
 */
const DOUBTED_SHARE_PERCENT = 10
/** So many rows are read one by one. Rises and losses are slips in every case; a sale of three products on sale may be meant. */
const READ_ONE_BY_ONE: Readonly<Record<Doubt, number>> = {
  rise: 0,
  'below-cost': 0,
  'on-sale': 10,
  'below-sale': 10,
  'below-lowest': 10,
}

const DOUBT_PHRASES: Readonly<Record<Doubt, (rows: number) => string>> = {
  rise: (rows) => `raise ${prices(rows)}`,
  'on-sale': (rows) => `change ${prices(rows)} on sale`,
  'below-sale': (rows) => `set ${prices(rows)} below the price of a sale`,
  'below-lowest': (rows) => `set ${prices(rows)} below the lowest of 30 days`,
  'below-cost': (rows) => `set ${prices(rows)} below cost`,
}

function doubtsToConfirm({ changed, doubts = [] }: EditCounts): Confirmation[] {
  return doubts
    .filter(({ doubt, rows }) => rows * 100 > changed * DOUBTED_SHARE_PERCENT && rows > READ_ONE_BY_ONE[doubt])
    .map(({ doubt, rows }) => ({ kind: doubt, rows, phrase: DOUBT_PHRASES[doubt](rows) }))
}

function prices(rows: number): string {
  return rows === 1 ? '1 price' : `${rows} prices`
}

/** The confirmations that an edit needs. */
export function confirmationsOf(counts: EditCounts, limits: BulkLimits): Confirmation[] {
  const { changed, large, belowFloor: low } = counts
  const all: Confirmation[] = []
  if (changed > limits.rows) all.push({ kind: 'many-rows', rows: changed, phrase: `change ${prices(changed)}` })
  if (large > 0)
    all.push({
      kind: 'large-change',
      rows: large,
      phrase: `change ${prices(large)} by more than ${limits.percent} percent`,
    })
  if (low > 0) all.push({ kind: 'below-floor', rows: low, phrase: `set ${prices(low)} below the floor` })
  return [...all, ...doubtsToConfirm(counts)]
}

/** The limits of the principal. */
export interface Authority {
  readonly role: Role
  readonly limits: BulkLimits
  /** Beyond the limits, with a confirmation. */
  readonly mayExceed: boolean
}

export function authorityOf({ role, permissions }: Pick<Principal, 'role' | 'permissions'>): Authority {
  return { role, limits: bulkLimitsOf(role), mayExceed: permissions.includes('bulk:large') }
}

export type Decision =
  /** `confirmed`: what had to be confirmed, and was. */
  | { readonly kind: 'allowed'; readonly confirmed: readonly Confirmation[] }
  | { readonly kind: 'confirm'; readonly missing: readonly Confirmation[] }
  /** The role may not go this far, confirmed or not. */
  | { readonly kind: 'refused'; readonly beyond: readonly Confirmation[] }

/**
 * Whether an edit may be made.
 * @param said the principal's phrases, in any order; others do no harm
 */
export function decide(counts: EditCounts, { limits, mayExceed }: Authority, said: readonly string[]): Decision {
  const needed = confirmationsOf(counts, limits)
  const beyond = needed.filter(isLimit)
  if (beyond.length > 0 && !mayExceed) return { kind: 'refused', beyond }
  const phrases = new Set(said.map((text) => text.trim()))
  const missing = needed.filter(({ phrase }) => !phrases.has(phrase))
  return missing.length > 0 ? { kind: 'confirm', missing } : { kind: 'allowed', confirmed: needed }
}
