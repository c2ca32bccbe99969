import { rejectedStocks } from '#lib/pricing/stock/importStocks.ts'
import { csv, readUpload } from '../../../_http/csv.ts'
import { handle } from '../../../_http/handle.ts'
import { asked } from '../../../_http/respond.ts'
import { listRejectedStocks } from '../../../_operations/productStock.ts'

export const POST = handle(listRejectedStocks, async ({ request, principal, query }) => {
  const rows = await rejectedStocks(principal, readUpload(request), query)
  return 'questions' in rows ? asked(rows.questions) : csv(rows, 'rejected.csv')
})
