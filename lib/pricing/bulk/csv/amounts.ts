/**
 * Amounts in files. Which mark stands before the decimals is a fact about the whole file (numberFormat.ts), never about one
 * cell: no person reads 100,000 rows before they are taken. Within it an amount may have thousands in groups of three, or as India
 * groups them, the mark of its currency before and after it, zeros behind its decimals, a dash in their place, and the noise of a binary
 * fraction, which is rounded and said. What else there is, signs and exponents too, is refused.
 */
import {
  codeOfSign,
  CURRENCY_CODES,
  currencyOf,
  type Currency,
  marksOf,
  MAX_AMOUNT,
  minorUnits,
  SHOP_CURRENCY,
} from '#lib/money/currencies.ts'
import { decimalAmount } from '#lib/money/formatMoney.ts'
import { APOSTROPHES, SPACES } from '#lib/money/grouping.ts'
import { showMoney } from '#lib/money/money.ts'
import { withoutUnseen } from './aliases.ts'
import { KEEP, refusalOf } from './amountRefusals.ts'
import type { DecimalMark } from './questions.ts'

const SPACE = `${SPACES}${APOSTROPHES}`
/** Groups of India: two digits, and three before the decimals. */
const LAKHS = '\\d{1,2}(?:,\\d{2})+,\\d{3}'
const DASH = '[-\\u2012-\\u2014\\u2212]'
/** In place of decimals that are zero: `12.–`, `12,-`, `12:-`; in India `12/-`. */
const NO_DECIMALS = `[.,:]${DASH}{1,2}|/-`
const SHAPES: Readonly<Record<DecimalMark, RegExp>> = {
  point: new RegExp(`^(\\d{1,3}(?:([,${SPACE}])\\d{3})(?:\\2\\d{3})*|${LAKHS}|\\d+)(?:\\.(\\d+)|${NO_DECIMALS})?$`),
  comma: new RegExp(`^(\\d{1,3}(?:([.${SPACE}])\\d{3})(?:\\2\\d{3})*|\\d+)(?:,(\\d+)|${NO_DECIMALS})?$`),
}
/** With the decimals of money, and maybe zeros behind them; or with the sign of a currency. */
export const MONEY = /\d[.,]\d{2}0*(?![.,\d])|\p{Sc}/u
/** Fewer decimals than these are meant; a binary fraction that is written out has more. */
const NOISY_DECIMALS = 8
/** Parts of a minor unit. */
const MAX_NOISE = 1e-3

export type CsvAmount =
  | {
      readonly ok: true
      readonly amountMinor: number
      /** It had more decimals than the currency, which were the noise of a binary fraction. */
      readonly rounded?: true
    }
  | {
      readonly ok: false
      readonly message: string
      readonly isZero?: true
    }

function refused(message: string): CsvAmount {
  return { ok: false, message }
}

const IN_ASCII = /^(?!['=])[ -~]*$/
/** SAP and texts of old encodings write a minus so; within an amount it is no sign. */
const SOFT_MINUS = /^(?:(?!\u00ad)\p{Cf})*\u00ad|\u00ad(?:(?!\u00ad)\p{Cf})*$/gu
const FULL_WIDTH = /[！-～]/g
const FULL_WIDTH_OFFSET = 0xfee0
const DIGIT = /\p{Nd}/u
const OTHER_DIGITS = /(?![0-9])\p{Nd}/gu
/** Arabic marks, of decimals and of thousands. */
const ARABIC: Readonly<Record<string, string>> = { '٫': '.', '٬': ',' }

/** @example usualDigit('٣') // '3': the digits of a script stand in a row, behind a character that is none */
function usualDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0
  let value = 0
  while (value < 9 && DIGIT.test(String.fromCodePoint(code - value - 1))) value += 1
  return String(value)
}

/**
 * The amount in a cell as a person sees it: without what is invisible, with the usual digits, and without what a spreadsheet puts
 * around a text.
 * @example shownAmount('="１２.50"') // '12.50'
 */
export function shownAmount(cell: string): string {
  const text = cell.trim()
  if (IN_ASCII.test(text)) return text
  const seen = withoutUnseen(text.replaceAll(SOFT_MINUS, '-'))
    .replaceAll(FULL_WIDTH, (character) => String.fromCharCode(character.charCodeAt(0) - FULL_WIDTH_OFFSET))
    .replaceAll(/[٫٬]/g, (mark) => ARABIC[mark] ?? mark)
    .replaceAll(OTHER_DIGITS, usualDigit)
  return (/^="([^"]*)"$/.exec(seen)?.[1] ?? seen.replace(/^'/, '')).trim()
}

