import { bulkEdit } from '#lib/pricing/bulk/bulkEdits.ts'
import { watchBulkEdit } from '#lib/pricing/bulk/apply/watchBulkEdit.ts'
import { eventStream, named } from '../../../_http/eventStream.ts'
import { handle } from '../../../_http/handle.ts'
import { watch } from '../../../_operations/bulkEdits.ts'

export const GET = handle(watch, async ({ request, principal, params }) => {
  await bulkEdit(principal, params.id)
  return eventStream(request, 'bulk:read', (signal) => named('edit', watchBulkEdit(principal, params.id, signal)))
})
