/** Checks the first line of a request, its method and address, before other code reads it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { unstorableText } from '#lib/platform/http/storableText.ts'

const API = '/api/'
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/
/** Next hands these to route handlers that cannot take them. */
const REFUSED_METHODS = new Set(['TRACE', 'TRACK', 'CONNECT'])

interface Refusal {
  readonly status: number
  readonly message: string
  readonly field?: string
}

function pathProblem(path: string): string | undefined {
  try {
    return CONTROL.test(decodeURIComponent(path)) ? 'The address has a control character.' : undefined
  } catch {
    return 'The address is not encoded as UTF-8: write % as %25.'
  }
}

function queryProblem(query: string): Refusal | undefined {
  if (!query.includes('%00')) return undefined
  for (const [name, value] of new URLSearchParams(query)) {
    const found = unstorableText(value, name) ?? unstorableText(name)
    if (found) return { status: 400, ...found }
  }
  return undefined
}

/** @returns why no page and no route can take the request; undefined for all but a few */
export function refusalOf(method: string, target: string): Refusal | undefined {
  if (REFUSED_METHODS.has(method)) return { status: 405, message: `${method} is not answered here.` }
  if (!target.startsWith('/') || target.includes('#'))
    // With a host in it too, which a client sends to a proxy: the shop is none.
    return { status: 400, message: 'The address does not begin with a slash, or it has a fragment.' }
  if (!target.includes('%')) return undefined
  const queryAt = target.indexOf('?')
  const message = pathProblem(queryAt < 0 ? target : target.slice(0, queryAt))
  if (message !== undefined) return { status: 400, message }
  return queryAt < 0 ? undefined : queryProblem(target.slice(queryAt))
}

/** @returns whether the request was refused, and so answered */
export function refuseTarget(request: IncomingMessage, response: ServerResponse): boolean {
  const refusal = refusalOf(request.method ?? 'GET', request.url ?? '')
  if (!refusal) return false
  const { status, message, field } = refusal
  const isApi = request.url?.startsWith(API) === true
  response.writeHead(status, {
    'Content-Type': isApi ? 'application/json' : 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    ...(status === 405 && { Allow: 'GET, HEAD' }),
  })
  response.end(
    isApi ? JSON.stringify({ error: { code: 'invalid_request', message, ...(field && { field }) } }) : `${message}\n`,
  )
  return true
}
