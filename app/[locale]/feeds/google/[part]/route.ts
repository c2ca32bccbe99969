import { createHash } from 'node:crypto'
import { connection } from 'next/server'
import { feedLimiter } from '#lib/catalog/feed/feedLimiter.ts'
import { FEED_END } from '#lib/catalog/feed/merchantXml.ts'
import { isLocale } from '#lib/platform/locales.ts'
import { orUnavailable } from '#lib/web/orUnavailable.ts'
import { feedHeaders, feedOpening, makePart, noSuchFeed, tooManyFeeds } from '../../../../_feeds/merchantFeed.ts'

const FILE = /^([1-9]\d{0,6})\.xml$/

/** `GET /de/feeds/google/3.xml`: what the feed says of the products of one range of ids, a feed of its own. */
export const GET = orUnavailable(
  async (request: Request, { params }: RouteContext<'/[locale]/feeds/google/[part]'>) => {
    await connection()
    const { locale, part: file } = await params
    const part = Number(FILE.exec(file)?.[1])
    if (!isLocale(locale) || Number.isNaN(part)) return noSuchFeed()
    if (!feedLimiter().mayAsk) return tooManyFeeds(1)
    const { items } = await makePart(locale, part)
    if (items === '') return noSuchFeed()
    const body = `${await feedOpening(locale)}${items}${FEED_END}`
    const headers = feedHeaders(`W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`)
    if (request.headers.get('if-none-match') === headers['ETag']) return new Response(null, { status: 304, headers })
    return new Response(body, { headers })
  },
)
