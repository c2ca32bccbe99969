/** One HTTP call to an edge's control interface: bounded, and every failure says what was answered. */
import { EdgeError } from './errors.ts'

/**
 * As it is before Next changes it: Next's rejects within a render that is over. A version that a render reads is published too, and
 * with it those of edits that are made in that moment.
 */
const plainFetch = globalThis.fetch
const ANSWER_CHARACTERS = 400
/** The refusal concerns the request, not its sender: the rest of it may be taken. */
const INVALID = new Set([400, 413, 422])

export interface Call {
  readonly edge: string
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs: number
}

/** @returns milliseconds, from seconds or from a date */
function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after')
  if (text === null) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

/** @returns the body of a 2xx answer @throws {EdgeError} */
export async function call({ edge, url, method, headers, body, timeoutMs }: Call): Promise<string> {
  let response: Response
  let text: string
  try {
    response = await plainFetch(url, {
      method,
      headers,
      ...(body !== undefined && { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    text = await response.text()
  } catch (cause) {
    const isTimeout = cause instanceof Error && cause.name === 'TimeoutError'
    const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause)
    throw new EdgeError(
      isTimeout ? 'EDGE_TIMEOUT' : 'EDGE_UNREACHABLE',
      edge,
      isTimeout ? `no answer within ${timeoutMs} ms` : why,
      { cause },
    )
  }
  if (response.ok) return text
  const answer = `${response.status} ${text.slice(0, ANSWER_CHARACTERS)}`
  if (response.status === 429)
    throw new EdgeError('EDGE_RATE_LIMITED', edge, answer, { retryAfterMs: retryAfterOf(response.headers) })
  const code =
    response.status >= 500 ? 'EDGE_UNREACHABLE' : INVALID.has(response.status) ? 'EDGE_INVALID' : 'EDGE_REFUSED'
  throw new EdgeError(code, edge, answer, { retryAfterMs: retryAfterOf(response.headers) })
}

/** @throws {EdgeError} EDGE_NOT_UNDERSTOOD: the answer is not the edge's */
export function understood<T>(edge: string, text: string, parse: (value: unknown) => T): T {
  try {
    return parse(JSON.parse(text))
  } catch (cause) {
    throw new EdgeError('EDGE_NOT_UNDERSTOOD', edge, `200 ${text.slice(0, ANSWER_CHARACTERS)}`, { cause })
  }
}

/** @returns `items` in parts of at most `size` */
export function inParts<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}
