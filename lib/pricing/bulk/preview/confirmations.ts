/** The phrases to type before a bulk edit is approved, and the roles that may type them: limits.ts decides, from the counts of the preview. */
import { MissingPermissionError } from '#lib/access/errors.ts'
import type { BulkLimits } from '#lib/access/permissions.ts'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { authorityOf, confirmationsOf, decide, type EditCounts } from '../../limits.ts'
import type { Confirmation, PreviewSummary } from '../contract.ts'
import { BulkEditRefusedError } from '../errors.ts'

type Counts = Pick<PreviewSummary, 'changed' | 'beyond' | 'belowFloor'> & Partial<Pick<PreviewSummary, 'doubts'>>

/** A preview that did not count at this percentage is taken for beyond it in every row. */
function countsFor({ changed, beyond, belowFloor, doubts = [] }: Counts, limits: BulkLimits): EditCounts {
  const large = beyond.find(({ percent }) => percent === limits.percent)?.rows ?? changed
  return { changed, large, belowFloor, doubts }
}

/** @param limits of the approver */
export function confirmationsFor(counts: Counts, limits: BulkLimits): Confirmation[] {
  return confirmationsOf(countsFor(counts, limits), limits)
}

/**
 * Lets the approval through, or says what is missing.
 * @param typed what was typed, in any order
 * @throws {MissingPermissionError} when the role may not approve, or not beyond its limits
 * @throws {BulkEditRefusedError} naming each text that must be typed
 */
export function checkApproval(principal: Principal, summary: Counts, typed: readonly string[]): void {
  assertMay(principal, 'bulk:approve')
  const authority = authorityOf(principal)
  const decision = decide(countsFor(summary, authority.limits), authority, typed)
  if (decision.kind === 'refused') {
    const error = new MissingPermissionError(principal.role, 'bulk:large')
    error.message = `This goes beyond the limits of your role: ${decision.beyond.map(({ phrase }) => phrase).join('; ')}. ${error.message}`
    throw error
  }
  if (decision.kind === 'confirm')
    throw new BulkEditRefusedError(
      decision.missing.map(({ phrase }) => ({ field: 'confirmations', message: `Type "${phrase}" to confirm.` })),
    )
}
