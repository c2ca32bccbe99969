import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Permission } from '#lib/access/permissions.ts'
import { revalidateAccess } from '#lib/auth/revalidateAccess.ts'

/** Milliseconds. Then the client connects again, to any instance. */
const LONGEST_STREAM_MS = 5 * 60_000
/** A proxy between closes what is silent for long. */
const HEARTBEAT_MS = 15_000

/** An event of a stream: its name, and what is sent as JSON. */
export interface StreamEvent {
  readonly event: string
  readonly data: unknown
}

/** Each value as an event of this name. */
export async function* named(event: string, values: AsyncIterable<unknown>): AsyncGenerator<StreamEvent> {
  for await (const data of values) yield { event, data }
}

/**
 * Sends events until there are no more; then an `end` event, so that a browser knows not to connect again. The next one is asked for
 * when the client has room for it.
 * @param permission that the client has now, and without which the stream ends
 * @param events stops when its signal says so: the client has gone, or has been here for long
 */
export function eventStream(
  c: Context,
  permission: Permission,
  events: (signal: AbortSignal) => AsyncIterable<StreamEvent>,
): Response {
  const [refused, over] = [new AbortController(), new AbortController()]
  const stopChecking = revalidateAccess(c.req.raw, permission, () => refused.abort())
  const longEnough = AbortSignal.any([c.req.raw.signal, refused.signal, AbortSignal.timeout(LONGEST_STREAM_MS)])
  const response = streamSSE(c, async (stream) => {
    const abort = () => stream.abort()
    longEnough.addEventListener('abort', abort)
    stream.onAbort(() => over.abort())
    const heartbeat = setInterval(() => void stream.write(': still here\n\n'), HEARTBEAT_MS)
    try {
      await stream.write('retry: 1000\n\n')
      for await (const { event, data } of events(AbortSignal.any([longEnough, over.signal])))
        await stream.writeSSE({ event, data: JSON.stringify(data) })
      await stream.writeSSE({ event: 'end', data: '' })
    } catch {
      // The client connects again, and hears of the fault if there still is one.
    } finally {
      clearInterval(heartbeat)
      stopChecking()
      longEnough.removeEventListener('abort', abort)
      over.abort() // one source has failed: the others stop
    }
  })
  // Of the connection, and the server's business.
  for (const name of ['transfer-encoding', 'connection']) response.headers.delete(name)
  response.headers.set('cache-control', 'no-store, no-transform')
  response.headers.set('x-accel-buffering', 'no')
  return response
}
