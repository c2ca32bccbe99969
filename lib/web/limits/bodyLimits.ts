/** Limits the bytes of a request body, and the time in which it must arrive, also when no code reads the body. */
import type { IncomingMessage, ServerOptions, ServerResponse } from 'node:http'
import { refuse } from './refuse.ts'

const KB = 1024
const MINUTE_MS = 60_000

interface BodyLimit {
  readonly maxBytes: number
  readonly withinMs: number
}

/** Files of prices from a signed-in person: their routes ask for the permission first, and have limits of their own. */
const ADMIN: BodyLimit = { maxBytes: 129 * KB * KB, withinMs: 5 * MINUTE_MS }
/** 4,000 tags from the worker. */
const INTERNAL: BodyLimit = { maxBytes: 2 * KB * KB, withinMs: 10_000 }
/** A form of the shop is a few kilobytes, a cart of 100 lines as many. */
const PUBLIC: BodyLimit = { maxBytes: 256 * KB, withinMs: 10_000 }

/** The times of the servers: a head that is dripped is answered 408, as is a body that takes longer than any may. */
export const SERVER_TIMES = {
  headersTimeout: 10_000,
  requestTimeout: ADMIN.withinMs,
  /** Milliseconds between Node's looks for late requests. */
  connectionsCheckingInterval: 1_000,
} satisfies ServerOptions

function limitOf(url: string): BodyLimit {
  if (url.startsWith('/api/admin/')) return ADMIN
  return url.startsWith('/api/internal/') ? INTERNAL : PUBLIC
}

function hasBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined
}

/** Whether to wait for the whole body before anything is done for it. Where a permission is asked for first, it is read as it arrives. */
export function comesWhole(request: IncomingMessage): boolean {
  return hasBody(request) && limitOf(request.url ?? '') === PUBLIC
}

/**
 * Answers 413 when the body is larger than it may be, and 408 when it is not there in time. Call it before anything reads
 * the body.
 * @returns whether the request is answered already
 */
export function limitBody(request: IncomingMessage, response: ServerResponse): boolean {
  const { url = '', headers } = request
  if (!hasBody(request)) return false
  const { maxBytes, withinMs } = limitOf(url)
  let isRefused = false
  const refuseSize = () => {
    isRefused = true
    refuse(request, response, 413, { code: 'body_too_large', message: `The body is larger than ${maxBytes} bytes.` })
  }
  const late = setTimeout(() => {
    const message = `The body was not complete within ${withinMs / 1_000} seconds.`
    if (!refuse(request, response, 408, { code: 'body_too_slow', message })) request.destroy()
  }, withinMs)
  for (const over of ['end', 'close']) request.once(over, () => clearTimeout(late))
  let size = 0
  // The parser hands on each part by this, however the body is read.
  request.push = new Proxy(request.push, {
    apply(push, self, args: Parameters<typeof request.push>) {
      const [part] = args
      size += Buffer.isBuffer(part) ? part.byteLength : 0
      if (!isRefused && size > maxBytes) refuseSize()
      if (!isRefused) return Reflect.apply(push, self, args)
      // The rest is read and dropped: a connection that is closed before would take the answer with it. The bytes read are
      // no whole body, so its reader must not see an end.
      if (part === null) request.destroy()
      return true
    },
  })
  if (Number(headers['content-length'] ?? 0) > maxBytes) refuseSize()
  return isRefused
}
