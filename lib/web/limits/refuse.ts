import type { IncomingMessage, ServerResponse } from 'node:http'
import { Counter } from 'prom-client'
import { isFreshnessError } from '#lib/coherence/index.ts'
import { metrics } from '#lib/platform/metrics.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'

const refusals = () =>
  processSingleton(
    'requestsRefused',
    () =>
      new Counter({
        name: 'evergreen_requests_refused_total',
        help: 'Requests that were refused because they ask for too much',
        labelNames: ['status'],
        registers: [metrics()],
      }),
  )

/**
 * Milliseconds that a 429 waits. A client that asks again as soon as it is refused has the thread of all hits otherwise: 400 of them
 * asked 2,800 times a second. One that reads `Retry-After` loses nothing.
 */
const HELD_MS = 1_000
/** The refusals that a process holds, some 10 KB each. A further refusal is answered at once, and its client has to connect again. */
const MOST_HELD = 2_000
let held = 0

function hold(response: ServerResponse, answer: () => void): void {
  if (held >= MOST_HELD) {
    response.setHeader('Connection', 'close')
    answer()
    return
  }
  held++
  const timer = setTimeout(answer, HELD_MS)
  response.once('close', () => {
    clearTimeout(timer)
    held--
  })
}

export interface Reason {
  readonly code: string
  /** A sentence that names the way out. */
  readonly message: string
  readonly retryAfterS?: number
}

/**
 * Answers that the request asks for too much: JSON to a program, a sentence to a browser.
 * @param status 408 closes the connection: what is still to come of the request would be taken for the next one; a 429 is sent a
 *   second later
 * @returns false when the answer has begun already
 */
export function refuse(
  { url = '' }: IncomingMessage,
  response: ServerResponse,
  status: 408 | 413 | 429 | 503,
  { code, message, retryAfterS }: Reason,
): boolean {
  if (response.headersSent) return false
  refusals().inc({ status })
  const isApi = url.startsWith('/api/')
  const answer = () => {
    // A body that is too large, or late, was answered while this waited.
    if (response.headersSent) return
    response.writeHead(status, {
      'Content-Type': isApi ? 'application/json' : 'text/plain; charset=utf-8',
      'Cache-Control': 'no-store',
      ...(retryAfterS !== undefined && { 'Retry-After': retryAfterS }),
      ...(status === 408 && { Connection: 'close' }),
    })
    response.end(isApi ? JSON.stringify({ error: { code, message } }) : `${message}\n`)
  }
  if (status === 429) hold(response, answer)
  else answer()
  return true
}

/** @returns whether `error` says that too much waits to be rendered, and the answer says so too */
export function refuseWhenBusy(error: unknown, request: IncomingMessage, response: ServerResponse): boolean {
  if (!isFreshnessError(error) || error.code !== 'NO_TURN') return false
  const message = 'The shop is very busy right now. Please try again in a few seconds.'
  return refuse(request, response, 503, { code: 'busy', message, retryAfterS: 2 })
}
