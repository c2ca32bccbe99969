/** Classifies a request for the edge. Only what is recognised in full is stored; everything else is the origin's. */
import { resources } from '../../lib/catalog/resources.ts'
import { LOCALES } from '../../lib/platform/locales.ts'
import { CONTROL } from '../../lib/cdn/control.ts'

export type Wanted =
  | { readonly kind: 'refuse'; readonly status: number; readonly why: string }
  | { readonly kind: 'control' }
  | { readonly kind: 'pass' }
  | { readonly kind: 'asset'; readonly path: string }
  | PageWanted

export interface PageWanted {
  readonly kind: 'page'
  /** A product page carries its version in its key. */
  readonly page: 'product' | 'list'
  /** With its language; unreserved characters decoded, no query. */
  readonly path: string
  readonly rsc: boolean
}

const pagesOf = (own: boolean) =>
  resources().flatMap(([, { ofProduct = false, pages }]) => (pages !== undefined && ofProduct === own ? [pages] : []))
const address = (pages: readonly string[]) => new RegExp(`^/(?:${LOCALES.join('|')})(?:${pages.join('|')})$`)
const PRODUCT = address(pagesOf(true))
const LIST = address(pagesOf(false))
/** Addresses that name what they hold; whether an answer may be kept, the origin says with `immutable`. */
const ASSET = /^\/(?:_next\/static|images|og|api\/recommendations)\/[A-Za-z0-9._~/-]+$/
/** Requests of one process to another. */
const INTERNAL = /^\/(?:api\/internal|api\/metrics|metrics|__edge)(?:\/|$)/i

const SESSION = /(?:^|;\s*)(?:__Secure-|__Host-)?(?:evergreen\.[^=]*|__prerender_bypass|__next_preview_data)=/
/** A path that two readers may read in two ways: encoded dot, slash, backslash, or control character; `..`, `;`, `\`, `//`. */
const AMBIGUOUS = /%(?:2e%2e|2f|5c|[01][0-9a-f]|7f)|\/\.\.(?:\/|$)|\/\.(?:\/|$)|[;\\]|\/\//i
const LONGEST_URL = 4_096
const MOST_HEADER_BYTES = 16_384

const ENCODED = /%[0-9A-Fa-f]{2}/g
const UNRESERVED = /^[A-Za-z0-9._~-]$/

/** Undoes encoding that nothing asks for: the same address. @see RFC 3986, section 6.2.2.2 */
function plainly(path: string): string {
  return path.replace(ENCODED, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return UNRESERVED.test(character) ? character : code
  })
}

/** Not UTF-8 behind its percent signs: no reader can say what it names. */
function isMalformed(path: string): boolean {
  try {
    decodeURIComponent(path)
    return false
  } catch {
    return true
  }
}

function headerBytes(headers: Headers): number {
  let bytes = 0
  for (const [name, value] of headers) bytes += name.length + value.length + 4
  return bytes
}

/** The path as it was sent: `new URL` would have resolved `..` already. */
function rawPath(url: string): string {
  const from = url.indexOf('/', url.indexOf('//') + 2)
  return from < 0 ? '/' : (url.slice(from).split(/[?#]/, 1)[0] ?? '/')
}

/** @returns undefined where the router's headers do not belong together: such an answer is for its visitor alone */
function representation(headers: Headers, query: URLSearchParams): 'html' | 'rsc' | undefined {
  const segment = headers.get('next-router-segment-prefetch')
  const prefetch = headers.get('next-router-prefetch')
  if (headers.get('rsc') === null) return segment === null && prefetch === null ? 'html' : undefined
  // Without `_rsc` Next redirects; what is answered all the same must not be taken for the page.
  return headers.get('rsc') === '1' && query.get('_rsc') ? 'rsc' : undefined
}

const FOR_ONE = [
  'authorization',
  'range',
  'next-action',
  'next-instant-navigation-testing',
  'x-prerender-revalidate',
  'upgrade',
]

export function classify(request: Request): Wanted {
  if (request.url.length > LONGEST_URL) return { kind: 'refuse', status: 414, why: 'the address is too long' }
  if (headerBytes(request.headers) > MOST_HEADER_BYTES)
    return { kind: 'refuse', status: 431, why: 'the headers are too large' }
  const raw = rawPath(request.url)
  if (AMBIGUOUS.test(raw)) return { kind: 'refuse', status: 400, why: 'the path can be read in two ways' }
  if (isMalformed(raw)) return { kind: 'refuse', status: 400, why: 'the path is not encoded as UTF-8' }
  const path = plainly(raw)
  if (path === CONTROL.publish || path === CONTROL.purge) return { kind: 'control' }
  if (INTERNAL.test(path)) return { kind: 'refuse', status: 404, why: 'not found' }
  if (request.method !== 'GET' && request.method !== 'HEAD') return { kind: 'pass' }
  if (SESSION.test(request.headers.get('cookie') ?? '') || FOR_ONE.some((name) => request.headers.has(name)))
    return { kind: 'pass' }
  const at = request.url.indexOf('?')
  const query = new URLSearchParams(at < 0 ? '' : request.url.slice(at))
  if (ASSET.test(path)) return at < 0 ? { kind: 'asset', path } : { kind: 'pass' }
  const page = PRODUCT.test(path) ? 'product' : LIST.test(path) ? 'list' : undefined
  const form = page && representation(request.headers, query)
  return page && form ? { kind: 'page', page, path, rsc: form === 'rsc' } : { kind: 'pass' }
}
