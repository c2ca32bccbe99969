/** The product feed of one language: the whole of it, or one part, made when it is asked for. */
import { getTranslations } from 'next-intl/server'
import { rasterArtPath } from '#lib/catalog/art/index.ts'
import { readFeedPart } from '#lib/catalog/feed/feed.ts'
import { feedLimiter, type MadePart } from '#lib/catalog/feed/feedLimiter.ts'
import { feedHead, feedItems } from '#lib/catalog/feed/merchantXml.ts'
import { cardVersions } from '#lib/catalog/rows.ts'
import { nameShown } from '#lib/catalog/shownVersions.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { messagesFor } from '../_i18n/messages.ts'
import { localized, productPath } from '../_i18n/paths.ts'
import { absolute } from '../_i18n/urls.ts'
import { colourName } from '../_store/catalog/variants.ts'

/** The feed up to its first product. */
export async function feedOpening(locale: Locale): Promise<string> {
  const t = await getTranslations({ locale, namespace: 'Shop' })
  return feedHead({ title: t('title'), description: t('description'), locale, link: absolute(localized(locale, '')) })
}

/**
 * The products of a part, no older than this call. The head of the answer, while it is not sent, names their versions.
 * @throws {FreshnessError} SOURCE_UNAVAILABLE
 */
export async function makePart(locale: Locale, part: number): Promise<MadePart> {
  const made = await feedLimiter().part(`${locale} ${part}`, async () => {
    const [read, { Colours }] = await Promise.all([readFeedPart(part, locale), messagesFor(locale)])
    const items = feedItems(read, locale, {
      page: (slug) => absolute(localized(locale, productPath(slug))),
      picture: (image) => absolute(rasterArtPath(image)),
      colour: (colour) => colourName(colour, Colours),
    })
    return { items, next: read.next, shown: read.products.flatMap(cardVersions) }
  })
  nameShown(made.shown)
  return made
}

export function feedHeaders(etag: string | undefined): Record<string, string> {
  return {
    'Cache-Control': 'no-cache',
    'Content-Type': 'application/xml; charset=utf-8',
    // For shopping engines, which do not look at this; a search engine lists pages.
    'X-Robots-Tag': 'noindex',
    ...(etag !== undefined && { ETag: etag }),
  }
}

const REFUSED = { 'Cache-Control': 'no-store', 'Content-Type': 'text/plain; charset=utf-8' }

export function noSuchFeed(): Response {
  return new Response('There is no such feed.\n', { status: 404, headers: REFUSED })
}

/** @param seconds after which to ask again */
export function tooManyFeeds(seconds: number): Response {
  return new Response('Too many feeds are being read. Please try again later.\n', {
    status: 503,
    headers: { ...REFUSED, 'Retry-After': String(seconds) },
  })
}
