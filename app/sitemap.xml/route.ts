import { connection } from 'next/server'
import { sitemapParts } from '#lib/catalog/sitemap/sitemap.ts'
import { sitemapEtag, sitemapIndex } from '#lib/catalog/sitemap/sitemapXml.ts'
import { hasCurrentCopy } from '#lib/platform/http/ifNoneMatch.ts'
import { orUnavailable } from '#lib/web/orUnavailable.ts'
import { absolute } from '../_i18n/urls.ts'

/** `GET /sitemap.xml`: where the sitemaps are, and when what each of them lists last changed. */
export const GET = orUnavailable(async (request: Request) => {
  await connection()
  const parts = await sitemapParts()
  const newest =
    parts
      .map(({ changedAt }) => changedAt)
      .toSorted()
      .at(-1) ?? null
  const files = [
    { url: absolute('/sitemaps/pages.xml'), changedAt: newest },
    ...parts.map(({ part, changedAt }) => ({ url: absolute(`/sitemaps/products-${part}.xml`), changedAt })),
  ]
  const headers = {
    ETag: sitemapEtag(files),
    'Cache-Control': 'no-cache',
    'Content-Type': 'application/xml; charset=utf-8',
  }
  if (hasCurrentCopy(request.headers.get('if-none-match'), headers.ETag))
    return new Response(null, { status: 304, headers })
  return new Response(sitemapIndex(files), { headers })
})
