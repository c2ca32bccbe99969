import { priceFeed } from '#lib/catalog/prices/livePrices.ts'
import { toWire } from '#lib/money/wire.ts'
import { parseProductIds } from '#lib/catalog/productIds.ts'

/** Milliseconds. Keeps proxies from closing a stream on which nothing changes, and tells the tab that it is not cut off. */
const HEARTBEAT_MS = 15_000

/** `GET /api/prices/stream?ids=1,2`: an event stream; each `price` event carries one price as JSON, as `/api/prices` writes it; an `alive` event is empty. */
export async function GET(request: Request): Promise<Response> {
  const parsed = parseProductIds(new URL(request.url).searchParams)
  if ('error' in parsed) return Response.json({ error: parsed.error, field: 'ids' }, { status: 400 })

  const encoder = new TextEncoder()
  let end = () => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text))
      send('retry: 1000\n\n')
      const unsubscribe = priceFeed().subscribe(parsed.ids, (price) =>
        send(`event: price\ndata: ${JSON.stringify(toWire(price))}\n\n`),
      )
      const heartbeat = setInterval(() => send('event: alive\ndata:\n\n'), HEARTBEAT_MS)
      end = () => {
        clearInterval(heartbeat)
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
