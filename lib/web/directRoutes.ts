/**
 * Routes that are asked for often, by open tabs and while a shopper types, and that need nothing of Next: they are answered without it.
 * Next would spend more time on the way to such a route than the route takes, on the thread that hits of the page cache wait for.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { headersOf } from '#lib/platform/http/headersOf.ts'

export type RouteHandler = (request: Request) => Promise<Response>

async function answer(handler: RouteHandler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const left = new AbortController()
  response.once('close', () => left.abort())
  const url = new URL(request.url ?? '', 'http://shop.internal')
  const { status, headers, body } = await handler(
    new Request(url, { headers: headersOf(request.headers), signal: left.signal }),
  )
  response.writeHead(status, Object.fromEntries(headers))
  if (!body) return void response.end()
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
