import type { Block, Position } from './cellSelection.ts'

/** Actions of the keys and the clipboard on the rows of a grid. A key whose action is absent does nothing. */
export interface GridActions {
  /** The text with which a cell opens. undefined: it cannot be edited. */
  readonly editText?: (position: Position) => string | undefined
  /** Enter, or pressing twice, on a cell that cannot be edited. */
  readonly open?: (position: Position) => void
  /** @returns what is wrong with the text; the cell stays open then */
  readonly commit?: (position: Position, text: string) => string | undefined
  readonly clear?: (block: Block) => void
  readonly fillDown?: (block: Block) => void
  readonly toggle?: (block: Block) => void
  readonly paste?: (block: Block, text: string) => void
  /** @returns undefined while some of the rows are not there */
  readonly copy?: (block: Block) => string | undefined
  readonly undo?: () => void
  readonly redo?: () => void
}
