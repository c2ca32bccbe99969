import type { SitemapPage } from '#lib/catalog/sitemap/sitemapXml.ts'
import { DEFAULT_LOCALE } from '#lib/platform/locales.ts'
import { alternates } from './paths.ts'
import { absolute } from './urls.ts'

/** A page of the shop in all its languages, as sitemaps list it. @param path without the language */
export function sitemapPage(path: string, changedAt: string | null): SitemapPage {
  const { languages } = alternates(DEFAULT_LOCALE, path)
  return {
    languages: Object.fromEntries(
      Object.entries(languages).map(([language, address]) => [language, absolute(address)]),
    ),
    changedAt,
  }
}
