/**
 * Amounts in CSV files. The rule is strict and the same in every locale, for nobody reads a file of 100,000 rows before
 * it is taken: digits 0 to 9, a full stop before at most as many decimals as the currency has, nothing else. `12`, `12.9`
 * and `12.90` are amounts; `12,90`, `1,299.00`, `$12` and `-1` are not.
 */
import { MAX_AMOUNT, minorUnits, SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { decimalAmount } from '#lib/money/formatMoney.ts'
import { showMoney } from '#lib/money/money.ts'

const AMOUNT = /^(0|[1-9]\d*)(?:\.(\d+))?$/
/** Of the shop's currency, as the messages show it. */
const EXAMPLE = 129_990

export type CsvAmount =
  | { readonly ok: true; readonly amountMinor: number }
  | { readonly ok: false; readonly message: string }

function refused(message: string): CsvAmount {
  return { ok: false, message }
}

/** @param currency that of the shop */
export function readCsvAmount(text: string, currency = SHOP_CURRENCY): CsvAmount {
  const match = AMOUNT.exec(text)
  if (!match || (match[2] ?? '').length > currency.digits) {
    return /^[-−]/.test(text)
      ? refused(`"${text}" is below zero: a price is above zero.`)
      : refused(
          `"${text}" is not an amount. Write it as ${decimalAmount(EXAMPLE, currency.code)}: ${currency.digits === 0 ? 'no decimals' : 'a full stop before the decimals'}, no groups and no currency, in every language.`,
        )
  }
  const [, whole = '', rest = ''] = match
  const amountMinor = minorUnits(whole, rest, currency)
  if (amountMinor > MAX_AMOUNT) return refused(`The highest price is ${showMoney(MAX_AMOUNT, currency)}.`)
  return amountMinor === 0 ? refused('A price is above zero.') : { ok: true, amountMinor }
}

/** As the same rule reads it: `1299.00`. */
export function writeCsvAmount(amountMinor: number | null, currency = SHOP_CURRENCY.code): string {
  return amountMinor === null ? '' : decimalAmount(amountMinor, currency)
}
