/** The one reader of pages and product feeds: one request as a shopper's browser makes it, through no cache of our own. */
import { PROBE_HEADER } from '#lib/coherence/index.ts'
import { readFeedStatement } from '#lib/catalog/feed/feedStatement.ts'
import { NO_STATEMENT, readStatement, type PageStatement } from '#lib/catalog/pageStatement.ts'
import { correlationHeaders } from '#lib/platform/correlation.ts'
import { originHeaders } from '#lib/platform/http/askInstance.ts'

/** @see RFC 9111, 5.2.1.7 */
export const NOT_KEPT = 504

const TIMEOUT_MS = 10_000
const LONGEST_HEADER = 1_000
/** The headers that show the origin of an answer; the rest is noise in the evidence. */
const TELLING_HEADERS = [
  'x-cache',
  'cf-cache-status',
  'x-served-by',
  'via',
  'age',
  'date',
  'etag',
  'cache-control',
  'cache-tag',
  'content-type',
]

interface PageFailure {
  readonly kind: 'timed-out' | 'no-connection'
  readonly message: string
}

export interface PageReading {
  readonly url: string
  /** Undefined when there was no answer; `failure` says why. */
  readonly status: number | undefined
  readonly failure: PageFailure | undefined
  /** The headers that say where the answer came from. */
  readonly headers: Readonly<Record<string, string>>
  /** The prices on the page; of no answer, nothing. */
  readonly statement: PageStatement
  /** Milliseconds until the last byte, or the failure. */
  readonly durationMs: number
}

export interface ReadOptions {
  /** The product whose page it is: its amount also stands in JSON-LD and in OpenGraph. Undefined for a list. */
  readonly productId?: number | undefined
  /** Milliseconds for the whole answer; ten seconds otherwise. */
  readonly timeoutMs?: number
  /** Then the page is warmed after a change, as one that a shopper asked for. Otherwise the read leaves no trace of that kind. */
  readonly countsAsVisit?: boolean
  /** Then a page that the instance does not keep is not rendered to be read: the status is `NOT_KEPT`. */
  readonly onlyKept?: boolean
}

/**
 * Reads a page. A redirection is an answer, and not followed.
 * @returns what was answered and what it states. It throws nothing: no answer is a `failure`
 */
export async function readPage(
  url: string,
  { productId, timeoutMs = TIMEOUT_MS, countsAsVisit = false, onlyKept = false }: ReadOptions = {},
): Promise<PageReading> {
  const start = performance.now()
  try {
    const response = await fetch(url, {
      headers: {
        accept: 'text/html',
        ...(!countsAsVisit && { [PROBE_HEADER]: '1' }),
        ...(onlyKept && { 'cache-control': 'only-if-cached' }),
        ...correlationHeaders(),
        ...(await originHeaders(url)),
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const body = await response.text()
    const isFeed = response.headers.get('content-type')?.includes('xml') ?? false
    return {
      url,
      status: response.status,
      failure: undefined,
      headers: tellingHeaders(response.headers),
      statement: isFeed
        ? readFeedStatement(body)
        : readStatement(body, productId, response.headers.get('cache-tag') ?? ''),
      durationMs: performance.now() - start,
    }
  } catch (error) {
    return {
      url,
      status: undefined,
      failure: failureOf(error),
      headers: {},
      statement: NO_STATEMENT,
      durationMs: performance.now() - start,
    }
  }
}

function tellingHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    TELLING_HEADERS.flatMap((name) => {
      const value = headers.get(name)
      return value === null ? [] : [[name, value.slice(0, LONGEST_HEADER)]]
    }),
  )
}

function failureOf(error: unknown): PageFailure {
  if (!(error instanceof Error)) return { kind: 'no-connection', message: String(error) }
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return { kind: error.name === 'TimeoutError' ? 'timed-out' : 'no-connection', message: `${error.message}${cause}` }
}
