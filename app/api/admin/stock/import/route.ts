import { importStocks } from '#lib/pricing/stock/importStocks.ts'
import { readUpload } from '../../_http/csv.ts'
import { handle } from '../../_http/handle.ts'
import { json } from '../../_http/respond.ts'
import { importProductStocks } from '../../_operations/productStock.ts'

export const POST = handle(importProductStocks, async ({ request, principal, query }) =>
  json(await importStocks(principal, readUpload(request), query.reason)),
)
