import type { Locale } from '#lib/platform/locales.ts'

const formats = new Map<string, Intl.NumberFormat>()

function currencyFormat(locale: string, currency: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.NumberFormat(locale, { style: 'currency', currency })
    formats.set(key, format)
  }
  return format
}

/** How many decimals the currency has: 2 for EUR, 0 for JPY. */
function minorDigits(currency: string): number {
  return currencyFormat('en', currency).resolvedOptions().maximumFractionDigits ?? 2
}

/**
 * An amount of minor units as people of the language write it.
 * @example formatMoney(1290, 'EUR', 'de') // '12,90 €'
 */
export function formatMoney(amountCents: number, currency: string, locale: Locale): string {
  return currencyFormat(locale, currency).format(amountCents / 10 ** minorDigits(currency))
}

/**
 * An amount as machines read it, in JSON-LD and OpenGraph.
 * @example decimalAmount(1290, 'EUR') // '12.90'
 */
export function decimalAmount(amountCents: number, currency: string): string {
  const digits = minorDigits(currency)
  const text = String(amountCents).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/**
 * The reduction in whole percent, rounded down so that it never promises too much.
 * @param reducedFromCents what `reductionOf` allows to refer to
 */
export function savingPercent(amountCents: number, reducedFromCents: number | null): number {
  if (reducedFromCents === null || reducedFromCents <= amountCents) return 0
  return Math.floor(((reducedFromCents - amountCents) / reducedFromCents) * 100)
}

/** @example formatPercent(20, 'de') // '20 %' */
export function formatPercent(percent: number, locale: Locale): string {
  return new Intl.NumberFormat(locale, { style: 'percent' }).format(percent / 100)
}
