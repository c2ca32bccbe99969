import type { Field } from '../_grid/cellEdits.ts'

/** The columns of the editor's grid that can be typed into. */
export const NEW_PRICE = 'newPrice'
export const NEW_COMPARE_AT = 'newCompareAt'

/** @param columns as they are shown, by place */
export function fieldAt(columns: readonly string[], column: number): Field | undefined {
  const id = columns[column]
  return id === NEW_PRICE ? 'amountCents' : id === NEW_COMPARE_AT ? 'compareAtCents' : undefined
}
