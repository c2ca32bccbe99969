/** Sends a cached page: the headers that follow from the promise, validators, encodings. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Entry } from '#lib/freshness/entryStore.ts'
import type { CachedPage, PageValue } from '#lib/freshness/pageCache.ts'
import { CDN_CACHE_CONTROL, REVALIDATE_ALWAYS } from './cacheControl.ts'
import { acceptedEncoding, Variants, type Encoding } from './variants.ts'

/** What Next's router sends along that selects another representation of the same address. */
const VARY = 'rsc, next-router-state-tree, next-router-prefetch, next-router-segment-prefetch, Accept-Encoding'

export type Representation = 'html' | 'rsc'

const CONTENT_TYPES: Record<Representation, string> = { html: 'text/html; charset=utf-8', rsc: 'text/x-component' }

interface Prepared {
  readonly headers: Readonly<Record<string, string>>
  readonly variants: Variants
}

const prepared = new WeakMap<Entry<PageValue>, Partial<Record<Representation, Prepared>>>()

/** `price:42,price:42@7,…`: a CDN purges by the plain tags, tools read the versions. */
export function cacheTagHeader(entry: Pick<Entry<unknown>, 'dependencies'>): string {
  const { versions } = entry.dependencies
  return [...versions].map(([base, version]) => `${base},${base}@${version}`).join(',')
}

function prepare(entry: Entry<PageValue>, page: CachedPage, representation: Representation): Prepared {
  const known = prepared.get(entry) ?? {}
  prepared.set(entry, known)
  const body = representation === 'html' ? page.html : (page.rscData ?? Buffer.alloc(0))
  return (known[representation] ??= {
    variants: new Variants(body),
    headers: {
      'Content-Type': CONTENT_TYPES[representation],
      'Cache-Control': REVALIDATE_ALWAYS,
      [CDN_CACHE_CONTROL]: 'no-cache',
      'Cache-Tag': cacheTagHeader(entry),
      Vary: VARY,
      // The client router treats what it gets as a static page.
      ...(representation === 'rsc' && { 'x-nextjs-prerender': '1' }),
    },
  })
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (!ifNoneMatch) return false
  return ifNoneMatch === '*' || ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag)
}

/**
 * Answers a GET or HEAD with a page from the cache.
 * @param cache for the header `x-cache`: `HIT l1`, `MISS render`, …
 */
export async function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  found: { entry: Entry<PageValue>; page: CachedPage; representation: Representation; cache: string },
): Promise<void> {
  const { entry, page, representation, cache } = found
  const { headers, variants } = prepare(entry, page, representation)
  const encoding: Encoding = acceptedEncoding(request.headers['accept-encoding'])
  const etag = variants.etag(encoding)
  const status = representation === 'html' ? (page.status ?? 200) : 200
  const sent: Record<string, string | number> = { ...headers, ETag: etag, 'x-cache': cache }
  if (status === 200 && matches(request.headers['if-none-match'], etag)) {
    response.writeHead(304, sent).end()
    return
  }
  const body = await variants.body(encoding)
  if (encoding !== 'identity') sent['Content-Encoding'] = encoding
  sent['Content-Length'] = body.byteLength
  response.writeHead(status, sent)
  response.end(request.method === 'HEAD' ? undefined : body)
}
