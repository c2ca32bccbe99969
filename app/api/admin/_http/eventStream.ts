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
 * Sends events until there are no more; then an `end` event, so that a browser knows not to connect again.
 * @param permission that the client has now, and without which the stream ends
 * @param events stops when its signal says so: the client has gone, or has been here for long
 */
export function eventStream(
  request: Request,
  permission: Permission,
  events: (signal: AbortSignal) => AsyncIterable<StreamEvent>,
): Response {
  const encoder = new TextEncoder()
  const gone = new AbortController()
  const refused = new AbortController()
  const stopChecking = revalidateAccess(request, permission, () => refused.abort())
  const signal = AbortSignal.any([request.signal, gone.signal, refused.signal, AbortSignal.timeout(LONGEST_STREAM_MS)])
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (text: string) => signal.aborted || controller.enqueue(encoder.encode(text))
      send('retry: 1000\n\n')
      const heartbeat = setInterval(() => send(': still here\n\n'), HEARTBEAT_MS)
      try {
        for await (const { event, data } of events(signal)) send(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
        send('event: end\ndata: \n\n')
      } catch {
        // The client connects again and is told what is wrong, if it still is.
      } finally {
        clearInterval(heartbeat)
        stopChecking()
        if (!gone.signal.aborted) controller.close()
        gone.abort() // one source has failed: the others stop
      }
    },
    cancel: () => gone.abort(),
  })
  return new Response(body, {
    headers: {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    },
  })
}
