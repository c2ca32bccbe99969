import { requirePermission } from '#lib/auth/requirePermission.ts'
import { apiOutcome, readApiChanges } from '#lib/pricing/apiChanges.ts'
import { changePrices } from '#lib/pricing/changePrices.ts'
import { readJson } from '../_http/readJson.ts'
import { failed, json } from '../_http/respond.ts'

/** 500 changes with every field take less than 100 KB. */
const MAX_BODY_BYTES = 256 * 1024

/**
 * Changes prices: `{"changes":[{"productId","amountCents","expectedVersion"?}],"reason","confirmations"?}`.
 * @returns 200 with the state and a result for each row; 409 when no row was changed because each was at another version
 */
export async function POST(request: Request): Promise<Response> {
  try {
    const editor = await requirePermission(request, 'prices:write')
    const { changes, reason, confirmations } = readApiChanges(await readJson(request, MAX_BODY_BYTES))
    const outcome = await changePrices(editor, { changes, reason, confirmations, source: 'api' })
    const nothingDone = outcome.results.every(({ status }) => status === 'conflict')
    return json(apiOutcome(outcome), nothingDone ? 409 : 200)
  } catch (error) {
    return failed(error)
  }
}
