/**
 * Amounts in CSV files. The rule is strict and the same in every locale, for nobody reads a file of 100,000 rows before
 * it is taken: digits 0 to 9, a full stop before one or two decimals, nothing else. `12`, `12.9` and `12.90` are amounts;
 * `12,90`, `1,299.00`, `€12` and `-1` are not.
 */
import { centsToInput, MAX_CENTS, showMoney } from '#lib/money/money.ts'

const AMOUNT = /^(0|[1-9]\d*)(?:\.(\d{1,2}))?$/

export type CsvAmount = { readonly ok: true; readonly cents: number } | { readonly ok: false; readonly message: string }

function refused(message: string): CsvAmount {
  return { ok: false, message }
}

export function readCsvAmount(text: string): CsvAmount {
  const match = AMOUNT.exec(text)
  if (!match) {
    return /^[-−]/.test(text)
      ? refused(`"${text}" is below zero: a price is above zero.`)
      : refused(
          `"${text}" is not an amount. Write it as 1299.90: a full stop before the cents, no groups and no currency, whatever the language of the spreadsheet.`,
        )
  }
  const [, whole = '', rest = ''] = match
  const cents = whole.length > 6 ? Infinity : Number(whole) * 100 + Number(rest.padEnd(2, '0'))
  if (cents > MAX_CENTS) return refused(`The highest price is ${showMoney(MAX_CENTS)}.`)
  return cents === 0 ? refused('A price is above zero.') : { ok: true, cents }
}

/** As the same rule reads it: `1299.00`. */
export function writeCsvAmount(cents: number | null): string {
  return cents === null ? '' : centsToInput(cents)
}
