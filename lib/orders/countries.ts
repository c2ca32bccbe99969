/**
 * The countries of delivery, and the tax that prices include there: the rate of the country of delivery, as for sales to
 * consumers in the European Union. One rate a country: nothing in the catalog has a reduced one.
 */

/** Hundredths of a percent: 1900 is 19 %. */
const TAX_RATES = {
  AT: 2000,
  BE: 2100,
  DE: 1900,
  ES: 2100,
  FR: 2000,
  IE: 2300,
  IT: 2200,
  JP: 1000,
  KR: 1000,
  LU: 1700,
  NL: 2100,
  PT: 2300,
} as const

/** ISO 3166. */
export type Country = keyof typeof TAX_RATES

export function isCountry(text: string): text is Country {
  return Object.hasOwn(TAX_RATES, text)
}

export const COUNTRIES: readonly Country[] = Object.keys(TAX_RATES).filter(isCountry)

/** The one that a form begins with, by the language of the page. */
const USUAL: Readonly<Record<string, Country>> = {
  en: 'IE',
  de: 'DE',
  fr: 'FR',
  es: 'ES',
  pt: 'PT',
  ja: 'JP',
  ko: 'KR',
}

export function usualCountry(locale: string): Country {
  return USUAL[locale] ?? 'IE'
}

/** @returns hundredths of a percent */
export function taxRateOf(country: Country): number {
  return TAX_RATES[country]
}

/**
 * The tax in an amount that includes it. @param rate hundredths of a percent
 * @returns minor units, rounded half up
 * @example taxIncluded(11900, 1900) // 1900
 */
export function taxIncluded(amountMinor: number, rate: number): number {
  return Math.round((amountMinor * rate) / (10_000 + rate))
}
