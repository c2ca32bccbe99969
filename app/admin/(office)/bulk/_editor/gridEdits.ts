/** Keys and clipboard as commands on the cells of the grid. */
import type { GridRow } from '#lib/pricing/bulk/contract.ts'
import { amountToInput } from '#lib/money/money.ts'
import { type CellEdits, commandFor, type EditCommand, type Field, type Write } from '../_grid/cellEdits.ts'
import type { Block } from '../_grid/cellSelection.ts'
import { writeBlock } from '../_grid/clipboard.ts'
import { fieldAt } from './columnIds.ts'

export interface GridRows {
  readonly total: number
  readonly row: (index: number) => GridRow | undefined
}

export function markKey(productId: number, field: Field): string {
  return `${productId} ${field}`
}

/** Columns as they are shown now, by place. */
export type ColumnIds = readonly string[]

/** The text with which a cell opens, or is copied. */
export function cellText(
  columns: ColumnIds,
  column: number,
  row: GridRow,
  edits: CellEdits,
  shown: { amountCents: number; compareAtCents: number | null },
): string | undefined {
  const field = fieldAt(columns, column)
  if (!field) return undefined
  const edited = edits.get(row.productId)?.[field]
  const value = edited === undefined ? shown[field] : edited
  return value === null ? 'none' : amountToInput(value, { code: row.currency })
}

export function plainText(columns: ColumnIds, column: number, row: GridRow): string {
  switch (columns[column]) {
    case 'product':
      return row.name
    case 'change':
    case 'margin':
      return ''
    case 'cost':
      return row.costCents === null ? '' : amountToInput(row.costCents, { code: row.currency })
    case 'brand':
      return row.brand
    case 'price':
      return amountToInput(row.amountCents, { code: row.currency })
    case 'compareAt':
      return row.compareAtCents === null ? '' : amountToInput(row.compareAtCents, { code: row.currency })
    default:
      return row.sku
  }
}

function* places(block: Block): Generator<{ row: number; column: number }> {
  for (let row = block.top; row <= block.bottom; row++)
    for (let column = block.left; column <= block.right; column++) yield { row, column }
}

export function clearCommand(
  rows: GridRows,
  columns: ColumnIds,
  block: Block,
  edits: CellEdits,
): EditCommand | undefined {
  const writes = [...places(block)].flatMap(({ row, column }): Write[] => {
    const field = fieldAt(columns, column)
    const found = rows.row(row)
    return field && found ? [{ productId: found.productId, field, value: undefined }] : []
  })
  return commandFor('clear', edits, writes)
}

/**
 * The first row of the block into the rows of its currency below it; a single row takes what is above it, as in a spreadsheet.
 * @returns undefined also where the row that would be copied has no typed text: those below follow the rules as it does
 */
export function fillCommand(
  rows: GridRows,
  columns: ColumnIds,
  block: Block,
  edits: CellEdits,
): EditCommand | undefined {
  const from = block.top === block.bottom ? block.top - 1 : block.top
  const source = rows.row(from)
  if (!source) return undefined
  const writes = [...places({ ...block, top: from + 1 })].flatMap(({ row, column }): Write[] => {
    const field = fieldAt(columns, column)
    const found = rows.row(row)
    const value = field && edits.get(source.productId)?.[field]
    if (!field || !found || value === undefined || found.currency !== source.currency) return []
    return [{ productId: found.productId, field, value, currency: found.currency }]
  })
  return commandFor('fill down', edits, writes)
}

/** @returns undefined while some of the rows are not there */
export function copyText(
  rows: GridRows,
  block: Block,
  textOf: (row: GridRow, column: number) => string,
): string | undefined {
  const lines: string[][] = []
  for (let row = block.top; row <= block.bottom; row++) {
    const found = rows.row(row)
    if (!found) return undefined
    lines.push(Array.from({ length: block.right - block.left + 1 }, (_, i) => textOf(found, block.left + i)))
  }
  return writeBlock(lines)
}
