import { selectionRows } from '#lib/pricing/bulk/selection/selection.ts'
import { handle } from '../../_http/handle.ts'
import { json } from '../../_http/respond.ts'
import { searchSelectionRows } from '../../_operations/selection.ts'

export const POST = handle(searchSelectionRows, async ({ principal, body }) =>
  json(await selectionRows(principal, body)),
)
