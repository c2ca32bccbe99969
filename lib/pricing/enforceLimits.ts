/** The limits of `limits.ts`, kept for changes that are made at once, without a preview. */
import type { Principal } from '#lib/access/principal.ts'
import type { Confirmation } from './bulk/contract.ts'
import { ConfirmationNeededError, type PriceChangeIssue, PriceLimitError } from './errors.ts'
import { type Authority, authorityOf, type Crossing, crossingsOf, decide } from './limits.ts'
import type { PlannedChange } from './planChanges.ts'

const WAY_OUT = 'Ask an administrator to do it, or preview it as a bulk edit that an administrator approves.'

function limitOf(guard: Crossing['guard'], { role, limits }: Authority): string {
  return guard === 'large-change'
    ? `The role ${role} may change a price by at most ${limits.percent} %.`
    : `The role ${role} may not go below this floor.`
}

/**
 * @param plan of rows that are locked: what a price is now is what it moves from
 * @param said the phrases by which the caller confirms
 * @returns what was confirmed
 * @throws {PriceLimitError} naming each change that goes further than the role may
 * @throws {ConfirmationNeededError} naming each phrase that is missing
 */
export function enforceLimits(
  principal: Principal,
  plan: readonly PlannedChange[],
  said: readonly string[],
): readonly Confirmation[] {
  const authority = authorityOf(principal)
  const rows = plan.flatMap((step, i) => {
    if (step.action !== 'update') return []
    const { baseAmountMinor: oldMinor, usualMinor, currency } = step.row
    const move = { oldMinor, newMinor: step.amountMinor, usualMinor, currency }
    return [
      {
        field: `changes[${i}].amountMinor`,
        productId: step.row.productId,
        ...move,
        crossings: crossingsOf(move, authority.limits),
      },
    ]
  })
  const crossing = (guard: Crossing['guard']) =>
    rows.filter(({ crossings }) => crossings.some((one) => one.guard === guard)).length
  const decision = decide(
    { changed: rows.length, large: crossing('large-change'), belowFloor: crossing('below-floor') },
    authority,
    said,
  )
  if (decision.kind === 'allowed') return decision.confirmed
  const crossed = rows.filter(({ crossings }) => crossings.length > 0)
  if (decision.kind === 'refused') {
    throw new PriceLimitError(
      authority.role,
      crossed.map(({ field, productId, crossings }): PriceChangeIssue => ({
        field,
        productId,
        message: [
          ...crossings.slice(0, 1).map(({ guard, message }) => `${message} ${limitOf(guard, authority)}`),
          WAY_OUT,
        ].join(' '),
      })),
    )
  }
  throw new ConfirmationNeededError(
    decision.missing,
    crossed.map(({ field, productId, oldMinor, newMinor, crossings }) => ({
      field,
      productId,
      oldMinor,
      newMinor,
      message: crossings.map(({ message }) => message).join(' '),
    })),
  )
}
