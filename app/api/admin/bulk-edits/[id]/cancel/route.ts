import { cancelBulkEdit } from '#lib/pricing/bulk/preview/approveBulkEdit.ts'
import { handle } from '../../../_http/handle.ts'
import { json } from '../../../_http/respond.ts'
import { cancel } from '../../../_operations/bulkEdits.ts'

export const POST = handle(cancel, async ({ principal, params }) => json(await cancelBulkEdit(principal, params.id)))
