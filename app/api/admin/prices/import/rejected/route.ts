import { rejectedRows } from '#lib/pricing/bulk/csv/rejectedRows.ts'
import { csv, readUpload } from '../../../_http/csv.ts'
import { handle } from '../../../_http/handle.ts'
import { asked } from '../../../_http/respond.ts'
import { listRejectedRows } from '../../../_operations/csv.ts'

export const POST = handle(listRejectedRows, async ({ request, principal, query }) => {
  const rows = await rejectedRows(principal, readUpload(request), query)
  return 'questions' in rows ? asked(rows.questions) : csv(rows, 'rejected.csv')
})
