import { livePrices } from '#lib/catalog/prices/livePrices.ts'
import { toWire } from '#lib/money/wire.ts'
import { parseProductIds } from '#lib/catalog/productIds.ts'
import { cacheTagHeader } from '#lib/coherence/tags.ts'

const HEADERS = { 'Cache-Control': 'no-store' }

/**
 * `GET /api/prices?ids=1,2`: the current prices; ids without a product are left out. A product that is no longer sold has
 * the status `discontinued` of its `productVersion`: its price is the last one, at which nothing may be sold.
 */
export async function GET(request: Request): Promise<Response> {
  const parsed = parseProductIds(new URL(request.url).searchParams)
  if ('error' in parsed) return Response.json({ error: parsed.error, field: 'ids' }, { status: 400, headers: HEADERS })
  const prices = await livePrices(parsed.ids)
  // An edge in front keeps none of it, and from then on shows no page with less.
  const versions = prices.map(({ productId: id, version }) => ({ kind: 'price', id, version }))
  return Response.json(prices.map(toWire), { headers: { ...HEADERS, 'Cache-Tag': cacheTagHeader(versions) } })
}
