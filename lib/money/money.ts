/**
 * Reading and showing amounts of money. Inside, money is a whole number of minor units: cents where the currency has them.
 *
 * The rule by which a typed amount is read. It never guesses: what can be read in two ways is refused.
 *
 * - Digits are 0 to 9. Without a decimal mark the amount is in whole units: `12` is 12.00.
 * - The decimal mark is one comma or one full stop, followed by at most as many digits as the currency has decimals:
 *   `12.90`, `12,90`, `12,9`.
 * - Thousands may be grouped, in groups of exactly three digits: by spaces (`1 299`, `1 299,00`), by apostrophes (`1'299`), or by the
 *   mark that is not the decimal mark (`1,299.00`, `1.299,00`). Grouping by a comma or a full stop needs the
 *   decimals: `1,299` and `1.299` mean one thing in London and another in Berlin, so they are refused.
 * - In a currency without decimals no mark can be a decimal mark: `1,299` and `1.299` are 1299. In one of three decimals
 *   `1.299` is how its own amounts are written, and is read so.
 * - The code or the symbol of the currency may stand before or after the number. No sign, no exponent, nothing else.
 * - At least one minor unit, at most MAX_AMOUNT of them.
 */

import { type Currency, marksOf, MAX_AMOUNT, minorUnits, SHOP_CURRENCY } from './currencies.ts'
import { decimalAmount, formatMoney } from './formatMoney.ts'
import { APOSTROPHES, SPACES } from './grouping.ts'

type MoneyProblem =
  | 'empty'
  | 'ambiguous'
  | 'decimals'
  | 'grouping'
  | 'sign'
  | 'currency'
  | 'zero'
  | 'too_large'
  | 'format'

export type ParsedMoney =
  | { readonly ok: true; readonly amountMinor: number }
  | { readonly ok: false; readonly problem: MoneyProblem; readonly message: string }

const MAX_LENGTH = 40
const AROUND = new RegExp(`^[${SPACES}\\t\\r\\n]+|[${SPACES}\\t\\r\\n]+$`, 'g')
/** ISO 4217 has no currency of more decimals. */
const COUNTS = ['no', 'one', 'two', 'three', 'four']

/** The form in which people type amounts of one currency. */
interface Notation {
  readonly before: RegExp
  readonly after: RegExp
  /** Each with the whole part, grouped or not, and where there are decimals those. */
  readonly amounts: readonly RegExp[]
  /** A mark and three digits, where that may be thousands as well as decimals. */
  readonly ambiguous: RegExp | undefined
  readonly otherCurrency: RegExp
  /** The text to write. */
  readonly how: string
}

const notations = new Map<string, Notation>()

