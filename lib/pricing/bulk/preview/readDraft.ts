/** Checks a sent draft: each value by the contract, then the values that depend on each other. */
import type { z } from 'zod'
import { issuesOf } from '../../changeRequest.ts'
import { type Draft, draft as draftSchema } from '../contract.ts'
import { type BulkEditIssue, BulkEditRefusedError } from '../errors.ts'
import { readSku } from '../../skus/sku.ts'

function contradictions({ selection, rules, cells }: Draft): BulkEditIssue[] {
  const issues: BulkEditIssue[] = []
  const { floorCents, ceilingCents } = rules
  if (floorCents !== undefined && ceilingCents !== undefined && floorCents > ceilingCents)
    issues.push({ field: 'rules.floorCents', message: 'The floor is above the ceiling.' })
  const { minCents, maxCents, changedAfter, changedBefore, skus = [] } = selection
  if (minCents !== undefined && maxCents !== undefined && minCents > maxCents)
    issues.push({ field: 'selection.minCents', message: 'The lowest price is above the highest.' })
  if (
    changedAfter !== undefined &&
    changedBefore !== undefined &&
    Date.parse(changedAfter) >= Date.parse(changedBefore)
  ) {
    issues.push({ field: 'selection.changedAfter', message: 'Nothing changed both after and before these times.' })
  }
  for (const [i, sku] of skus.entries()) {
    const read = readSku(sku)
    if (!read.ok) issues.push({ field: `selection.skus[${i}]`, message: read.message })
  }
  const seen = new Set<number>()
  for (const [i, { productId, amountCents, compareAtCents }] of cells.entries()) {
    if (seen.has(productId))
      issues.push({ field: `cells[${i}].productId`, productId, message: `Product ${productId} is listed twice.` })
    seen.add(productId)
    if (amountCents === undefined && compareAtCents === undefined)
      issues.push({ field: `cells[${i}]`, productId, message: 'This cell states nothing.' })
  }
  return issues
}

/** @throws {BulkEditRefusedError} naming every field that is wrong */
export function readDraft(sent: z.input<typeof draftSchema>): Draft {
  const result = draftSchema.safeParse(sent)
  const issues: BulkEditIssue[] = result.success ? contradictions(result.data) : issuesOf(result.error, sent)
  if (!result.success || issues.length > 0) throw new BulkEditRefusedError(issues)
  return result.data
}
