import type { Locale } from '#lib/platform/locales.ts'

/** Names and descriptions of products are English in every language: a screen reader should speak them so. */
export function foreignText(locale: Locale): { lang?: string } {
  return locale === 'en' ? {} : { lang: 'en' }
}
