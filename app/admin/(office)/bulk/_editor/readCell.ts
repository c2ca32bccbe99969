/** Reads the text in a cell of new prices. */
import { type Currency, currencyOf, MAX_AMOUNT, SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { parseMoney, showMoney } from '#lib/money/money.ts'
import type { GridRow } from '#lib/pricing/bulk/contract.ts'
import { shownAmount } from '#lib/pricing/bulk/csv/amounts.ts'
import { refusedAsDate } from '#lib/pricing/bulk/csv/serialDate.ts'
import { readInOneWay } from '#lib/pricing/bulk/csv/numberFormat.ts'
import { type ExactAmount, plusMinor, plusPercent, roundedWithin } from '#lib/pricing/bulk/preview/roundAmount.ts'
import type { EditedValue, Field } from '../_grid/cellEdits.ts'

export type ReadValue = { readonly value: EditedValue } | { readonly error: string }

/** The prices that a relative text starts from. */
export type BaseRow = Pick<GridRow, 'amountCents' | 'compareAtCents' | 'currency'>

const PERCENT = /^([-+−])?\s*(\d{1,6})(?:[.,](\d{1,4}))?\s*%$/
const SIGNED = /^([-+−])\s*(\d.*)$/

/** As people type an amount; else as a file of prices may have it: `1,29,000.00`, `1’299.–`. */
function readAmount(typed: string, currency: Currency): ReadValue {
  const text = shownAmount(typed)
  const money = parseMoney(text, currency)
  if (money.ok) return { value: money.amountMinor }
  const value = readInOneWay(text, currency)
  return value === undefined ? { error: money.message } : { value }
}

function rounded(exact: ExactAmount, row: BaseRow): ReadValue {
  const amount = roundedWithin(exact, undefined, {})
  if (amount <= 0n) return { error: 'The price would be zero or below.' }
  if (amount > BigInt(MAX_AMOUNT))
    return { error: `The highest price is ${showMoney(MAX_AMOUNT, { code: row.currency })}.` }
  return { value: Number(amount) }
}

/** `-10%`, `+5 %`, `+5`, `-0.50`: from the price as it is now. @returns undefined when the text is none of these */
function readRelative(base: number | null, text: string, row: BaseRow): ReadValue | undefined {
  const percent = PERCENT.exec(text)
  const signed = SIGNED.exec(text)
  if (!percent && !signed) return undefined
  if (base === null) return { error: 'There is no compare-at price here to reckon from.' }
  const currency = currencyOf(row.currency)
  if (percent) {
    const [, sign, whole = '', part] = percent
    if (sign === undefined) return { error: `Write +${text} or -${text}.` }
    const size = part === undefined ? whole : `${whole}.${part}`
    return rounded(plusPercent(base, sign === '+' ? size : `-${size}`, currency), row)
  }
  const [, sign, amount = ''] = signed ?? []
  const money = parseMoney(amount, currency)
  if (!money.ok) return { error: money.message }
  return rounded(plusMinor(base, sign === '+' ? money.amountMinor : -money.amountMinor, currency), row)
}

/**
 * Empty: as the rules say. `none`, or a dash, takes a compare-at price away. A sign makes the text relative to the price
 * as it is now.
 * @param row absent, nothing is relative, and amounts are in the currency of the shop
 * @param how pasted, only percentages are relative: an accountant's minus is no order to lower a price
 */
export function readCell(field: Field, text: string, row?: BaseRow, how: 'typed' | 'pasted' = 'typed'): ReadValue {
  const typed = text.trim()
  if (typed === '') return { value: undefined }
  if (field === 'compareAtCents' && /^(none|-|–)$/i.test(typed)) return { value: null }
  const relative = row && (how === 'typed' || typed.endsWith('%')) ? readRelative(row[field], typed, row) : undefined
  if (relative) return relative
  const refused =
    row && how === 'pasted'
      ? refusedAsDate(typed, { amountMinor: row.amountCents, currency: currencyOf(row.currency) })
      : undefined
  if (refused !== undefined) return { error: refused }
  return readAmount(typed, row ? currencyOf(row.currency) : SHOP_CURRENCY)
}
