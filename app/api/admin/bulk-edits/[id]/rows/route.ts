import { bulkEditRows } from '#lib/pricing/bulk/bulkEdits.ts'
import { handle } from '../../../_http/handle.ts'
import { json } from '../../../_http/respond.ts'
import { listBulkEditRows } from '../../../_operations/bulkEdits.ts'

export const GET = handle(listBulkEditRows, async ({ principal, params, query }) =>
  json(await bulkEditRows(principal, params.id, query)),
)
