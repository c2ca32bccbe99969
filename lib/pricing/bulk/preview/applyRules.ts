/**
 * Reckons the new price. The one function that reckons: a preview stores its results as rows, an apply writes the rows,
 * so that both say the same to the cent.
 */
import { currencyOf, MAX_AMOUNT, SHOP_CURRENCY } from '#lib/money/currencies.ts'
import type { StoredPrice } from '#lib/money/price.ts'
import type { Wire } from '#lib/money/wire.ts'
import { showMoney } from '#lib/money/money.ts'
import type { Cell, Rules, RowWarning } from '../contract.ts'
import {
  type Bounds,
  exactMinor,
  type ExactAmount,
  isPositive,
  plusMinor,
  plusPercent,
  roundedWithin,
  withMargin,
} from './roundAmount.ts'

/** The values of a row that the rules read. */
export interface PricedRow extends Pick<Wire<StoredPrice>, 'amountCents' | 'compareAtCents' | 'currency'> {
  /** Absent or null: not known. */
  readonly costCents?: number | null | undefined
}

type Refusal = Extract<RowWarning, `refused-${string}`>

export type NewPrice =
  | {
      readonly outcome: 'price'
      readonly amountCents: number
      readonly compareAtCents: number | null
      readonly belowRulesFloor: boolean
    }
  /** The rule has nothing to reckon from here: the row stays as it is. */
  | { readonly outcome: 'skip'; readonly message: string }
  | { readonly outcome: 'refuse'; readonly refusal: Refusal; readonly message: string }

type Cents = { readonly cents: bigint } | Exclude<NewPrice, { outcome: 'price' }>

function refuse(refusal: Refusal, message: string): Exclude<NewPrice, { outcome: 'price' }> {
  return { outcome: 'refuse', refusal, message }
}

const NO_COMPARE_AT = {
  outcome: 'skip',
  message: 'There is no compare-at price here, so the rule changes nothing.',
} as const

const NO_COST = {
  outcome: 'skip',
  message: 'The cost of this product is not known, so the rule changes nothing.',
} as const

/** Amounts that the rules state are in the currency of the shop; nothing is converted. */
function rulesStateAmounts({ amount, floorCents, ceilingCents, compareAt }: Rules): boolean {
  return (
    amount.kind === 'set' ||
    amount.kind === 'add' ||
    floorCents !== undefined ||
    ceilingCents !== undefined ||
    compareAt.kind === 'set'
  )
}

/** @returns the currency of the amounts that are stated for a row, where it is another one than that of the row */
function foreignCurrency({ currency }: PricedRow, rules: Rules, cell: CellPrice | undefined): string | undefined {
  const cellStates = cell?.amountCents !== undefined || typeof cell?.compareAtCents === 'number'
  const stated = [
    ...(cellStates ? [cell.currency ?? SHOP_CURRENCY.code] : []),
    ...(rulesStateAmounts(rules) ? [SHOP_CURRENCY.code] : []),
  ]
  return stated.find((code) => code !== currency)
}

/** @returns undefined when there is nothing to reckon from */
function exactAmount(row: PricedRow, rule: Rules['amount']): ExactAmount | undefined {
  const currency = currencyOf(row.currency)
  switch (rule.kind) {
    case 'keep':
      return exactMinor(row.amountCents, currency)
    case 'set':
      return exactMinor(rule.cents, currency)
    case 'add':
      return plusMinor(row.amountCents, rule.cents, currency)
    case 'percent': {
      const base = rule.of === 'price' ? row.amountCents : row.compareAtCents
      return base === null ? undefined : plusPercent(base, rule.percent, currency)
    }
    case 'cost-plus':
      return typeof row.costCents === 'number' ? plusPercent(row.costCents, rule.percent, currency) : undefined
    case 'restore':
      return row.compareAtCents === null ? undefined : exactMinor(row.compareAtCents, currency)
  }
}

