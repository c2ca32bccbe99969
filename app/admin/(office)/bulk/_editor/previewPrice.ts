import { newPrice, type NewPrice } from '#lib/pricing/bulk/preview/applyRules.ts'
import type { GridRow } from '#lib/pricing/bulk/contract.ts'
import { NO_RULES, readRules } from '../_lib/rulesForm.ts'
import type { EditorValues } from './EditorContext.ts'

const KEEP = readRules(NO_RULES).rules

/** The price that a row will have, by the function that the preview uses: the grid shows no other price than the preview will. */
export function previewPrice(
  row: GridRow,
  { rules, edits }: Pick<EditorValues, 'rules' | 'edits'>,
): NewPrice | undefined {
  const applied = rules ?? KEEP
  if (!applied) return undefined
  const { amountCents, compareAtCents, currency } = edits.get(row.productId) ?? {}
  return newPrice(row, applied, {
    ...(amountCents !== undefined && { amountCents }),
    ...(compareAtCents !== undefined && { compareAtCents }),
    ...(currency !== undefined && { currency }),
  })
}
