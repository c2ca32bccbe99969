import { defineRouting } from 'next-intl/routing'
import { DEFAULT_LOCALE, LOCALES } from '#lib/platform/locales.ts'

/** The cookie in which a visitor's choice of language is kept. */
const LOCALE_COOKIE = 'NEXT_LOCALE'

export const routing = defineRouting({
  locales: LOCALES,
  defaultLocale: DEFAULT_LOCALE,
  localePrefix: 'always',
  localeCookie: { name: LOCALE_COOKIE, maxAge: 60 * 60 * 24 * 365, sameSite: 'lax' },
  // The pages name their other languages themselves, in the head: they do not pass through the proxy.
  alternateLinks: false,
})
