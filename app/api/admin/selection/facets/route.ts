import { selectionFacets } from '#lib/pricing/bulk/selection/selectionFacets.ts'
import { handle } from '../../_http/handle.ts'
import { json } from '../../_http/respond.ts'
import { readFacets } from '../../_operations/selection.ts'

export const GET = handle(readFacets, async ({ principal }) => json(await selectionFacets(principal)))
