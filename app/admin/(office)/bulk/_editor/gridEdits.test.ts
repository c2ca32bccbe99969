import { describe, expect, test } from 'vitest'
import type { GridRow } from '#lib/pricing/bulk/contract.ts'
import { type CellEdits, execute } from '../_grid/cellEdits.ts'
import type { Block } from '../_grid/cellSelection.ts'
import { NEW_COMPARE_AT, NEW_PRICE } from './columnIds.ts'
import {
  cellText,
  clearCommand,
  copyText,
  fillCommand,
  type GridRows,
  pasteCommand,
  plainText,
  readCell,
} from './gridEdits.ts'

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

describe('a typed cell', () => {
  test.each([
    ['amountCents', ' 12,90 ', { value: 1290 }],
    ['amountCents', '', { value: undefined }],
    ['compareAtCents', '  ', { value: undefined }],
    ['compareAtCents', 'None', { value: null }],
    ['compareAtCents', '-', { value: null }],
    ['compareAtCents', '–', { value: null }],
    ['compareAtCents', '1,299.00', { value: 129_900 }],
  ] as const)('%s %j', (field, text, read) => {
    expect(readCell(field, text)).toEqual(read)
  })

  test.each([
    ['amountCents', 'none', /digits/],
    ['amountCents', '-', /sign/],
    ['amountCents', '0', /above zero/],
    ['compareAtCents', '1,299', /two ways/],
  ] as const)('%s %j is refused in words', (field, text, message) => {
    expect(readCell(field, text)).toEqual({ error: expect.stringMatching(message) })
  })

  test('opens with what was typed, else with what the rules make of it, and reads back as the same', () => {
    const edits: CellEdits = new Map([[2, { amountCents: 1290, compareAtCents: null }]])
    const becomes = { amountCents: 900, compareAtCents: 1002 }
    expect(cellText(COLUMNS, PRICE, product(2), edits, becomes)).toBe('12.90')
    expect(cellText(COLUMNS, COMPARE_AT, product(2), edits, becomes)).toBe('none')
    expect(readCell('compareAtCents', 'none')).toEqual({ value: null })
    expect(cellText(COLUMNS, PRICE, product(2), NONE, becomes)).toBe('9.00')
    expect(cellText(COLUMNS, COMPARE_AT, product(2), NONE, { ...becomes, compareAtCents: null })).toBe('none')
  })

  test('exists in the two columns of new prices only, wherever they stand', () => {
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

  test('of cells that nobody typed into is no act', () => {
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

describe('pasting', () => {
  test('a block goes into the new prices; what falls on other columns or below the last row is left out', () => {
    const { command, errors } = pasteCommand(
      rows,
      COLUMNS,
      block(2, 2, PRICE - 1),
      '1.00\t2.00\t3.00\n4.00\t5.00\tnone\n7.00\t8.00\t9.00\n',
      NONE,
    )
    expect(errors).toEqual([])
    expect(command && shown(execute(NONE, command))).toEqual({
      3: { amountCents: 200, compareAtCents: 300 },
      4: { amountCents: 500, compareAtCents: null },
    })
  })

  test('one text fills the whole selection', () => {
    const { command } = pasteCommand(rows, COLUMNS, block(0, 3), '3,50', NONE)
    expect(command?.changes.map(({ productId, after }) => [productId, after])).toEqual(
      [1, 2, 3, 4].map((id) => [id, 350]),
    )
  })

  test('what cannot be read is named by its SKU, and the others are written', () => {
    const { command, errors } = pasteCommand(rows, COLUMNS, block(0, 0), '1.00\n1,299\nfree\n4.00', NONE)
    expect(command?.changes.map(({ productId, after }) => [productId, after])).toEqual([
      [1, 100],
      [4, 400],
    ])
    expect(errors).toEqual([expect.stringMatching(/^SKU-2: .*two ways/), expect.stringMatching(/^SKU-3: .*digits/)])
  })

  test('is one act, however many cells it writes', () => {
    const { command } = pasteCommand(rows, COLUMNS, block(0, 0), '1.00\n2.00', NONE)
    expect(command).toMatchObject({ name: 'paste', changes: [{ before: undefined }, { before: undefined }] })
    expect(pasteCommand(rows, COLUMNS, block(0, 0, 0), 'x', NONE)).toEqual({ command: undefined, errors: [] })
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

  test('what was copied is pasted as the same prices', () => {
    const copied = copyText(rows, block(0, 1, PRICE, COMPARE_AT), textOf) ?? ''
    const { command, errors } = pasteCommand(rows, COLUMNS, block(2, 2), copied, NONE)
    expect(errors).toEqual([])
    expect(command && shown(execute(NONE, command))).toEqual({
      3: { amountCents: 1001, compareAtCents: null },
      4: { amountCents: 1002, compareAtCents: 2000 },
    })
  })

  test('is refused while a row of the block has not come: half a block would look like the whole', () => {
    expect(copyText(rowsOf(4, [2]), block(0, 3), textOf)).toBeUndefined()
    expect(copyText(rowsOf(4, [2]), block(0, 1), textOf)).toBeDefined()
  })
})
