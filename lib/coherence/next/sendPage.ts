/** Sends a cached page with its cache headers, validators and encoding. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { acceptedEncoding, type Encoding } from '../store/encodings.ts'
import type { Entry } from '../store/entryStore.ts'
import type { Body, FilledPage, FilledPages } from '../store/filledPages.ts'
import type { Representation } from '../template/cutPage.ts'
import { GONE_TAG, MISSING_TAG, tag } from '../tags.ts'
import type { Place } from './existence.ts'
import { ASK_ALWAYS, CDN_CACHE_CONTROL, REVALIDATE_ALWAYS, VARY } from './cacheControl.ts'

/** As Next marks them: a static page; a segment of a route whose segments are all prerendered. */
const ROUTER_HEADERS = { 'x-nextjs-prerender': '1' }
const SEGMENT_HEADERS = { ...ROUTER_HEADERS, 'x-nextjs-postponed': '2' }

/** Further headers of a page for a CDN. @param cacheTag the page's `Cache-Tag` */
export type CdnHeaders = (cacheTag: string) => Readonly<Record<string, string>>

interface Prepared {
  readonly status: number
  /** Of caches. */
  readonly keeping: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Headers of a document that follow from its bytes, such as the hashes of its scripts.
 * @param template the same object for each filling of a template
 */
export type DocumentHeaders = (html: Buffer, template?: object) => Readonly<Record<string, string>>

export interface FoundPage {
  readonly filled: FilledPage
  readonly pages: FilledPages
  readonly representation: Representation
  /** For the header `x-cache`: `HIT l1`, `MISS render`, … */
  readonly cache: string
  readonly cdnHeaders: CdnHeaders
  readonly documentHeaders: DocumentHeaders
}

const prepared = new WeakMap<FilledPage, Map<Representation, Prepared>>()

/** `price:42,price:42@7,…`: a CDN purges by the plain tags, tools read the versions. */
function tagsHeader(versions: Iterable<readonly [name: string, version: number]>): string {
  return [...versions].map(([name, version]) => `${name},${name}@${version}`).join()
}

/** The page of something that is no more says so with a tag: see `GONE_TAG`. */
function isGone(entry: Pick<Entry<unknown>, 'dependencies'>): boolean {
  return entry.dependencies.tags.includes(GONE_TAG)
}

/** The client router takes only a 200 for a payload; loaded as a document the page has its own status. */
function statusOf({ entry, page }: FilledPage, representation: Representation): number {
  if (representation !== 'html') return 200
  if (entry.dependencies.tags.includes(MISSING_TAG)) return 404
  return isGone(entry) ? 410 : (page.status ?? 200)
}

/** The fonts and pictures that React wants loaded before the browser has read the page: Next keeps them beside it. */
function preloadsOf({ page }: FilledPage): Record<string, string> {
  const link = page.headers?.['link']
  return link === undefined ? {} : { Link: [link].flat().join(', ') }
}

/** The `Vary` of a document: see `ASK_ALWAYS`. */
const HTML_VARY = `${VARY}, ${ASK_ALWAYS}`

/** For an absent page, which has no version that could outdate a copy, and for an answer that was not confirmed. */
const KEPT_NOWHERE = { 'Cache-Control': 'no-store' }

function keptByVersion(cacheTag: string, cdnHeaders: CdnHeaders): Record<string, string> {
  return {
    'Cache-Control': REVALIDATE_ALWAYS,
    [CDN_CACHE_CONTROL]: 'no-cache',
    'Cache-Tag': cacheTag,
    ...cdnHeaders(cacheTag),
  }
}

/** Once for each filling. @param look makes the bytes that the headers follow from */
function prepare(found: FoundPage, look: () => Buffer | undefined): Prepared {
  const { filled, representation } = found
  const known = prepared.get(filled) ?? new Map<Representation, Prepared>()
  prepared.set(filled, known)
  const made = known.get(representation) ?? headersOf(found, look)
  known.set(representation, made)
  return made
}

function headersOf(
  { filled, representation, cdnHeaders, documentHeaders }: FoundPage,
  look: () => Buffer | undefined,
): Prepared {
  const status = statusOf(filled, representation)
  const html = representation === 'html' ? look() : undefined
  const cacheTag = tagsHeader([
    ...filled.entry.dependencies.versions,
    ...[...filled.rows].map(([name, { version }]) => [name, version] as const),
  ])
  return {
    status,
    keeping: status === 404 ? KEPT_NOWHERE : keptByVersion(cacheTag, cdnHeaders),
    headers: {
      'Content-Type': representation === 'html' ? 'text/html; charset=utf-8' : 'text/x-component',
      Vary: representation === 'html' ? HTML_VARY : VARY,
      ...(html && documentHeaders(html, filled.page)),
      ...(representation === 'html' && preloadsOf(filled)),
      ...(representation === 'rsc' && ROUTER_HEADERS),
      ...(representation.startsWith('/') && SEGMENT_HEADERS),
    },
  }
}

/** Answers with a redirect that caches keep as they keep a page: none beyond the versions that it was made from. */
export function sendMoved(
  { url = '' }: IncomingMessage,
  response: ServerResponse,
  { movedTo, madeFrom }: Exclude<Place, string>,
  cdnHeaders: CdnHeaders,
): void {
  const queryAt = url.indexOf('?')
  const cacheTag = tagsHeader(madeFrom.map(({ kind, id, version }) => [tag(kind, id), version]))
  response
    .writeHead(301, {
      Location: movedTo + (queryAt < 0 ? '' : url.slice(queryAt)),
      Vary: HTML_VARY,
      ...keptByVersion(cacheTag, cdnHeaders),
      'Content-Length': 0,
      'x-cache': 'MISS source',
    })
    .end()
}

/** Names the content, not how it is packed: an older copy of the same content is as good. */
function matches(ifNoneMatch: string | undefined, hash: string): boolean {
  if (!ifNoneMatch) return false
  return (
    ifNoneMatch === '*' ||
    ifNoneMatch.split(',').some((candidate) => candidate.includes(`"${hash}"`) || candidate.includes(`"${hash}-`))
  )
}

interface Ready extends Prepared {
  readonly body: Body
}

/**
 * Fills and packs a page: its body and its headers are made of one filling.
 * @returns at once where it is filled already; undefined when the page has no such representation
 */
export function readyPage(found: FoundPage, encoding: Encoding): Ready | Promise<Ready> | undefined {
  const { filled, pages, representation } = found
  let bytes: Buffer | undefined
  const look = () => (bytes ??= pages.lookAt(filled, representation))
  const made = prepare(found, look)
  const packed = pages.body(filled, representation, encoding, look)
  if (packed instanceof Promise) return packed.then((body) => ({ ...made, body }))
  return packed && { ...made, body: packed }
}

/** A strong validator: bytes that are packed in another way have another one. */
function etagOf(hash: string, encoding: Encoding, quality: string): string {
  return encoding === 'identity' ? `"${hash}"` : `"${hash}-${encoding}-${quality}"`
}

/**
 * Answers a GET or HEAD with a page from the cache.
 * @returns false when the page has no such representation: then nothing is sent
 */
export function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  found: FoundPage,
): boolean | Promise<boolean> {
  const encoding = acceptedEncoding(request.headers['accept-encoding'])
  const ready = readyPage(found, encoding)
  return ready instanceof Promise
    ? ready.then((packed) => send(request, response, found, encoding, packed))
    : send(request, response, found, encoding, ready)
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { filled, representation, cache }: FoundPage,
  encoding: Encoding,
  ready: Ready | undefined,
): boolean {
  if (!ready) return false
  const { body, headers, keeping, status } = ready
  const hash = `${filled.hash}${representation === 'html' ? '' : representation.replace(/[^a-z]/gi, '')}`
  const sent: Record<string, string | number> = {
    ...headers,
    // What is not confirmed for this request is for this visitor alone.
    ...(cache.startsWith('STALE') ? KEPT_NOWHERE : keeping),
    ETag: etagOf(hash, encoding, body.quality),
    'x-cache': cache,
  }
  if (status === 200 && matches(request.headers['if-none-match'], hash)) {
    response.writeHead(304, sent).end()
    return true
  }
  if (encoding !== 'identity') sent['Content-Encoding'] = encoding
  sent['Content-Length'] = body.bytes.byteLength
  response.writeHead(status, sent)
  response.end(request.method === 'HEAD' ? undefined : body.bytes)
  return true
}
