import type { Metadata } from 'next'
import { listPreviewPath } from '#lib/catalog/previewPaths.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { localized } from './paths.ts'

/** As OpenGraph writes a language: with the country where most of its speakers are, such as `pt_BR`. */
export function openGraphLocale(locale: Locale): string {
  const { language, region = '' } = new Intl.Locale(locale).maximize()
  return `${language}_${region}`
}

interface SharedPage {
  readonly siteName: string
  readonly title: string
  readonly description: string
  /** Without the language. */
  readonly path: string
  /** The product or list whose picture unfolds with the link. Of a product the page itself says it, and what it is: see ProductOpenGraph. */
  readonly shows?: { readonly slug: string; readonly version: number } | 'product' | undefined
}

/** The preview of a link to the page where it is shared, in the language of the page. */
export function sharedLink(
  locale: Locale,
  { siteName, title, description, path, shows }: SharedPage,
): Pick<Metadata, 'openGraph' | 'twitter'> {
  const isProduct = shows === 'product'
  const images =
    isProduct || !shows
      ? {}
      : { images: [{ url: listPreviewPath(shows, locale), width: 1200, height: 630, type: 'image/png', alt: title }] }
  return {
    openGraph: {
      siteName,
      locale: openGraphLocale(locale),
      title,
      description,
      url: localized(locale, path),
      ...(!isProduct && { type: 'website' }),
      ...images,
    },
    twitter: { card: shows ? 'summary_large_image' : 'summary', title, description, ...images },
  }
}
