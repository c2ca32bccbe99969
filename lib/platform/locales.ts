/** The languages of the shop, in the order in which the visitor is offered them. */
export const LOCALES = ['en', 'de', 'fr', 'es', 'pt', 'ja', 'ko'] as const

export type Locale = (typeof LOCALES)[number]

export const DEFAULT_LOCALE: Locale = 'en'

export function isLocale(text: string | undefined): text is Locale {
  return LOCALES.some((locale) => locale === text)
}
