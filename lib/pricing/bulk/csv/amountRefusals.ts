/** Why the text of a cell is no amount, in the words that help most. */
import type { Currency } from '#lib/money/currencies.ts'
import { decimalAmount } from '#lib/money/formatMoney.ts'
import { isMonth } from './monthNames.ts'
import type { DecimalMark } from './questions.ts'

/** Of the shop's currency, as the messages show it. */
const EXAMPLE = 129_990

const BELOW_ZERO = /^[-−–﹣(]\s?\p{Sc}?\s?\d|\d\s?[-−–]$/u
const EXPONENT = /^[-+]?\d+(?:[.,]\d+)?e[-+]?\d+$/i

/** Of a time of day, alone or behind a date. */
const TIME = /(?:^|[T, ]+)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AP]M)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?$/i
/** `2026-11-30`, `30.11.26`, `30.11.`, `30/11`, `11月30日`, `99년 1월`. */
const NUMERIC =
  /^(?:\d{1,4}([./-])\d{1,2}\1\d{1,4}|\d{1,2}\.\d{1,2}\.|(?:[12]?\d|3[01])\/(?:[12]?\d|3[01])|(?:\d{2,4}[年년] ?)?\d{1,2}[月월](?: ?\d{1,2}[日일])?)$/u

/** `12. Mai`, `May-12`, `Monday, May 12, 2026`: a month and one or two numbers, and a word before them at most. */
function namesMonth(text: string): boolean {
  const parts = text.split(/[\s.,/-]+/).filter((part) => part !== '')
  const numbers = parts.filter((part) => /^\d{1,4}$/.test(part))
  const [word = '', ...others] = parts.filter((part) => !numbers.includes(part))
  const month = others.length === 1 && parts[0] === word ? (others[0] ?? '') : word
  return numbers.length > 0 && numbers.length <= 2 && others.length <= 1 && isMonth(month)
}

/** The way out of a row that is to leave its amount as it is. */
export const KEEP = 'leave the cell empty to keep what there is'

/** What a spreadsheet has in place of an amount; undefined where that is not known. */
function otherThing(text: string): string | undefined {
  if (text.endsWith('%')) return 'a percentage'
  if (/^#(?:#+|[¡¿]?[\p{L}/0]+[!?]?)$/u.test(text)) return 'an error of a spreadsheet'
  if (text.startsWith('=')) return 'a formula'
  const day = text.replace(TIME, '')
  const made = 'which a spreadsheet may have made of it'
  if (day === '') return `a time, ${made}`
  return NUMERIC.test(day) || namesMonth(day) ? `a date, ${made}` : undefined
}

interface Notation {
  readonly mark: DecimalMark
  readonly currency: Currency
}

/**
 * @param bare the text without the marks of the currency
 * @param other the code of the currency that is left in it
 */
export function refusalOf(text: string, bare: string, other: string | undefined, { mark, currency }: Notation): string {
  const amount = decimalAmount(EXAMPLE, currency.code)
  const example = mark === 'point' ? amount : amount.replace('.', ',')
  if (BELOW_ZERO.test(bare)) return `"${text}" is below zero. Write an amount above zero, or ${KEEP}.`
  if (EXPONENT.test(bare))
    return `"${text}" is written with an exponent, and may have lost digits. Write it as ${example}.`
  if (other !== undefined && other !== currency.code)
    return `"${text}" is not in ${currency.code}, and nothing is converted. Write it in ${currency.code}.`
  const rule =
    currency.digits === 0
      ? `no decimals`
      : `${mark === 'point' ? 'a full stop' : 'a comma'} before the decimals, at most ${currency.digits} of them`
  const thing = otherThing(text)
  const notation = `as ${example}: ${rule}`
  return `"${text}" is not an amount${thing === undefined ? '' : ` but ${thing}`}. ${/\d/.test(text) ? `Write it ${notation}` : `Write one ${notation}. Or ${KEEP}`}.`
}
