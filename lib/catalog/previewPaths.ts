/** Addresses of the pictures that unfold with a shared link. They name versions: a social network keeps a picture by its address. */
import { DEFAULT_LOCALE, type Locale } from '#lib/platform/locales.ts'

/** The collection on the home page. */
export const FEATURED = 'featured'

const file = (version: number, locale: Locale) => `${version}${locale === DEFAULT_LOCALE ? '' : `.${locale}`}.png`

/** The product with the price of one version. */
export const previewPath = (productId: number, priceVersion: number, locale: Locale) =>
  `/og/products/${productId}/${file(priceVersion, locale)}`

/** A category, or the home page as its collection. */
export const listPreviewPath = ({ slug, version }: { slug: string; version: number }, locale: Locale) =>
  `/og/lists/${encodeURIComponent(slug)}/${file(version, locale)}`
