/** One thing in the cache: what the shop answered, when it was asked, and the versions that it was made from. */
import { resourceOf } from '../../lib/catalog/resources.ts'
import { parseTag, parseVersionedTag, tag, versionedTag } from '../../lib/coherence/tags.ts'
import { hasCurrentCopy } from '../../lib/platform/http/ifNoneMatch.ts'
import type { Environment } from './environment.ts'
import { markOf, type Snapshot } from './versions.ts'

export interface Entry {
  readonly status: number
  readonly headers: Headers
  readonly body: ArrayBuffer
  /** Milliseconds since 1970, before the shop was asked. */
  readonly startedAt: number
  /** `price:42` to the version that the answer was made from. */
  readonly versions: ReadonlyMap<string, number>
}

/** Seconds. A product page has its version in its key. */
const PRODUCT_TTL_S = 86_400
const ASSET_TTL_S = 31_536_000
/** Seconds that content without prices may outlive its time while the shop is away. */
const GRACE_S = 86_400

const MOVED = 301

const STARTED = 'x-edge-started'
const CACHE_CONTROL = 'x-edge-cache-control'

export type Kind = 'product' | 'list' | 'asset'

const ttlS = (kind: Kind, env: Environment) =>
  kind === 'list' ? Number(env.LIST_TTL_S) : kind === 'product' ? PRODUCT_TTL_S : ASSET_TTL_S

export function versionsIn(cacheTag: string | null): Map<string, number> {
  const versions = new Map<string, number>()
  for (const text of (cacheTag ?? '').split(',')) {
    const ref = parseVersionedTag(text)
    if (ref) versions.set(tag(ref.kind, ref.id), ref.version)
  }
  return versions
}

export async function entryOf(response: Response, startedAt: number): Promise<Entry> {
  const { status, headers } = response
  return {
    status,
    headers: new Headers(headers),
    body: await response.arrayBuffer(),
    startedAt,
    versions: versionsIn(headers.get('cache-tag')),
  }
}

export const isVolatile = (name: string) => resourceOf(parseTag(name)?.kind ?? '')?.volatile === true

const hasPrices = ({ versions }: Entry) => [...versions.keys()].some(isVolatile)

export const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && 'startedAt' in value

const isForOne = ({ headers }: Entry) =>
  headers.has('set-cookie') || /no-store|private/i.test(headers.get('cache-control') ?? '')

/**
 * Whether other waiters for the same address may have the answer too, as far as its versions hold for them: also one that
 * is not kept. A failure holds for every visitor; an answer that names no version cannot be checked for any.
 */
export function isShareable(entry: Entry): boolean {
  if (entry.headers.has('set-cookie')) return false
  return (
    entry.status >= 500 ||
    (!isForOne(entry) && (entry.versions.size > 0 || (entry.headers.get('cache-control') ?? '').includes('immutable')))
  )
}

/** Whether the shop's answer may be kept and given to others. */
export function isStorable(entry: Entry, kind: Kind, rsc: boolean): boolean {
  const { status, headers, versions } = entry
  if (isForOne(entry)) return false
  // A renamed product or category is kept as a page is.
  if (status === MOVED) return versions.size > 0
  if (status !== 200) return false
  if (kind === 'asset') return (headers.get('cache-control') ?? '').includes('immutable')
  // The shop's pages name what they depend on; what does not cannot be checked, so it is not kept.
  return versions.size > 0 && (headers.get('content-type') ?? '').startsWith(rsc ? 'text/x-component' : 'text/html')
}

/** Whether nothing that the entry was made from is newer in the index, or was purged since the shop was asked. */
export function isCurrent(entry: Entry, snapshot: Snapshot): boolean {
  if (snapshot.purgedAt >= entry.startedAt) return false
  for (const [name, version] of entry.versions) {
    const mark = markOf(snapshot, name)
    if (mark.version > version || mark.purgedAt >= entry.startedAt) return false
  }
  return true
}

export function isWithinTtl({ startedAt }: Entry, kind: Kind, env: Environment): boolean {
  return Date.now() - startedAt < ttlS(kind, env) * 1_000
}

export function mayOutliveTtl(entry: Entry): boolean {
  return !hasPrices(entry)
}

/** `price:42@7` for the page's own price, the first that it names; the index says the version. */
export function ownVersion(versions: ReadonlyMap<string, number>, snapshot: Snapshot): string {
  const own = ownPrice(versions)
  const ref = own === undefined ? undefined : parseTag(own)
  return own === undefined || !ref ? 'none' : versionedTag(ref.kind, ref.id, markOf(snapshot, own).version)
}

export function ownPrice(versions: ReadonlyMap<string, number>): string | undefined {
  return [...versions.keys()].find(isVolatile)
}

export async function load(key: string): Promise<Entry | undefined> {
  const found = await caches.default.match(key)
  if (!found) return undefined
  const headers = new Headers(found.headers)
  const startedAt = Number(headers.get(STARTED))
  const cacheControl = headers.get(CACHE_CONTROL)
  for (const name of [STARTED, CACHE_CONTROL, 'cf-cache-status', 'cache-control', 'expires', 'age'])
    headers.delete(name)
  if (cacheControl !== null) headers.set('cache-control', cacheControl)
  return {
    status: found.status,
    headers,
    body: await found.arrayBuffer(),
    startedAt,
    versions: versionsIn(headers.get('cache-tag')),
  }
}

export async function store(key: string, kind: Kind, entry: Entry, env: Environment): Promise<void> {
  const headers = new Headers(entry.headers)
  headers.set(STARTED, String(entry.startedAt))
  headers.set(CACHE_CONTROL, headers.get('cache-control') ?? '')
  // The Cache API reads these; the visitor gets the shop's own. It refuses `Vary: *` and partial answers only.
  headers.set(
    'cache-control',
    `public, max-age=${ttlS(kind, env) + (mayOutliveTtl(entry) && kind !== 'asset' ? GRACE_S : 0)}`,
  )
  headers.delete('vary')
  headers.set('x-edge-vary', entry.headers.get('vary') ?? '')
  await caches.default.put(key, new Response(entry.body, { status: entry.status, headers }))
}

/** @param how the edge came by an answer. Where the shop says that it could not confirm it, its visitor is told. */
export function setCacheHeader(headers: Headers, how: string): void {
  if (!headers.get('x-cache')?.startsWith('STALE')) headers.set('x-cache', how)
}

/** The answer to the visitor. @param how for `x-cache` */
export function respond(request: Request, entry: Entry, how: string): Response {
  const headers = new Headers(entry.headers)
  const vary = headers.get('x-edge-vary')
  headers.delete('x-edge-vary')
  if (vary) headers.set('vary', vary)
  setCacheHeader(headers, how)
  for (const name of ['connection', 'keep-alive', 'transfer-encoding']) headers.delete(name)
  if (!how.startsWith('MISS'))
    headers.set('age', String(Math.max(0, Math.floor((Date.now() - entry.startedAt) / 1_000))))
  // One redirect is kept for all queries: each visitor takes its own along.
  if (entry.status === MOVED) headers.set('location', headers.get('location') + new URL(request.url).search)
  if (entry.status === 200 && hasCurrentCopy(request.headers.get('if-none-match'), headers.get('etag'))) {
    headers.delete('content-length')
    return new Response(null, { status: 304, headers })
  }
  return new Response(request.method === 'HEAD' ? null : entry.body, { status: entry.status, headers })
}
