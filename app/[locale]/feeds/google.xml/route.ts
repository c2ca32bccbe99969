import { connection } from 'next/server'
import { feedVersion } from '#lib/catalog/feed/feed.ts'
import { feedStream } from '#lib/catalog/feed/feedStream.ts'
import { feedLimiter } from '#lib/catalog/feed/feedLimiter.ts'
import { FEED_END } from '#lib/catalog/feed/merchantXml.ts'
import { buildId } from '#lib/platform/build.ts'
import { clientAddress, networkOf } from '#lib/platform/http/clientAddress.ts'
import { orUnavailable } from '#lib/web/orUnavailable.ts'
import { feedHeaders, feedOpening, makePart, noSuchFeed, tooManyFeeds } from '../../../_feeds/merchantFeed.ts'
import { isLocale, type Locale } from '#lib/platform/locales.ts'

/** Part by part, each read when the reader has taken the one before: what is read late is as current as that. */
async function* wholeFeed(locale: Locale, opening: string): AsyncGenerator<string> {
  yield opening
  for (let part: number | null = 1; part !== null;) {
    const { items, next }: Awaited<ReturnType<typeof makePart>> = await makePart(locale, part)
    yield items
    part = next
  }
  yield FEED_END
}

async function answer(request: Request, { params }: RouteContext<'/[locale]/feeds/google.xml'>): Promise<Response> {
  await connection()
  const { locale } = await params
  if (!isLocale(locale)) return noSuchFeed()
  const version = await feedVersion()
  const headers = feedHeaders(version && `W/"${buildId()}.${version}"`)
  if (version !== undefined && request.headers.get('if-none-match') === headers['ETag'])
    return new Response(null, { status: 304, headers })
  if (request.method === 'HEAD') return new Response(null, { headers })
  const leave = feedLimiter().enter(networkOf(clientAddress(request.headers)))
  if (!leave) return tooManyFeeds(60)
  return new Response(feedStream(wholeFeed(locale, await feedOpening(locale)), leave), { headers })
}

/** `GET /de/feeds/google.xml`: everything that can be bought, in German, for Google Merchant Center and others that read its format. */
export const GET = orUnavailable(answer)
