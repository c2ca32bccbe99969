import { type Currency, currencyOf, minorPerUnit } from './currencies.ts'
import type { Locale } from '#lib/platform/locales.ts'

const formats = new Map<string, Intl.NumberFormat>()

/** With as many decimals as the amounts have: the machine's own list may know others. */
function currencyFormat(locale: string, { code, digits }: Currency): Intl.NumberFormat {
  const key = `${locale} ${code}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: code,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
    formats.set(key, format)
  }
  return format
}

/**
 * An amount of minor units as people of the language write it. @param currency its code
 * @example formatMoney(1290, 'EUR', 'de') // '12,90 €'
 */
export function formatMoney(amountMinor: number, currency: string, locale: Locale): string {
  const known = currencyOf(currency)
  return currencyFormat(locale, known).format(amountMinor / minorPerUnit(known))
}

/**
 * An amount as machines read it, in JSON-LD and OpenGraph.
 * @example decimalAmount(1290, 'EUR') // '12.90'
 */
export function decimalAmount(amountMinor: number, currency: string): string {
  const { digits } = currencyOf(currency)
  const text = String(amountMinor).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/**
 * The reduction in whole percent, rounded down so that it never promises too much.
 * @param reducedFromMinor what `reductionOf` allows to refer to
 */
export function savingPercent(amountMinor: number, reducedFromMinor: number | null): number {
  if (reducedFromMinor === null || reducedFromMinor <= amountMinor) return 0
  return Math.floor(((reducedFromMinor - amountMinor) / reducedFromMinor) * 100)
}

const percents = new Map<string, Intl.NumberFormat>()

/** @example formatPercent(20, 'de') // '20 %' */
export function formatPercent(percent: number, locale: Locale): string {
  const format = percents.get(locale) ?? new Intl.NumberFormat(locale, { style: 'percent' })
  percents.set(locale, format)
  return format.format(percent / 100)
}