const marks = new Map<string, RegExp>()

function marksPattern(currency: Currency): RegExp {
  let pattern = marks.get(currency.code)
  if (!pattern) {
    const all = marksOf(currency)
      .map((mark) => mark.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('|')
    pattern = new RegExp(`^(?:${all})[${SPACE}]?|[${SPACE}]?(?:${all})$`, 'giu')
    marks.set(currency.code, pattern)
  }
  return pattern
}

/** Without the marks of the currency before and behind it: some have both, as `$12.50 USD`. */
export function withoutMark(text: string, currency: Currency): string {
  return text.replaceAll(marksPattern(currency), '')
}

/** @example codeIn('71.00 USD') // 'USD' */
function codeIn(text: string): string | undefined {
  return /^([A-Z]{3})(?!\p{L})|(?<!\p{L})([A-Z]{3})$/u
    .exec(text)
    ?.slice(1)
    .find((code) => CURRENCY_CODES.has(code ?? ''))
}

/** @returns the code of the currency whose code or sign stands in the cell. @example currencyIn('¥129,000') // 'JPY' */
export function currencyIn(text: string): string | undefined {
  const code = codeIn(text)
  if (code !== undefined) return code
  const [sign] = /\p{Sc}/u.exec(text) ?? []
  return sign === undefined ? undefined : codeOfSign(sign)
}

/** The amount that decimals beyond those of the currency are noise around. */
function withoutNoise(whole: string, decimals: string, { digits }: Currency): number | undefined {
  if (decimals.length < NOISY_DECIMALS) return undefined
  const scaled = Number(`${whole}.${decimals}`) * 10 ** digits
  const nearest = Math.round(scaled)
  return Math.abs(scaled - nearest) <= MAX_NOISE ? nearest : undefined
}

/**
 * Reads one cell. Never throws.
 * @param currency that the amount is in
 * @param mark before the decimals, in this file
 * @returns minor units
 */
export function readCsvAmount(text: string, currency = SHOP_CURRENCY, mark: DecimalMark = 'point'): CsvAmount {
  const bare = withoutMark(text, currency)
  const wrong = () => refused(refusalOf(text, bare, currencyIn(bare), { mark, currency }))
  const match = SHAPES[mark].exec(bare)
  if (!match) return wrong()
  const [, grouped = '', , decimals = ''] = match
  const whole = grouped.replaceAll(/\D/g, '')
  if (/^0\d/.test(whole)) return wrong()
  const meant = decimals.replace(/0+$/, '')
  const fits = meant.length <= currency.digits
  const amountMinor = fits ? minorUnits(whole, meant, currency) : withoutNoise(whole, decimals, currency)
  if (amountMinor === undefined) return wrong()
  if (amountMinor > MAX_AMOUNT)
    return refused(`The highest price is ${showMoney(MAX_AMOUNT, currency)}. Write a lower one, or ${KEEP}.`)
  if (amountMinor === 0)
    return { ok: false, message: 'A price is above zero. Leave the cell empty to keep the price.', isZero: true }
  return fits ? { ok: true, amountMinor } : { ok: true, amountMinor, rounded: true }
}

/** As the same rule reads it: `1299.00`. */
export function writeCsvAmount(amountMinor: number | null, currency = SHOP_CURRENCY.code): string {
  return amountMinor === null ? '' : decimalAmount(amountMinor, currency)
}

/** The code of a currency that a cell of its own names, by its code, its sign or its word; else the text as it stands. */
export function currencyNamed(text: string): string {
  const code = text.toUpperCase()
  if (knownCurrency(code)) return code
  const isOwn = marksOf(SHOP_CURRENCY).some((mark) => mark.toUpperCase() === code)
  return isOwn ? SHOP_CURRENCY.code : (codeOfSign(text) ?? text)
}

/** @returns undefined for what is no code of a currency */
export function knownCurrency(code: string): Currency | undefined {
  return /^[A-Z]{3}$/.test(code) ? currencyOf(code) : undefined
}
