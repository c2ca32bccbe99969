import { setCosts } from '#lib/pricing/costs.ts'
import { handle } from '../_http/handle.ts'
import { json } from '../_http/respond.ts'
import { replaceCosts } from '../_operations/costs.ts'

export const PUT = handle(replaceCosts, async ({ principal, body }) => json(await setCosts(principal, body.costs)))
