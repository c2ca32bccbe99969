import { lowestPrices } from '#lib/catalog/prices/lowestPrice.ts'
import { handle } from '../../_http/handle.ts'
import { json } from '../../_http/respond.ts'
import { readLowest } from '../../_operations/prices.ts'

export const GET = handle(readLowest, async ({ query: { productId } }) => {
  const lowest = await lowestPrices(productId)
  return json({ prices: [...new Set(productId)].map((id) => ({ productId: id, lowestCents: lowest.get(id) ?? null })) })
})
