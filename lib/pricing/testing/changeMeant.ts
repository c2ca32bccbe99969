import type { Principal } from '#lib/access/principal.ts'
import { changePrices, type PriceChangeOutcome } from '../changePrices.ts'
import type { PriceChangeRequest } from '../changeRequest.ts'
import { ConfirmationNeededError } from '../errors.ts'
import { person } from './principals.ts'

/** An administrator, by the name that the history shows. */
export const ANA: Principal = { ...person('admin'), actor: 'ana@example.com', email: 'ana@example.com' }

/** Changes prices and confirms each question. For tests in which the size of a change does not matter. */
export async function changeMeant(
  request: PriceChangeRequest,
  principal: Principal = ANA,
): Promise<PriceChangeOutcome> {
  try {
    return await changePrices(principal, request)
  } catch (error) {
    if (!(error instanceof ConfirmationNeededError)) throw error
    return changePrices(principal, { ...request, confirmations: error.confirmations.map(({ phrase }) => phrase) })
  }
}
