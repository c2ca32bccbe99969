/** What must be typed before an edit is approved, and who may type it. */
import { MissingPermissionError } from '#lib/access/errors.ts'
import { type BulkLimits, bulkLimitsOf } from '#lib/access/permissions.ts'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import type { Confirmation, PreviewSummary } from '../contract.ts'
import { BulkEditRefusedError } from '../errors.ts'

type Counts = Pick<PreviewSummary, 'changed' | 'beyond' | 'belowFloor'>

function prices(rows: number): string {
  return rows === 1 ? '1 price' : `${rows} prices`
}

/** @param limits of whoever is to approve */
export function confirmationsOf({ changed, beyond, belowFloor }: Counts, limits: BulkLimits): Confirmation[] {
  const large = beyond.find(({ percent }) => percent === limits.percent)?.rows ?? changed
  const all: Confirmation[] = []
  if (changed > limits.rows) all.push({ kind: 'many-rows', rows: changed, phrase: `change ${prices(changed)}` })
  if (large > 0)
    all.push({
      kind: 'large-change',
      rows: large,
      phrase: `change ${prices(large)} by more than ${limits.percent} percent`,
    })
  if (belowFloor > 0)
    all.push({ kind: 'below-floor', rows: belowFloor, phrase: `set ${prices(belowFloor)} below the floor` })
  return all
}

/**
 * Lets the approval through, or says what is missing.
 * @param typed what was typed, in any order
 * @throws {MissingPermissionError} when the role may not approve, or not beyond its limits
 * @throws {BulkEditRefusedError} naming each text that must be typed
 */
export function checkApproval(principal: Principal, summary: Counts, typed: readonly string[]): void {
  assertMay(principal, 'bulk:approve')
  const needed = confirmationsOf(summary, bulkLimitsOf(principal.role))
  if (needed.length === 0) return
  if (!principal.permissions.includes('bulk:large')) {
    const error = new MissingPermissionError(principal.role, 'bulk:large')
    error.message = `This goes beyond the limits of your role: ${needed.map(({ phrase }) => phrase).join('; ')}. ${error.message}`
    throw error
  }
  const said = new Set(typed.map((text) => text.trim()))
  const missing = needed.filter(({ phrase }) => !said.has(phrase))
  if (missing.length > 0)
    throw new BulkEditRefusedError(
      missing.map(({ phrase }) => ({ field: 'confirmations', message: `Type "${phrase}" to confirm.` })),
    )
}
