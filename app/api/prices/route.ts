import { parseProductIds } from '#lib/catalog/productIds.ts'
import { currentPrices } from '#lib/catalog/prices/priceCache.ts'

const HEADERS = { 'Cache-Control': 'no-store' }

/** `GET /api/prices?ids=1,2`: the current prices; ids without a product are left out. */
export async function GET(request: Request): Promise<Response> {
  const parsed = parseProductIds(new URL(request.url).searchParams)
  if ('error' in parsed) return Response.json({ error: parsed.error, field: 'ids' }, { status: 400, headers: HEADERS })
  return Response.json(await currentPrices(parsed.ids), { headers: HEADERS })
}
