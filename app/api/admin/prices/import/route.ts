import { previewCsv } from '#lib/pricing/bulk/csv/csvImport.ts'
import { readUpload } from '../../_http/csv.ts'
import { handle } from '../../_http/handle.ts'
import { created, json } from '../../_http/respond.ts'
import { importPrices } from '../../_operations/csv.ts'

export const POST = handle(importPrices, async ({ request, principal, query }) => {
  const read = await previewCsv(principal, readUpload(request), query.reason)
  if (read.edit) return created(read, `/api/admin/bulk-edits/${read.edit.id}`)
  return json(read, read.costs > 0 ? 200 : 422)
})