/** @returns undefined when a margin is to be kept and the cost is not known */
function boundsOf({ costCents }: PricedRow, { floorCents, ceilingCents, minMarginPercent }: Rules): Bounds | undefined {
  if (minMarginPercent === undefined) return { floorCents, ceilingCents }
  if (typeof costCents !== 'number') return undefined
  return { floorCents: Math.max(floorCents ?? 0, withMargin(costCents, minMarginPercent)), ceilingCents }
}

/** The change that the rules and a cell ask for. */
export function intentOf({ amount, compareAt }: Rules, cell: CellPrice | undefined) {
  const lowers =
    (amount.kind === 'percent' && amount.percent.startsWith('-')) || (amount.kind === 'add' && amount.cents < 0)
  return {
    lowers: lowers && cell?.amountCents === undefined,
    makesSale: typeof cell?.compareAtCents === 'number' || compareAt.kind === 'old-price',
  }
}

function amountByRules(row: PricedRow, rules: Rules): Cents {
  const exact = exactAmount(row, rules.amount)
  if (exact === undefined) return rules.amount.kind === 'cost-plus' ? NO_COST : NO_COMPARE_AT
  const bounds = boundsOf(row, rules)
  if (bounds === undefined) return NO_COST
  // A floor says what a price that falls to nothing becomes; without one, rounding up must not make a price of a debt.
  if (bounds.floorCents === undefined && !isPositive(exact))
    return refuse('refused-not-positive', 'The price would be zero or below.')
  const cents = roundedWithin(exact, rules.rounding, bounds)
  if (cents <= 0n) return refuse('refused-not-positive', 'Rounded, the price would be zero or below.')
  if (cents > BigInt(MAX_AMOUNT))
    return refuse(
      'refused-too-large',
      `The price would be above ${showMoney(MAX_AMOUNT, currencyOf(row.currency))}, the highest there is.`,
    )
  return { cents }
}

/** A price that is restored is no sale any more: its compare-at goes, unless the rules set another. */
function compareAtByRules(row: PricedRow, { amount, compareAt }: Rules): number | null {
  switch (compareAt.kind) {
    case 'keep':
      return amount.kind === 'restore' ? null : row.compareAtCents
    case 'set':
      return compareAt.cents
    case 'old-price':
      return row.compareAtCents ?? row.amountCents
    case 'clear':
      return null
  }
}

export type CellPrice = Pick<Cell, 'amountCents' | 'compareAtCents' | 'currency'>

/**
 * The price that a row gets. Read first: price and compare-at as they are. Then the amount, its rounding, floor and
 * ceiling, and last compare-at. The value of a cell is taken as it stands, not rounded, not bounded.
 * @param cell what was typed or imported for this row
 * @returns a price that the table takes, or why there is none
 * @example newPrice(row, { amount: { kind: 'percent', percent: '-15', of: 'price' }, compareAt: { kind: 'old-price' } })
 */
export function newPrice(row: PricedRow, rules: Rules, cell?: CellPrice): NewPrice {
  const foreign = foreignCurrency(row, rules, cell)
  if (foreign !== undefined)
    return refuse(
      'refused-currency',
      `This price is in ${row.currency}, the amounts are in ${foreign}, and nothing is converted. Write them in ${row.currency}, or leave the product out.`,
    )
  const amount = cell?.amountCents === undefined ? amountByRules(row, rules) : { cents: BigInt(cell.amountCents) }
  if ('outcome' in amount) return amount
  const amountCents = Number(amount.cents)
  const compareAtCents = cell?.compareAtCents === undefined ? compareAtByRules(row, rules) : cell.compareAtCents
  if (compareAtCents !== null && compareAtCents <= amountCents) {
    const show = (cents: number) => showMoney(cents, currencyOf(row.currency))
    return refuse(
      'refused-compare-at',
      `The compare-at price (${show(compareAtCents)}) must stay above the price (${show(amountCents)}). Raise it, or take it away.`,
    )
  }
  return { outcome: 'price', amountCents, compareAtCents, belowRulesFloor: amountCents < (rules.floorCents ?? 0) }
}
