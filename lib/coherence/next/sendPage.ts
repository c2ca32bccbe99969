/** Sends a cached page: the headers that follow from the promise, validators, encodings. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Entry } from '../store/entryStore.ts'
import type { CachedPage, PageValue } from '../store/pageCache.ts'
import { GONE_TAG, MISSING_TAG } from '../tags.ts'
import { CDN_CACHE_CONTROL, REVALIDATE_ALWAYS } from './cacheControl.ts'
import { acceptedEncoding, Variants, type Encoding } from './variants.ts'

/** What Next's router sends along that selects another representation of the same address. */
const VARY = 'rsc, next-router-state-tree, next-router-prefetch, next-router-segment-prefetch, Accept-Encoding'

/** The page, what the client router loads in its place, or one segment of that, by its path. */
export type Representation = 'html' | 'rsc' | `/${string}`

/** As Next marks them: a static page; a segment of a route whose segments are all prerendered. */
const ROUTER_HEADERS = { 'x-nextjs-prerender': '1' }
const SEGMENT_HEADERS = { ...ROUTER_HEADERS, 'x-nextjs-postponed': '2' }

/** What else a CDN wants to read of a page. @param cacheTag the page's `Cache-Tag` */
export type CdnHeaders = (cacheTag: string) => Readonly<Record<string, string>>

interface Prepared {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly variants: Variants
}

export interface FoundPage {
  readonly entry: Entry<PageValue>
  readonly page: CachedPage
  readonly body: Buffer
  readonly representation: Representation
  /** For the header `x-cache`: `HIT l1`, `MISS render`, … */
  readonly cache: string
  readonly cdnHeaders: CdnHeaders
}

const prepared = new WeakMap<Entry<PageValue>, Map<Representation, Prepared>>()

/** `price:42,price:42@7,…`: a CDN purges by the plain tags, tools read the versions. */
function tagsHeader({ dependencies }: Pick<Entry<unknown>, 'dependencies'>): string {
  return [...dependencies.versions].map(([name, version]) => `${name},${name}@${version}`).join()
}

/** The page of something that is no more says so with a tag: see `GONE_TAG`. */
function isGone(entry: Pick<Entry<unknown>, 'dependencies'>): boolean {
  return entry.dependencies.tags.includes(GONE_TAG)
}

/** The client router takes only a 200 for a payload; loaded as a document the page has its own status. */
function statusOf(entry: Entry<PageValue>, page: CachedPage, representation: Representation): number {
  if (representation !== 'html') return 200
  if (entry.dependencies.tags.includes(MISSING_TAG)) return 404
  return isGone(entry) ? 410 : (page.status ?? 200)
}

/** @returns undefined when the page has no such representation */
export function bodyOf(page: CachedPage, representation: Representation): Buffer | undefined {
  if (representation === 'html') return page.html
  return representation === 'rsc' ? page.rscData : page.segmentData?.get(representation)
}

/** What does not exist has no version that could outdate a copy of this answer. */
const KEPT_NOWHERE = { 'Cache-Control': 'no-store' }

function keptByVersion(cacheTag: string, cdnHeaders: CdnHeaders): Record<string, string> {
  return {
    'Cache-Control': REVALIDATE_ALWAYS,
    [CDN_CACHE_CONTROL]: 'no-cache',
    'Cache-Tag': cacheTag,
    ...cdnHeaders(cacheTag),
  }
}

function prepare({ entry, page, body, representation, cdnHeaders }: FoundPage): Prepared {
  const known = prepared.get(entry) ?? new Map<Representation, Prepared>()
  prepared.set(entry, known)
  let made = known.get(representation)
  if (!made) {
    const status = statusOf(entry, page, representation)
    made = {
      status,
      variants: new Variants(body),
      headers: {
        'Content-Type': representation === 'html' ? 'text/html; charset=utf-8' : 'text/x-component',
        ...(status === 404 ? KEPT_NOWHERE : keptByVersion(tagsHeader(entry), cdnHeaders)),
        Vary: VARY,
        ...(representation === 'rsc' && ROUTER_HEADERS),
        ...(representation.startsWith('/') && SEGMENT_HEADERS),
      },
    }
    known.set(representation, made)
  }
  return made
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (!ifNoneMatch) return false
  return (
    ifNoneMatch === '*' || ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag)
  )
}

/** Answers a GET or HEAD with a page from the cache. */
export async function sendPage(request: IncomingMessage, response: ServerResponse, found: FoundPage): Promise<void> {
  const { headers, status, variants } = prepare(found)
  const encoding: Encoding = acceptedEncoding(request.headers['accept-encoding'])
  const etag = variants.etag(encoding)
  const sent: Record<string, string | number> = { ...headers, ETag: etag, 'x-cache': found.cache }
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
