import { type Dispatch, useState } from 'react'
import type { GridRow } from '#lib/pricing/bulk/contract.ts'
import { commandFor } from '../_grid/cellEdits.ts'
import type { Block, Position } from '../_grid/cellSelection.ts'
import type { GridActions } from '../_grid/gridActions.ts'
import type { RowPages } from '../_grid/rowPages.ts'
import { becomes } from './becomes.ts'
import type { DraftAction } from './draftState.ts'
import type { EditorValues } from './EditorContext.ts'
import { cellText, clearCommand, type ColumnIds, copyText, fillCommand, pasteCommand, plainText, readCell } from './gridEdits.ts'
import { NEW_COMPARE_AT, NEW_PRICE } from './editorColumns.tsx'

const MAX_TOLD = 5

interface Options {
  readonly pages: RowPages<GridRow>
  readonly columns: ColumnIds
  readonly values: EditorValues
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

/** The acts of the grid, and what the last paste could not read. */
export function useEditorGrid({ pages, columns, values, dispatch }: Options): { actions: GridActions; said: string } {
  const [said, setSaid] = useState('')
  const rows = { total: pages.total ?? 0, row: (index: number) => pages.row(index) }
  const textOf = (row: GridRow, column: number) => {
    const price = becomes(row, values)
    return cellText(columns, column, row, values.edits, price?.outcome === 'price' ? price : row) ?? plainText(columns, column, row)
  }
  const run = (command: ReturnType<typeof commandFor>) => {
    if (command) dispatch({ kind: 'run', command })
  }

  /** Rows of a large block may not have been looked at yet. */
  async function paste(block: Block, text: string): Promise<void> {
    const height = text.replace(/\r?\n$/, '').split('\n').length
    await pages.ensure(block.top, Math.min(rows.total, block.top + Math.max(height, block.bottom - block.top + 1)) - 1)
    const { command, errors } = pasteCommand(rows, columns, block, text, values.edits)
    run(command)
    const cells = `${command?.changes.length ?? 0} cells pasted.`
    setSaid(errors.length === 0 ? cells : `${cells} ${errors.length} could not be read: ${errors.slice(0, MAX_TOLD).join(' ')}`)
  }

  async function withRows(block: Block, act: () => void): Promise<void> {
    await pages.ensure(block.top, block.bottom)
    act()
  }

  const failed = () => setSaid('Some rows could not be loaded: nothing was changed. Try again.')
  return {
    said,
    actions: {
      editText: ({ row, column }: Position) => {
        const found = rows.row(row)
        const id = columns[column]
        return found && (id === NEW_PRICE || id === NEW_COMPARE_AT) ? textOf(found, column) : undefined
      },
      commit: ({ row, column }: Position, text: string) => {
        const found = rows.row(row)
        const field = columns[column] === NEW_PRICE ? 'amountCents' : 'compareAtCents'
        if (!found) return undefined
        const read = readCell(field, text)
        if ('error' in read) return read.error
        // What the rules say already is no cell of its own.
        if (text === textOf(found, column) && values.edits.get(found.productId)?.[field] === undefined) return undefined
        run(commandFor('edit', values.edits, [{ productId: found.productId, field, value: read.value }]))
        return undefined
      },
      clear: (block) => void withRows(block, () => run(clearCommand(rows, columns, block, values.edits))).catch(failed),
      fillDown: (block) => void withRows(block, () => run(fillCommand(rows, columns, block, values.edits))).catch(failed),
      toggle: (block) =>
        void withRows(block, () => dispatch({ kind: 'toggle', productIds: rowsIn(pages, block).map(({ productId }) => productId) })).catch(failed),
      paste: (block, text) => void paste(block, text).catch(failed),
      copy: (block) => copyText(rows, block, textOf),
      undo: () => dispatch({ kind: 'undo' }),
      redo: () => dispatch({ kind: 'redo' }),
    },
  }
}
