import { bulkEdits } from '#lib/pricing/bulk/bulkEdits.ts'
import { createBulkEdit } from '#lib/pricing/bulk/preview/previewBulkEdit.ts'
import { handle } from '../_http/handle.ts'
import { created, json } from '../_http/respond.ts'
import { listBulkEdits, previewBulkEdit } from '../_operations/bulkEdits.ts'

export const GET = handle(listBulkEdits, async ({ principal, query }) => json(await bulkEdits(principal, query)))

export const POST = handle(previewBulkEdit, async ({ principal, body }) => {
  const edit = await createBulkEdit(principal, body, principal.kind === 'session' ? 'editor' : 'api')
  return created(edit, `/api/admin/bulk-edits/${edit.id}`)
})
