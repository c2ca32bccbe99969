import { DEFAULT_LOCALE, LOCALES, type Locale } from '#lib/platform/locales.ts'
import type { Policy } from '#lib/catalog/policies.ts'
import { searchString, type SearchQuery } from '#lib/catalog/search/searchParams.ts'

/** The shop's addresses. `path` is without the language: `/products/oak-chair`, or empty for the home page. */

export const productPath = (slug: string) => `/products/${encodeURIComponent(slug)}`

/** The first page has no number: every page has one address only. */
export const categoryPath = (slug: string, page = 1) =>
  `/categories/${encodeURIComponent(slug)}${page === 1 ? '' : `/${page}`}`

export function searchPath(query?: SearchQuery): string {
  const text = query ? searchString(query) : ''
  return text ? `/search?${text}` : '/search'
}

/** Without a number: where orders are found. */
export const orderPath = (number?: string) =>
  number === undefined ? '/orders' : `/orders/${encodeURIComponent(number)}`

/** The shop's own pages about itself. */
export const policyPath = (policy: Policy) => `/info/${policy}`

export const localized = (locale: Locale, path: string) => `/${locale}${path}`

/** Links of the head to the page's own address and its other languages. */
export function alternates(locale: Locale, path: string) {
  return {
    canonical: localized(locale, path),
    languages: {
      ...Object.fromEntries(LOCALES.map((language) => [language, localized(language, path)])),
      'x-default': localized(DEFAULT_LOCALE, path),
    },
  }
}
