import { connection } from 'next/server'
import { requirePermission } from '#lib/auth/requirePermission.ts'
import { revalidateAccess } from '#lib/auth/revalidateAccess.ts'
import { isWindow } from '#lib/observability/dashboard/shapes.ts'
import { snapshotFeed } from '#lib/observability/dashboard/snapshot.ts'
import { failed } from '../../_http/respond.ts'

/** Milliseconds. Then the browser connects again, wherever it is sent. */
const LONGEST_STREAM_MS = 5 * 60_000

/** `GET ?window=15m|1h|24h`: an event stream; each `snapshot` event is the whole dashboard as JSON. */
export async function GET(request: Request): Promise<Response> {
  await connection()
  try {
    await requirePermission(request, 'freshness:read')
  } catch (error) {
    return failed(error)
  }
  const asked = new URL(request.url).searchParams.get('window') ?? ''
  const window = isWindow(asked) ? asked : '15m'
  const encoder = new TextEncoder()
  let end = () => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text))
      send('retry: 1000\n\n')
      const unsubscribe = snapshotFeed().subscribe(window, (snapshot) =>
        send(snapshot ? `event: snapshot\ndata: ${JSON.stringify(snapshot)}\n\n` : 'event: unavailable\ndata: \n\n'),
      )
      const close = () => {
        end()
        controller.close()
      }
      const limit = setTimeout(close, LONGEST_STREAM_MS)
      const stopChecking = revalidateAccess(request, 'freshness:read', close)
      end = () => {
        clearTimeout(limit)
        stopChecking()
        unsubscribe()
        end = () => {}
      }
      request.signal.addEventListener('abort', () => end(), { once: true })
    },
    cancel: () => end(),
  })
  return new Response(body, {
    headers: {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    },
  })
}
