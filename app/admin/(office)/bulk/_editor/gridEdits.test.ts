import { describe, expect, test } from 'vitest'
import type { GridRow } from '#lib/pricing/bulk/contract.ts'
import { type CellEdits, execute } from '../_grid/cellEdits.ts'
import type { Block } from '../_grid/cellSelection.ts'
import { NEW_COMPARE_AT, NEW_PRICE } from './columnIds.ts'
import { readCell } from './readCell.ts'
import { cellText, clearCommand, copyText, fillCommand, type GridRows, plainText } from './gridEdits.ts'

const COLUMNS = ['included', 'product', 'brand', 'price', 'compareAt', NEW_PRICE, NEW_COMPARE_AT]
const [PRICE, COMPARE_AT] = [5, 6]

function product(productId: number): GridRow {
  return {
    productId,
    sku: `SKU-${productId}`,
    slug: `product-${productId}`,
    name: `Product ${productId}`,
    brand: 'Nord',
    status: 'active',
    amountCents: 1000 + productId,
    compareAtCents: productId % 2 === 0 ? 2000 : null,
    currency: 'EUR',
    version: 1,
    versionUpdatedAt: '2026-11-21T00:00:00.000Z',
    costCents: null,
  }
}

/** Products 1, 2, 3 ... by row, without those that have not come yet. */
function rowsOf(total: number, missing: readonly number[] = []): GridRows {
  return {
    total,
    row: (index) => (index < 0 || index >= total || missing.includes(index) ? undefined : product(index + 1)),
  }
}

function block(top: number, bottom: number, left = PRICE, right = left): Block {
  return { top, bottom, left, right }
}

function shown(edits: CellEdits): object {
  return Object.fromEntries(edits)
}

const NONE: CellEdits = new Map()
const rows = rowsOf(4)

describe('an open cell', () => {
  test('opens with what was typed, else with what the rules make of it, and reads back as the same', () => {
    const edits: CellEdits = new Map([[2, { amountCents: 1290, compareAtCents: null }]])
    const becomes = { amountCents: 900, compareAtCents: 1002 }
    expect(cellText(COLUMNS, PRICE, product(2), edits, becomes)).toBe('12.90')
    expect(cellText(COLUMNS, COMPARE_AT, product(2), edits, becomes)).toBe('none')
    expect(readCell('compareAtCents', 'none')).toEqual({ value: null })
    expect(cellText(COLUMNS, PRICE, product(2), NONE, becomes)).toBe('9.00')
    expect(cellText(COLUMNS, COMPARE_AT, product(2), NONE, { ...becomes, compareAtCents: null })).toBe('none')
  })

  test('exists in the two columns of new prices only, in any order of the columns', () => {
    expect(COLUMNS.map((_id, column) => cellText(COLUMNS, column, product(1), NONE, product(1)) !== undefined)).toEqual(
      [false, false, false, false, false, true, true],
    )
    expect(cellText([NEW_PRICE], 0, product(1), NONE, product(1))).toBe('10.01')
  })
})

describe('clearing', () => {
  test('goes back to the rules in the block, and leaves what is beside it', () => {
    const edits: CellEdits = new Map([
      [1, { amountCents: 1, compareAtCents: 9 }],
      [2, { amountCents: 2 }],
      [3, { amountCents: 3 }],
    ])
    const command = clearCommand(rows, COLUMNS, block(0, 1), edits)
    expect(command && shown(execute(edits, command))).toEqual({ 1: { compareAtCents: 9 }, 3: { amountCents: 3 } })
  })

  test('of cells without a typed text is no act', () => {
    expect(clearCommand(rows, COLUMNS, block(0, 3, 0, COMPARE_AT), NONE)).toBeUndefined()
  })
})

describe('filling down', () => {
  const edits: CellEdits = new Map([
    [1, { amountCents: 777, compareAtCents: null }],
    [3, { amountCents: 5 }],
  ])

  test('writes the first row of the block into those below it, column by column', () => {
    const command = fillCommand(rows, COLUMNS, block(0, 2, PRICE, COMPARE_AT), edits)
    expect(command && shown(execute(edits, command))).toEqual(
      Object.fromEntries([1, 2, 3].map((id) => [id, { amountCents: 777, compareAtCents: null }])),
    )
  })

  test('of a single row takes what is above it, as a spreadsheet does', () => {
    const command = fillCommand(rows, COLUMNS, block(1, 1), edits)
    expect(command?.changes).toEqual([{ productId: 2, field: 'amountCents', before: undefined, after: 777 }])
    expect(fillCommand(rows, COLUMNS, block(0, 0), edits)).toBeUndefined()
  })

  test('of a cell that follows the rules leaves those below as they are', () => {
    expect(fillCommand(rows, COLUMNS, block(1, 2), edits)).toBeUndefined()
  })

  test('does nothing to the columns that are only read, nor while the first row has not come', () => {
    expect(fillCommand(rows, COLUMNS, block(0, 3, 0, 4), edits)).toBeUndefined()
    expect(fillCommand(rowsOf(4, [0]), COLUMNS, block(0, 3), edits)).toBeUndefined()
  })
})

describe('copying', () => {
  const textOf = (row: GridRow, column: number) =>
    cellText(COLUMNS, column, row, NONE, row) ?? plainText(COLUMNS, column, row)

  test('gives what a spreadsheet reads: a row a line, prices without a sign of currency', () => {
    expect(copyText(rows, block(0, 1, 1, COMPARE_AT), textOf)).toBe(
      'Product 1\tNord\t10.01\t\t10.01\tnone\nProduct 2\tNord\t10.02\t20.00\t10.02\t20.00\n',
    )
    expect(copyText(rows, block(2, 2, 0), textOf)).toBe('SKU-3\n')
  })

  test('is refused while a row of the block has not come: half a block would look like the whole', () => {
    expect(copyText(rowsOf(4, [2]), block(0, 3), textOf)).toBeUndefined()
    expect(copyText(rowsOf(4, [2]), block(0, 1), textOf)).toBeDefined()
  })
})
