/** The languages of the shop by their code, each under its own name, in the order in which the visitor is offered them. */
export const LOCALE_NAMES = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  pt: 'Português',
  ja: '日本語',
  ko: '한국어',
} as const

export type Locale = keyof typeof LOCALE_NAMES

export const DEFAULT_LOCALE = 'en' satisfies Locale

export function isLocale(text: string | undefined): text is Locale {
  return text !== undefined && Object.hasOwn(LOCALE_NAMES, text)
}

export const LOCALES: readonly Locale[] = Object.keys(LOCALE_NAMES).filter(isLocale)
