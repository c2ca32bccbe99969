import { priceFeed } from '#lib/catalog/prices/livePrices.ts'
import type { LivePrice } from '#lib/money/price.ts'
import { toWire } from '#lib/money/wire.ts'
import { isTracing } from '#lib/platform/tracing/changeTrace.ts'
import { parseProductIds } from '#lib/catalog/productIds.ts'

/** Milliseconds. Keeps proxies from closing a stream on which nothing changes, and proves to the tab that it is not cut off. */
const HEARTBEAT_MS = 15_000

/** Prices that change in one commit are between two of these: a reader that takes them together never shows a part of it. */
const MOMENT = 'event: moment\ndata: end\n\n'
/** The tab is asked to say when it has shown a change: docs/operations/tracing.md. */
const TRACED = 'event: traced\ndata: on\n\n'
/** Neither the index nor Postgres says what is current: a tab cannot know that from a stream that is open. */
const LOST = 'event: lost\ndata: lost\n\n'

const unknownEvent = (ids: readonly number[]) => (ids.length > 0 ? `event: unknown\ndata: ${ids.join()}\n\n` : '')

/**
 * `GET /api/prices/stream?ids=1,2`: an event stream; each `price` event carries one price as JSON, as `/api/prices` writes it. A
 * `moment` event ends those that are of one moment, the first time the current price of each product; an `unknown` event names ids without
 * a product. Where nothing changes a `moment` comes every 15 s, unless the stores do not answer: then a `lost` event comes, once.
 */
export async function GET(request: Request): Promise<Response> {
  const parsed = parseProductIds(new URL(request.url).searchParams)
  if ('error' in parsed)
    return Response.json(
      { error: parsed.error, field: 'ids' },
      { status: 400, headers: { 'Cache-Control': 'no-store' } },
    )

  // Not by hono/streaming, which waits for its reader: the feed hands over to all tabs at once.
  const encoder = new TextEncoder()
  let end = () => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text))
      send(`retry: 1000\n\n${isTracing() ? TRACED : ''}${MOMENT}`)
      const event = (price: LivePrice) => `event: price\ndata: ${JSON.stringify(toWire(price))}\n\n`
      const feed = priceFeed()
      const unsubscribe = feed.subscribe(
        parsed.ids,
        (prices, unknown) => send(prices.map(event).join('') + unknownEvent(unknown) + MOMENT),
        (isInTouch) => send(isInTouch ? MOMENT : LOST),
      )
      const heartbeat = setInterval(() => feed.isInTouch && send(MOMENT), HEARTBEAT_MS)
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