function notationOf(currency: Currency): Notation {
  const known = notations.get(currency.code)
  if (known) return known
  const { digits } = currency
  const marks = marksOf(currency)
    .map((mark) => mark.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('|')
  const decimals = (mark: string) => (digits === 0 ? '' : `${mark}(\\d{1,${digits}})`)
  const optional = digits === 0 ? '' : `(?:${decimals('[.,]')})?`
  const example = (mark: string) => (digits === 0 ? '' : `${mark}${'90'.padEnd(digits, '0').slice(0, digits)}`)
  const notation: Notation = {
    before: new RegExp(`^(?:${marks})[${SPACES}]?`),
    after: new RegExp(`[${SPACES}]?(?:${marks})$`),
    amounts: [
      new RegExp(`^(0|[1-9]\\d*)${optional}$`),
      new RegExp(`^([1-9]\\d{0,2}(?:[${SPACES}${APOSTROPHES}]\\d{3})+)${optional}$`),
      new RegExp(`^([1-9]\\d{0,2}(?:,\\d{3})+)${decimals('\\.')}$`),
      new RegExp(`^([1-9]\\d{0,2}(?:\\.\\d{3})+)${decimals(',')}$`),
    ],
    ambiguous: digits > 0 && digits < 3 ? /^([1-9]\d{0,2})[.,](\d{3})$/ : undefined,
    otherCurrency: new RegExp(`(?!${marks})(?:\\p{Sc}|\\b[A-Z]{3}\\b)`, 'u'),
    how:
      digits === 0
        ? 'Write an amount such as 1299 or 1,299.'
        : `Write an amount such as 12${example('.')}, 12${example(',')} or 1,299.${'0'.repeat(digits)}.`,
  }
  notations.set(currency.code, notation)
  return notation
}

function refused(problem: MoneyProblem, message: string): ParsedMoney {
  return { ok: false, problem, message }
}

/** Why a text that is no amount is none, in the words that help most. */
function explain(text: string, { code, digits }: Currency, { ambiguous, otherCurrency, how }: Notation): ParsedMoney {
  const twoWays = ambiguous?.exec(text)
  if (twoWays) {
    const [, whole, rest] = twoWays
    return refused(
      'ambiguous',
      `"${text}" can be read in two ways. Write ${whole}${rest}.${'0'.repeat(digits)} or ${whole}.${rest?.slice(0, digits)}.`,
    )
  }
  if (/^[-+−–(]/.test(text)) return refused('sign', `Leave out the sign: a price is above zero. ${how}`)
  if (otherCurrency.test(text)) return refused('currency', `Prices are in ${code}. ${how}`)
  if (/[^\d.,\s]/.test(text)) return refused('format', `Use the digits 0 to 9 only. ${how}`)
  if (digits === 0 && /[.,]\d{1,2}$/.test(text))
    return refused('decimals', `An amount in ${code} has no decimals. ${how}`)
  if (new RegExp(`^[\\d ]*[.,]\\d{${digits + 1},}$`).test(text))
    return refused('decimals', `At most ${COUNTS[digits]} digits may follow the decimal mark. ${how}`)
  if (/^0\d/.test(text)) return refused('format', `Leave out the leading zero. ${how}`)
  if (/\d[.,\s]+\d/.test(text))
    return refused(
      'grouping',
      `Group thousands by three digits, and write the decimals, or leave the groups out. ${how}`,
    )
  return refused('format', `This is not an amount. ${how}`)
}

/**
 * Reads a typed amount by the rule above. Never throws.
 * @param currency the one that the amount is in: that of the shop
 * @returns minor units
 * @example parseMoney('1.299,00') // { ok: true, amountMinor: 129900 }
 */
export function parseMoney(input: string, currency = SHOP_CURRENCY): ParsedMoney {
  const notation = notationOf(currency)
  if (input.length > MAX_LENGTH) return refused('format', `This is too long. ${notation.how}`)
  const typed = input.replace(AROUND, '')
  const before = typed.replace(notation.before, '')
  // One currency mark is enough; a second one stays and is refused.
  const text = before === typed ? typed.replace(notation.after, '') : before
  if (text === '') return refused('empty', `Enter an amount. ${notation.how}`)

  const match = notation.amounts.map((amount) => amount.exec(text)).find((found) => found !== null)
  if (!match) return explain(text, currency, notation)
  const amountMinor = minorUnits((match[1] ?? '').replace(/\D/g, ''), match[2] ?? '', currency)
  if (amountMinor > MAX_AMOUNT) return refused('too_large', `The highest price is ${showMoney(MAX_AMOUNT, currency)}.`)
  return amountMinor === 0 ? refused('zero', 'A price is above zero.') : { ok: true, amountMinor }
}

/** As the back office and its messages show an amount. @example showMoney(129900) // '€1,299.00' */
export function showMoney(amountMinor: number, { code }: Pick<Currency, 'code'> = SHOP_CURRENCY): string {
  return formatMoney(amountMinor, code, 'en')
}

/** As an input field wants it, without grouping: `1299.00`. */
export function amountToInput(amountMinor: number, { code }: Pick<Currency, 'code'> = SHOP_CURRENCY): string {
  return decimalAmount(amountMinor, code)
}
