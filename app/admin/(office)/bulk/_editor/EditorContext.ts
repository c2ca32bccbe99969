import { createContext, useContext } from 'react'
import type { Rules } from '#lib/pricing/bulk/contract.ts'
import type { CellEdits } from '../_grid/cellEdits.ts'
import type { CellMark } from './pastePlan.ts'

/** Values that the cells of the grid show beside the row itself. */
export interface EditorValues {
  /** Undefined while a field of the panel is wrong. */
  readonly rules: Rules | undefined
  readonly edits: CellEdits
  readonly removed: ReadonlySet<number>
  readonly toggle: (productId: number) => void
  /** Cells into which something was pasted that could not be read, by `markKey`. */
  readonly marks: ReadonlyMap<string, CellMark>
}

export const EditorContext = createContext<EditorValues>({
  rules: undefined,
  edits: new Map(),
  removed: new Set(),
  toggle: () => undefined,
  marks: new Map(),
})

export function useEditorValues(): EditorValues {
  return useContext(EditorContext)
}
