import { approveBulkEdit } from '#lib/pricing/bulk/preview/approveBulkEdit.ts'
import { handle } from '../../../_http/handle.ts'
import { json } from '../../../_http/respond.ts'
import { approve } from '../../../_operations/bulkEdits.ts'

export const POST = handle(approve, async ({ principal, params, body }) => {
  const approval = await approveBulkEdit(principal, params.id, body)
  return json(approval, approval.state === 'queued' ? 202 : 200)
})
