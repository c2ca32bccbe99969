/** Reads a layer as its users do, and tells whether it shows what Postgres has. */
import type { Redis } from 'ioredis'
import { pageVersions } from '#lib/catalog/pageStatement.ts'
import { correlationHeaders } from '#lib/platform/correlation.ts'
import { PROBE_HEADER } from '#lib/coherence/index.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { tag, type VersionedTag } from '#lib/coherence/index.ts'

const READ_TIMEOUT_MS = 10_000

/** @returns those of `expected` for which the index, read past every cache, holds less */
export async function behindInIndex(redis: Redis, expected: readonly VersionedTag[]): Promise<VersionedTag[]> {
  const texts = expected.length === 0 ? [] : await redis.mget(expected.map(({ kind, id }) => keys.tag(tag(kind, id))))
  return expected.filter(({ version }, i) => parseTagState(texts[i] ?? null).version < version)
}

/** Milliseconds. A live instance answers in a few, a busy one in some hundred. */
const SILENT_AFTER_MS = 2_000

/**
 * @returns those of `webUrls` that answer their health question within two seconds. One that is away or frozen serves
 *   no shopper, and delivery does not wait for it: what it has cached fails its check when it is back.
 */
export async function instancesUp(webUrls: readonly string[]): Promise<string[]> {
  const answers = await Promise.allSettled(
    webUrls.map((url) => fetch(`${url}/api/health`, { signal: AbortSignal.timeout(SILENT_AFTER_MS) })),
  )
  return webUrls.filter((_url, i) => answers[i]?.status === 'fulfilled')
}

export interface PageReading {
  readonly url: string
  readonly status: number
  readonly version: number | undefined
}

export interface FetchedPage {
  readonly status: number
  readonly html: string
  /** Those that say where the answer came from. */
  readonly headers: Readonly<Record<string, string>>
}

const TELLING_HEADERS = ['x-cache', 'cache-tag', 'etag', 'age', 'date']

/** Fetches a page as a shopper would, without counting as a visit. @throws when it does not answer within ten seconds */
export async function fetchPage(url: string): Promise<FetchedPage> {
  const response = await fetch(url, {
    headers: { accept: 'text/html', [PROBE_HEADER]: '1', ...correlationHeaders() },
    signal: AbortSignal.timeout(READ_TIMEOUT_MS),
  })
  const headers = Object.fromEntries(
    TELLING_HEADERS.flatMap((name) => {
      const value = response.headers.get(name)
      return value === null ? [] : [[name, value.slice(0, 500)]]
    }),
  )
  return { status: response.status, html: await response.text(), headers }
}

/** @param productId whose version is wanted */
export async function readPage(url: string, productId: number): Promise<PageReading> {
  const { status, html } = await fetchPage(url)
  return { url, status, version: pageVersions(html).get(productId) }
}
