import { connection } from 'next/server'
import { POLICIES } from '#lib/catalog/policies.ts'
import { sitemapCategories, sitemapProducts, type SitemapPlace } from '#lib/catalog/sitemap/sitemap.ts'
import { sitemapEtag, sitemapPages, type SitemapPage } from '#lib/catalog/sitemap/sitemapXml.ts'
import { hasCurrentCopy } from '#lib/platform/http/ifNoneMatch.ts'
import { orUnavailable } from '#lib/web/orUnavailable.ts'
import { categoryPath, policyPath, productPath } from '../../_i18n/paths.ts'
import { sitemapPage } from '../../_i18n/sitemap.ts'

const PRODUCTS = /^products-([1-9]\d{0,5})\.xml$/

interface Listed {
  readonly places: readonly SitemapPlace[]
  pageOf(place: SitemapPlace): SitemapPage
  readonly first: readonly SitemapPage[]
}

async function listedIn(file: string): Promise<Listed | undefined> {
  if (file === 'pages.xml') {
    const places = await sitemapCategories()
    const newest =
      places
        .map(({ changedAt }) => changedAt ?? '')
        .toSorted()
        .at(-1) || null
    return {
      places,
      pageOf: ({ slug, changedAt }) => sitemapPage(categoryPath(slug), changedAt),
      first: [sitemapPage('', newest), ...POLICIES.map((policy) => sitemapPage(policyPath(policy), null))],
    }
  }
  const part = PRODUCTS.exec(file)?.[1]
  const places = part === undefined ? [] : await sitemapProducts(Number(part))
  return places.length === 0
    ? undefined
    : { places, pageOf: ({ slug, changedAt }) => sitemapPage(productPath(slug), changedAt), first: [] }
}

function streamOf(pieces: Iterator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    pull(controller) {
      const { done, value } = pieces.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
  })
}

/** `GET /sitemaps/pages.xml` and `/sitemaps/products-1.xml`: read from Postgres on each request, as search is. */
export const GET = orUnavailable(async (request: Request, { params }: RouteContext<'/sitemaps/[file]'>) => {
  await connection()
  const listed = await listedIn((await params).file)
  if (!listed)
    return new Response('There is no such sitemap.\n', {
      status: 404,
      headers: { 'Cache-Control': 'no-store', 'Content-Type': 'text/plain; charset=utf-8' },
    })
  const { places, pageOf, first } = listed
  const headers = {
    ETag: sitemapEtag(places),
    'Cache-Control': 'no-cache',
    'Content-Type': 'application/xml; charset=utf-8',
  }
  if (hasCurrentCopy(request.headers.get('if-none-match'), headers.ETag))
    return new Response(null, { status: 304, headers })
  return new Response(streamOf(sitemapPages([...first, ...places.map(pageOf)])), { headers })
})
