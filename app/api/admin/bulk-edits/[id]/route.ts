import { bulkEdit } from '#lib/pricing/bulk/bulkEdits.ts'
import { rePreviewBulkEdit } from '#lib/pricing/bulk/preview/previewBulkEdit.ts'
import { handle } from '../../_http/handle.ts'
import { json } from '../../_http/respond.ts'
import { readBulkEdit, rewriteBulkEdit } from '../../_operations/bulkEdits.ts'

export const GET = handle(readBulkEdit, async ({ principal, params }) => json(await bulkEdit(principal, params.id)))

export const PUT = handle(rewriteBulkEdit, async ({ principal, params, body }) =>
  json(await rePreviewBulkEdit(principal, params.id, body)),
)
