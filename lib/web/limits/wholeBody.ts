/**
 * Reads the whole body of a request before any work on it begins. Otherwise a route of Next waits for the body, which
 * costs a millisecond: 200 clients that sent their bodies slowly delayed every hit by a quarter of a second.
 */
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { refuse } from './refuse.ts'

/** Bytes of incomplete bodies that a process holds: 256 of the largest. */
const MOST_HELD_BYTES = 64 * 1024 * 1024
let heldBytes = 0
const TOO_MUCH = { code: 'busy', message: 'Too much is being sent at once. Please try again.', retryAfterS: 1 }

/**
 * Waits for the body, which stays there for the next reader. Call it before anything reads, and after `limitBody`, which bounds it.
 * @returns undefined when the request is answered, as too large or too slow, or has ended
 */
export async function wholeBody(request: IncomingMessage, response: ServerResponse): Promise<Buffer | undefined> {
  const parts: Buffer[] = []
  const end = new AbortController()
  let size = 0
  const whole = new Promise<boolean>((resolve) => {
    request.push = new Proxy(request.push, {
      apply(push, self, args: Parameters<typeof request.push>) {
        const [part] = args
        if (Buffer.isBuffer(part) && !end.signal.aborted) {
          parts.push(part)
          size += part.byteLength
          heldBytes += part.byteLength
        }
        if (heldBytes > MOST_HELD_BYTES) refuse(request, response, 503, TOO_MUCH)
        Reflect.apply(push, self, args)
        if (part === null || response.headersSent) resolve(!response.headersSent)
        // No reader takes it yet, so that a full buffer would stop the connection for good.
        return true
      },
    })
  })
  const closed = once(request, 'close', { signal: end.signal }).then(
    () => false,
    () => false,
  )
  const isWhole = await Promise.race([whole, closed])
  end.abort()
  heldBytes -= size
  return isWhole ? Buffer.concat(parts) : undefined
}
