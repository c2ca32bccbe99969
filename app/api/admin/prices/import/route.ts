import { previewCsv } from '#lib/pricing/bulk/csv/csvImport.ts'
import type { ImportProgress } from '#lib/pricing/bulk/csv/readPrices.ts'
import { readUpload } from '../../_http/csv.ts'
import { handle } from '../../_http/handle.ts'
import { withProgress } from '../../_http/progress.ts'
import { asked, created, json } from '../../_http/respond.ts'
import { importPrices } from '../../_operations/csv.ts'

export const POST = handle(importPrices, ({ request, principal, query: { reason, ...answers } }) =>
  withProgress<ImportProgress>(request, async (onProgress) => {
    const read = await previewCsv(principal, readUpload(request), reason, { answers, onProgress })
    if ('questions' in read) return asked(read.questions)
    const edit = read.edit ?? read.sales[0]?.edit
    if (edit) return created(read, `/api/admin/bulk-edits/${edit.id}`)
    return json(read, read.costs > 0 ? 200 : 422)
  }),
)
