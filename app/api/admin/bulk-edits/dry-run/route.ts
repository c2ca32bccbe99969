import { dryRun } from '#lib/pricing/bulk/preview/previewBulkEdit.ts'
import { handle } from '../../_http/handle.ts'
import { json } from '../../_http/respond.ts'
import { dryRunBulkEdit } from '../../_operations/bulkEdits.ts'

export const POST = handle(dryRunBulkEdit, async ({ principal, body }) => json(await dryRun(principal, body)))
