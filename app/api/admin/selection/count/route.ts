import { countSelection, unknownSkus } from '#lib/pricing/bulk/selection/selection.ts'
import { handle } from '../../_http/handle.ts'
import { json } from '../../_http/respond.ts'
import { searchSelectionCount } from '../../_operations/selection.ts'

export const POST = handle(searchSelectionCount, async ({ principal, body: { selection } }) => {
  const [count, unknown] = await Promise.all([
    countSelection(principal, selection),
    unknownSkus(principal, selection.skus ?? []),
  ])
  return json({ count, unknownSkus: unknown })
})
