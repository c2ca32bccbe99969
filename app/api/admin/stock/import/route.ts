import { importStocks } from '#lib/pricing/stock/importStocks.ts'
import { readUpload } from '../../_http/csv.ts'
import { handle } from '../../_http/handle.ts'
import { asked, json } from '../../_http/respond.ts'
import { importProductStocks } from '../../_operations/productStock.ts'

export const POST = handle(
  importProductStocks,
  async ({ request, principal, query: { reason, preview, ...answers } }) => {
    const read = await importStocks(principal, readUpload(request), reason, { answers, preview })
    return 'questions' in read ? asked(read.questions) : json(read)
  },
)
