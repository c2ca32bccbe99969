/** What the worker asks of one web instance: answered by this process itself, since its memory is meant. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import type { Warming } from '#lib/freshness/warming.ts'
import { hasInternalSecret, INTERNAL_SECRET_HEADER } from '#lib/platform/internalSecret.ts'

const tagList = z.object({ tags: z.array(z.string()).max(4_000) })

/** @returns whether the request was one of these */
export async function internalEndpoint(request: IncomingMessage, response: ServerResponse, warming: Warming): Promise<boolean> {
  if (request.url !== '/api/internal/warm' || request.method !== 'POST') return false
  if (!hasInternalSecret(request.headers[INTERNAL_SECRET_HEADER])) {
    response.writeHead(403).end()
    return true
  }
  const parsed = tagList.safeParse(await json(request).catch(() => undefined))
  if (!parsed.success) {
    response.writeHead(400, { 'Content-Type': 'text/plain' }).end(z.prettifyError(parsed.error))
    return true
  }
  response.writeHead(202, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify({ pages: warming.warm(parsed.data.tags) }))
  return true
}
