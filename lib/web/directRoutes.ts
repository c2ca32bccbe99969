/**
 * Answers the admin API and routes that open tabs and the search box ask for often, without Next. Next would
 * spend more time on the way to such a route than the route takes, on the thread that hits of the page cache wait for.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { headersOf } from '#lib/platform/http/headersOf.ts'
import { webStreamOf } from '#lib/platform/http/webStream.ts'

export type RouteHandler = (request: Request) => Response | Promise<Response>

function requestOf(request: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', url = '', headers } = request
  // One that is empty is a body: a file without a line is refused as a file.
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
  const body = webStreamOf(request.iterator({ destroyOnReturn: false }))
  const init: RequestInit & { duplex: 'half' } = {
    method,
    headers: headersOf(headers),
    signal,
    duplex: 'half',
    ...(hasBody && method !== 'GET' && method !== 'HEAD' && { body }),
  }
  return new Request(new URL(url, 'http://shop.internal'), init)
}

/**
 * Answers with what the handler says, read as the client takes it. JSON is there as a whole and sent so, with its length: by a stream,
 * packed however short it was, it took the processor more than twice as long.
 * @throws what the handler throws, or its body
 */
export async function answer(handler: RouteHandler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const left = new AbortController()
  let isWhole = false
  response.once('close', () => {
    if (!isWhole) left.abort()
    request.resume() // what was not read is dropped: the connection is used again
  })
  const answered = await handler(requestOf(request, left.signal))
  const { status, headers, body } = answered
  // The door has refused a body that was too large, or too slow.
  if (response.headersSent) return void body?.cancel()
  response.statusCode = status
  response.setHeaders(headers)
  if (!body) return void response.end()
  if (headers.get('content-type')?.startsWith('application/json') === true) {
    const json = new Uint8Array(await answered.arrayBuffer())
    isWhole = true
    response.setHeader('content-length', json.byteLength)
    return void response.end(json)
  }
  // A reader that leaves ends a stream: that is how streams end.
  await pipeline(body, response).catch((error: unknown) => {
    if (!left.signal.aborted) throw error
  })
}

/**
 * @param handlers of GET, by address: `/api/prices`
 * @returns a function that answers what is asked for at one of these, and says whether it has
 */
export function directRoutes(
  handlers: Readonly<Record<string, RouteHandler>>,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const byAddress = new Map(Object.entries(handlers))
  return async (request, response) => {
    const { url = '', method } = request
    const handler = method === 'GET' ? byAddress.get(url.split('?', 1)[0] ?? '') : undefined
    if (handler) await answer(handler, request, response)
    return handler !== undefined
  }
}
