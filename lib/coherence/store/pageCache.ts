/** The page cache of a process: what Next's cache handler and the fast path of the server both use. */
import { serialize } from 'node:v8'
import type { BodyRoom } from './bodyRoom.ts'
import { EntryStore, type Entry } from './entryStore.ts'
import { ENTRY_TTL_S, keys } from '../protocol/keys.ts'
import type { VersionIndex } from '../index/versionIndex.ts'
import type { Ports } from '../ports.ts'
import type { PackedTemplate } from './packedTemplate.ts'

export interface CachedPage {
  readonly kind: 'APP_PAGE'
  /** The page's template: a tenth of its size. */
  readonly packed: PackedTemplate
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>> | undefined
  /** Set when a part of the page is rendered on each request. */
  readonly postponed: string | undefined
  readonly status: number | undefined
}

interface CachedRoute {
  readonly kind: 'APP_ROUTE'
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  readonly status: number
}

/** Anything else that Next caches (a redirect, an image, a fetch), as it is; null is a page that was not found. */
interface CachedOther {
  readonly kind: 'OTHER'
  readonly value: unknown
}

export interface CacheControl {
  readonly revalidate: number | false
  readonly expire: number | undefined
}

export interface PageValue {
  readonly content: CachedPage | CachedRoute | CachedOther
  readonly cacheControl: CacheControl | undefined
}

function bytesOf(buffers: Iterable<Buffer>): number {
  let bytes = 0
  for (const { byteLength } of buffers) bytes += byteLength
  return bytes
}

function sizeOf({ content }: PageValue): number {
  switch (content.kind) {
    case 'APP_PAGE':
      return bytesOf(content.packed.values())
    case 'APP_ROUTE':
      return content.body.byteLength
    case 'OTHER':
      return serialize(content.value).byteLength
  }
}

function isPageValue(value: unknown): value is PageValue {
  return typeof value === 'object' && value !== null && 'content' in value && 'cacheControl' in value
}

/** Seconds a body is kept: as long as its page may be shown, at most a day. Freshness does not come from this. */
export function ttlOf(cacheControl: CacheControl | undefined): number {
  const limits = [cacheControl?.revalidate, cacheControl?.expire, ENTRY_TTL_S]
  return Math.max(1, Math.min(...limits.filter((limit) => typeof limit === 'number')))
}

export type PageCache = EntryStore<PageValue>

/**
 * The share of the bytes that the process may hold: twice as much is for pages that are filled. An eighth is kept free, because
 * bodies that were let go stay until V8 collects them.
 */
const SHARE = 0.22

/** @param onGone called with each entry that the process no longer holds */
export function createPageCache(
  ports: Ports,
  index: VersionIndex,
  room: BodyRoom,
  onGone: (key: string, entry: Entry<PageValue>) => void,
): PageCache {
  return new EntryStore<PageValue>({
    name: 'page',
    redis: ports.cacheRedis,
    index,
    room,
    clearedKinds: ports.source.payloadKinds,
    redisKey: (key) => keys.page(ports.buildId(), key),
    maxBytes: ports.maxBytes * SHARE,
    onGone,
    sizeOf,
    isValue: isPageValue,
    metrics: ports.metrics,
    log: ports.log,
  })
}
