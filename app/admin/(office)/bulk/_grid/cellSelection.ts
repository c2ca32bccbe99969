/** The selected cells of the grid, and the way of each key. Rows and columns count from 0. */

export interface Position {
  readonly row: number
  readonly column: number
}

/** A block of cells between the one where the selection began and the one that has the focus. */
export interface CellSelection {
  readonly anchor: Position
  readonly focus: Position
}

export interface GridSize {
  readonly rows: number
  readonly columns: number
}

/** Both edges are inside. */
export interface Block {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

export type Move =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'row-start'
  | 'row-end'
  | 'first'
  | 'last'
  | 'column-start'
  | 'column-end'
  /** To the right, and from the end of a row to the next one. */
  | 'next'
  | 'previous'

export function at(row: number, column: number): CellSelection {
  return { anchor: { row, column }, focus: { row, column } }
}

function clamp(value: number, size: number): number {
  return Math.max(0, Math.min(value, size - 1))
}

function wrapped({ row, column }: Position, step: 1 | -1, { rows, columns }: GridSize): Position {
  const index = row * columns + column + step
  if (index < 0 || index >= rows * columns) return { row, column }
  return { row: Math.floor(index / columns), column: index % columns }
}

function target(from: Position, move: Move, size: GridSize, pageRows: number): Position {
  const { row, column } = from
  switch (move) {
    case 'up':
      return { row: row - 1, column }
    case 'down':
      return { row: row + 1, column }
    case 'left':
      return { row, column: column - 1 }
    case 'right':
      return { row, column: column + 1 }
    case 'page-up':
      return { row: row - pageRows, column }
    case 'page-down':
      return { row: row + pageRows, column }
    case 'row-start':
      return { row, column: 0 }
    case 'row-end':
      return { row, column: size.columns - 1 }
    case 'first':
      return { row: 0, column: 0 }
    case 'last':
      return { row: size.rows - 1, column: size.columns - 1 }
    case 'column-start':
      return { row: 0, column }
    case 'column-end':
      return { row: size.rows - 1, column }
    case 'next':
      return wrapped(from, 1, size)
    case 'previous':
      return wrapped(from, -1, size)
  }
}

/**
 * The selection after a key. It never leaves the grid.
 * @param extend keeps the anchor, so that the block grows
 * @param pageRows how many rows a page key passes
 */
export function moved(
  selection: CellSelection,
  move: Move,
  size: GridSize,
  { extend = false, pageRows = 10 } = {},
): CellSelection {
  const { row, column } = target(selection.focus, move, size, pageRows)
  const focus = { row: clamp(row, size.rows), column: clamp(column, size.columns) }
  return extend ? { anchor: selection.anchor, focus } : { anchor: focus, focus }
}

export function blockOf({ anchor, focus }: CellSelection): Block {
  return {
    top: Math.min(anchor.row, focus.row),
    bottom: Math.max(anchor.row, focus.row),
    left: Math.min(anchor.column, focus.column),
    right: Math.max(anchor.column, focus.column),
  }
}

export function inBlock({ top, bottom, left, right }: Block, { row, column }: Position): boolean {
  return row >= top && row <= bottom && column >= left && column <= right
}

/** The same selection in a grid that has become smaller. */
export function fitted({ anchor, focus }: CellSelection, size: GridSize): CellSelection {
  const fit = ({ row, column }: Position) => ({ row: clamp(row, size.rows), column: clamp(column, size.columns) })
  return { anchor: fit(anchor), focus: fit(focus) }
}
