import { exportEditRows } from '#lib/pricing/bulk/csv/csvExport.ts'
import { csv } from '../../../_http/csv.ts'
import { handle } from '../../../_http/handle.ts'
import { exportBulkEditRows } from '../../../_operations/bulkEdits.ts'

export const GET = handle(exportBulkEditRows, async ({ principal, params }) =>
  csv(await exportEditRows(principal, params.id), `bulk-edit-${params.id}.csv`),
)
