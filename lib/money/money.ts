/**
 * Reading and showing amounts of money. Inside, money is a whole number of minor units (cents).
 *
 * The rule by which a typed amount is read. It never guesses: what can be read in two ways is refused.
 *
 * - Digits are 0 to 9. Without a decimal mark the amount is in whole units: `12` is 12.00.
 * - The decimal mark is one comma or one full stop, followed by one or two digits: `12.90`, `12,90`, `12,9`.
 * - Thousands may be grouped, in groups of exactly three digits: by spaces (`1 299`, `1 299,00`), or by the
 *   mark that is not the decimal mark (`1,299.00`, `1.299,00`). Grouping by a comma or a full stop needs the
 *   decimals: `1,299` and `1.299` mean one thing in London and another in Berlin, so they are refused.
 * - `€` or `EUR` may stand before or after the number. No sign, no exponent, nothing else.
 * - At least 0.01, at most 999,999.99.
 */

import { formatMoney } from './formatMoney.ts'

export const CURRENCY = 'EUR'
export const MAX_CENTS = 99_999_999

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
  | { readonly ok: true; readonly cents: number }
  | { readonly ok: false; readonly problem: MoneyProblem; readonly message: string }

const HOW = 'Write an amount such as 12.90, 12,90 or 1,299.00.'
const MAX_LENGTH = 40
/** The spaces that people type and that `Intl.NumberFormat` writes: plain, no-break, narrow no-break. */
const SPACE = ' \\u00a0\\u202f'
const AROUND = new RegExp(`^[${SPACE}\\t\\r\\n]+|[${SPACE}\\t\\r\\n]+$`, 'g')
const CURRENCY_BEFORE = new RegExp(`^(?:€|EUR)[${SPACE}]?`)
const CURRENCY_AFTER = new RegExp(`[${SPACE}]?(?:€|EUR)$`)
const OTHER_CURRENCY = /[$£¥₩]|\b[A-Z]{3}\b/

const PLAIN = /^(0|[1-9]\d*)(?:[.,](\d{1,2}))?$/
const GROUPED_BY_SPACE = new RegExp(`^([1-9]\\d{0,2}(?:[${SPACE}]\\d{3})+)(?:[.,](\\d{1,2}))?$`)
const GROUPED_BY_COMMA = /^([1-9]\d{0,2}(?:,\d{3})+)\.(\d{1,2})$/
const GROUPED_BY_STOP = /^([1-9]\d{0,2}(?:\.\d{3})+),(\d{1,2})$/
const AMBIGUOUS = /^([1-9]\d{0,2})[.,](\d{3})$/

function refused(problem: MoneyProblem, message: string): ParsedMoney {
  return { ok: false, problem, message }
}

/** Why a text that is no amount is none, in the words that help most. */
function explain(text: string): ParsedMoney {
  const ambiguous = AMBIGUOUS.exec(text)
  if (ambiguous) {
    const [, whole, rest] = ambiguous
    return refused(
      'ambiguous',
      `"${text}" can be read in two ways. Write ${whole}${rest}.00 or ${whole}.${rest?.slice(0, 2)}.`,
    )
  }
  if (/^[-+−–(]/.test(text)) return refused('sign', `Leave out the sign: a price is above zero. ${HOW}`)
  if (OTHER_CURRENCY.test(text)) return refused('currency', `Prices are in ${CURRENCY}. ${HOW}`)
  if (/[^\d.,\s]/.test(text)) return refused('format', `Use the digits 0 to 9 only. ${HOW}`)
  if (/^[\d ]*[.,]\d{3,}$/.test(text))
    return refused('decimals', `At most two digits may follow the decimal mark. ${HOW}`)
  if (/^0\d/.test(text)) return refused('format', `Leave out the leading zero. ${HOW}`)
  if (/\d[.,\s]+\d/.test(text))
    return refused(
      'grouping',
      `Group thousands by three digits, and write the decimals, or leave the groups out. ${HOW}`,
    )
  return refused('format', `This is not an amount. ${HOW}`)
}

/**
 * Reads an amount that somebody typed, by the rule above. Never throws.
 * @example parseMoney('1.299,00') // { ok: true, cents: 129900 }
 */
export function parseMoney(input: string): ParsedMoney {
  if (input.length > MAX_LENGTH) return refused('format', `This is too long. ${HOW}`)
  const typed = input.replace(AROUND, '')
  const before = typed.replace(CURRENCY_BEFORE, '')
  // One currency mark is enough; a second one stays and is refused.
  const text = before === typed ? typed.replace(CURRENCY_AFTER, '') : before
  if (text === '') return refused('empty', `Enter an amount. ${HOW}`)

  const match =
    PLAIN.exec(text) ?? GROUPED_BY_SPACE.exec(text) ?? GROUPED_BY_COMMA.exec(text) ?? GROUPED_BY_STOP.exec(text)
  if (!match) return explain(text)
  const whole = (match[1] ?? '').replace(/\D/g, '')
  if (whole.length > 6) return refused('too_large', `The highest price is ${showMoney(MAX_CENTS)}.`)
  const cents = Number(whole) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
  return cents === 0 ? refused('zero', 'A price is above zero.') : { ok: true, cents }
}

/** As the back office and its messages show an amount. @example showMoney(129900) // '€1,299.00' */
export function showMoney(cents: number): string {
  return formatMoney(cents, CURRENCY, 'en')
}

/** As an input field wants it, without grouping: `1299.00`. */
export function centsToInput(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}
