import { connection } from 'next/server'
import { z } from 'zod'
import { requirePermission } from '#lib/auth/requirePermission.ts'
import { issuesOf } from '#lib/pricing/changeRequest.ts'
import { PriceChangeRefusedError } from '#lib/pricing/errors.ts'
import { priceHistory } from '#lib/pricing/history.ts'
import { failed, json } from '../../_http/respond.ts'

const querySchema = z.strictObject({
  productId: z.coerce.number('A product id is a whole number.').int('A product id is a whole number.').min(1).max(2_147_483_647),
  before: z.coerce.number('A version is a whole number.').int('A version is a whole number.').min(1).optional(),
})

/** The history of one price, the newest version first: `?productId=42`, older pages with `&before=7`. */
export async function GET(request: Request): Promise<Response> {
  await connection() // never at build time
  try {
    await requirePermission(request, 'prices:read')
    const query = querySchema.safeParse(Object.fromEntries(new URL(request.url).searchParams))
    if (!query.success) throw new PriceChangeRefusedError(issuesOf(query.error))
    return json(await priceHistory(query.data.productId, { before: query.data.before }))
  } catch (error) {
    return failed(error)
  }
}
