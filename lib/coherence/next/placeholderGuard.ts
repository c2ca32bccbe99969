/**
 * Refuses answers of Next's own that contain a placeholder. Next renders them with values, but it joins requests for one page: an
 * answer could come from a render of a template.
 */
import type { ServerResponse } from 'node:http'
import type { Log } from '../ports.ts'
import type { Placeholders } from '../template/placeholders.ts'

/** Bytes: longer than any part of a placeholder by which it is known. */
const OVERLAP = 32

type Write = ServerResponse['write']
type Chunk = Parameters<Write>[0]

function bytesOf(chunk: Chunk | undefined): Buffer {
  if (chunk === undefined || chunk === null || typeof chunk === 'function') return Buffer.alloc(0)
  return typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk)
}

/** Ends `response` instead of sending a placeholder: with 503 where nothing is sent yet. */
export function refusePlaceholders(response: ServerResponse, placeholders: Placeholders, log: Log): void {
  let tail: Buffer = Buffer.alloc(0)
  let isRefused = false
  /** The headers that every answer carries. */
  const given = response.getHeaders()
  const mayPass = (chunk: Chunk | undefined): boolean => {
    if (isRefused) return false
    const bytes = Buffer.concat([tail, bytesOf(chunk)])
    tail = bytes.subarray(-OVERLAP)
    isRefused = placeholders.leaksIn(bytes)
    return !isRefused
  }
  const refuse = () => {
    log.error({ url: response.req.url }, 'an answer of Next held a placeholder, and was not sent')
    if (response.headersSent) return response.destroy()
    for (const name of response.getHeaderNames()) if (given[name] === undefined) response.removeHeader(name)
    response.statusCode = 503
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('Retry-After', '1')
    return end()
  }
  const end = response.end.bind(response)
  response.write = new Proxy(response.write, {
    apply(write, _self, args: Parameters<Write>) {
      if (mayPass(args[0])) return Reflect.apply(write, response, args)
      if (!response.writableEnded) refuse()
      return false
    },
  })
  response.end = new Proxy(response.end, {
    apply(ending, _self, args: Parameters<typeof end>) {
      if (mayPass(args[0])) return Reflect.apply(ending, response, args)
      return response.writableEnded ? response : refuse()
    },
  })
}
