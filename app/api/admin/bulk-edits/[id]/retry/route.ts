import { retryConflicts } from '#lib/pricing/bulk/apply/retryConflicts.ts'
import { handle } from '../../../_http/handle.ts'
import { created } from '../../../_http/respond.ts'
import { retry } from '../../../_operations/bulkEdits.ts'

export const POST = handle(retry, async ({ principal, params, body }) => {
  const edit = await retryConflicts(principal, params.id, body)
  return created(edit, `/api/admin/bulk-edits/${edit.id}`)
})
