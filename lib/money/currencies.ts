/**
 * The currencies of the shop, and the one that it sells in. Nothing else knows how many minor units a unit has or how it
 * is written: a lint rule (`evergreen/currencies`) refuses it elsewhere. CONTRIBUTING.md says how to add one.
 */
import { LOCALES } from '#lib/platform/locales.ts'

/** A currency whose amounts can be typed, reckoned with and shown. */
export interface Currency {
  /** ISO 4217. */
  readonly code: string
  /** Decimals, as ISO 4217 has them: 2 for the euro, 0 for the yen, 3 for the Kuwaiti dinar. */
  readonly digits: number
  /** The sign that people write before or after an amount. */
  readonly symbol: string
}

const CURRENCIES = {
  EUR: { code: 'EUR', digits: 2, symbol: '€' },
} as const satisfies Record<string, Currency>

/** The one that new prices and typed amounts are in. Rows in another are shown as they are; nothing is converted. */
const SOLD_IN: keyof typeof CURRENCIES = 'EUR'
export const SHOP_CURRENCY: Currency = CURRENCIES[SOLD_IN]

/** The prices of deliveries, in minor units of each currency that the shop can sell in, tax included. */
const DELIVERY_MINOR: Readonly<Record<keyof typeof CURRENCIES, DeliveryPrices>> = {
  EUR: { standard: 490, express: 1290 },
}

/** Minor units, by method. */
export interface DeliveryPrices {
  readonly standard: number
  readonly express: number
}

/** @returns what deliveries cost in the currency that the shop sells in */
export function deliveryPrices(): DeliveryPrices {
  return DELIVERY_MINOR[SOLD_IN]
}

/** The most that a price may be, in minor units of any currency; the table has the same bound. */
export const MAX_AMOUNT = 99_999_999

/** The spelling of a currency in a language. */
function symbolIn(code: string, locale: string): string {
  const parts = new Intl.NumberFormat(locale, { style: 'currency', currency: code }).formatToParts(0)
  return parts.find(({ type }) => type === 'currency')?.value ?? code
}

const byCode = new Map<string, Currency>(Object.entries(CURRENCIES))

/**
 * @param code of a row: it may be one that is not listed, where another system wrote it; then the machine's own list
 * says how it is written
 * @throws {RangeError} for what is no code of three letters
 */
export function currencyOf(code: string): Currency {
  const known = byCode.get(code)
  if (known) return known
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: code })
  const { maximumFractionDigits: digits = 2 } = format.resolvedOptions()
  const currency = { code, digits, symbol: symbolIn(code, 'en') }
  byCode.set(code, currency)
  return currency
}

/** The codes that the machine knows. */
export const CURRENCY_CODES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

let bySign: ReadonlyMap<string, string> | undefined

/**
 * @returns the code of the currency that English writes with nothing but this sign, `$` for the US dollar; where it is the
 * sign of several, what is made of it must be compared with another statement
 */
export function codeOfSign(sign: string): string | undefined {
  bySign ??= new Map([...CURRENCY_CODES].map((code) => [symbolIn(code, 'en'), code]))
  return bySign.get(sign.normalize('NFKC'))
}

/** Minor units in one unit: 100 for the euro, 1 for the yen. */
export function minorPerUnit({ digits }: Pick<Currency, 'digits'>): number {
  return 10 ** digits
}

/** The word for a currency: that of one unit, and that of many. */
function namesIn(code: string, locale: string): string[] {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency: code, currencyDisplay: 'name' })
  return [1, 9].flatMap((amount) => format.formatToParts(amount).find(({ type }) => type === 'currency')?.value ?? [])
}

const signs = new Map<string, string>()

/** @returns the sign that people write where the currency is known, which others may have too: `$` for CAD, `kr` for SEK */
export function signOf(code: string): string {
  let sign = signs.get(code)
  if (sign === undefined) {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency: code, currencyDisplay: 'narrowSymbol' })
    sign = format.formatToParts(0).find(({ type }) => type === 'currency')?.value ?? code
    signs.set(code, sign)
  }
  return sign
}

/** Signs that the list of the machine does not have. */
const ABBREVIATIONS: Readonly<Record<string, readonly string[]>> = {
  CHF: ['SFr.', 'Fr.'],
  DKK: ['kr.'],
  INR: ['Rs.', 'Rs'],
  NOK: ['kr.'],
  SEK: ['kr.'],
}

/** All that may stand beside a typed amount: the code, its signs, and the sign and the word of each language of the shop. */
export function marksOf({ code, symbol }: Currency): string[] {
  const written = LOCALES.flatMap((locale) => [symbolIn(code, locale), ...namesIn(code, locale)])
  const all = new Set([symbol, code, signOf(code), ...(ABBREVIATIONS[code] ?? []), ...written])
  // The longest first, for a pattern of them all: `EUR` is the beginning of `Euro`.
  return [...all].toSorted((a, b) => b.length - a.length)
}

/**
 * The amount that the digits before and after a decimal mark say.
 * @param whole digits
 * @param decimals digits, no more than the currency has
 * @returns minor units
 * @example minorUnits('12', '9', euro) // 1290
 */
export function minorUnits(whole: string, decimals: string, { digits }: Pick<Currency, 'digits'>): number {
  return Number(whole + decimals.padEnd(digits, '0'))
}
