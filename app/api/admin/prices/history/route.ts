import { priceHistory } from '#lib/pricing/history.ts'
import { handle } from '../../_http/handle.ts'
import { json } from '../../_http/respond.ts'
import { readHistory } from '../../_operations/prices.ts'

/** The history of one price, the newest version first: `?productId=42`, older pages with `&before=7`. */
export const GET = handle(readHistory, async ({ query }) => json(await priceHistory(query.productId, { before: query.before })))
