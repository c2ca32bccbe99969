import { undoBulkEdit } from '#lib/pricing/bulk/apply/followUps.ts'
import { handle } from '../../../_http/handle.ts'
import { created } from '../../../_http/respond.ts'
import { undo } from '../../../_operations/bulkEdits.ts'

export const POST = handle(undo, async ({ principal, params }) => {
  const edit = await undoBulkEdit(principal, params.id)
  return created(edit, `/api/admin/bulk-edits/${edit.id}`)
})
