import { type Dispatch, useEffect, useRef, useState } from 'react'
import type { GridRow, Selection } from '#lib/pricing/bulk/contract.ts'
import { type CellEdits, commandFor, type EditCommand } from '../_grid/cellEdits.ts'
import type { Block, Position } from '../_grid/cellSelection.ts'
import type { GridActions } from '../_grid/gridActions.ts'
import type { RowPages } from '../_grid/rowPages.ts'
import { previewPrice } from './previewPrice.ts'
import type { DraftAction } from './draftState.ts'
import type { EditorValues } from './EditorContext.ts'
import { cellText, clearCommand, type ColumnIds, copyText, fillCommand, markKey, plainText } from './gridEdits.ts'
import { fieldAt } from './columnIds.ts'
import type { CellMark } from './pastePlan.ts'
import { readCell } from './readCell.ts'
import { usePaste } from './usePaste.ts'

const NOTHING_FILLED = 'Nothing to fill down: type a price into the first of these rows.'

interface Options {
  readonly pages: RowPages<GridRow>
  readonly columns: ColumnIds
  readonly values: Omit<EditorValues, 'marks'>
  /** The contents of the grid. */
  readonly selection: Selection
  readonly dispatch: Dispatch<DraftAction>
}

function rowsIn(pages: RowPages<GridRow>, block: Block): GridRow[] {
  const rows: GridRow[] = []
  for (let index = block.top; index <= block.bottom; index++) {
    const row = pages.row(index)
    if (row) rows.push(row)
  }
  return rows
}

interface EditorGrid {
  readonly actions: GridActions
  readonly said: string
  readonly say: (words: string) => void
  readonly marks: ReadonlyMap<string, CellMark>
}

/** The acts of the grid, and what the last paste could not read. */
export function useEditorGrid({ pages, columns, values, selection, dispatch }: Options): EditorGrid {
  const [said, setSaid] = useState('')
  const rows = { total: pages.total ?? 0, row: (index: number) => pages.row(index) }
  const textOf = (row: GridRow, column: number) => {
    const price = previewPrice(row, values)
    return (
      cellText(columns, column, row, values.edits, price?.outcome === 'price' ? price : row) ??
      plainText(columns, column, row)
    )
  }
  // An act that waits for rows must not undo, in its command, what was typed while it waited.
  const latest = useRef(values.edits)
  useEffect(() => {
    latest.current = values.edits
  }, [values.edits])

  const { paste, marks, unmark, unmarkAll } = usePaste({
    rows,
    columns,
    selection,
    latest,
    dispatch,
    ensure: (from, to) => pages.ensure(from, to),
    say: setSaid,
  })
  const run = (command: EditCommand | undefined) => {
    if (!command) return command
    dispatch({ kind: 'run', command })
    unmark(command)
    return command
  }

  /** Rows of a large block may not have been looked at yet. @returns what there is to say, if anything */
  async function withRows(block: Block, act: (edits: CellEdits) => string | void): Promise<void> {
    if (rowsIn(pages, block).length <= block.bottom - block.top) setSaid('Loading the rows of this block…')
    await pages.ensure(block.top, block.bottom)
    setSaid(act(latest.current) ?? '')
  }

  const failed = () => setSaid('Some rows could not be loaded: nothing was changed. Try again.')

  function copy(block: Block): string | undefined {
    const text = copyText(rows, block, textOf)
    // A browser takes what is copied at once, or not at all.
    if (text === undefined)
      void withRows(block, () => 'The rows of this block have come: copy them once more.').catch(failed)
    return text
  }

  return {
    said,
    say: setSaid,
    marks,
    actions: {
      editText: ({ row, column }: Position) => {
        const found = rows.row(row)
        const field = fieldAt(columns, column)
        if (!found || !field) return undefined
        return marks.get(markKey(found.productId, field))?.text ?? textOf(found, column)
      },
      commit: ({ row, column }: Position, text: string) => {
        const found = rows.row(row)
        const field = fieldAt(columns, column)
        if (!found || !field) return undefined
        const read = readCell(field, text, found)
        if ('error' in read) return read.error
        // A price that the rules give already needs no cell of its own.
        if (text === textOf(found, column) && values.edits.get(found.productId)?.[field] === undefined) return undefined
        const { productId, currency } = found
        run(commandFor('edit', values.edits, [{ productId, field, value: read.value, currency }]))
        return undefined
      },
      clear: (block) =>
        void withRows(block, (edits) => {
          run(clearCommand(rows, columns, block, edits))
        }).catch(failed),
      fillDown: (block) =>
        void withRows(block, (edits) =>
          run(fillCommand(rows, columns, block, edits)) ? undefined : NOTHING_FILLED,
        ).catch(failed),
      toggle: (block) =>
        void withRows(block, () => {
          dispatch({ kind: 'toggle', productIds: rowsIn(pages, block).map(({ productId }) => productId) })
        }).catch(failed),
      paste: (block, text) => void paste(block, text).catch(failed),
      copy,
      undo: () => {
        unmarkAll()
        dispatch({ kind: 'undo' })
      },
      redo: () => dispatch({ kind: 'redo' }),
    },
  }
}
