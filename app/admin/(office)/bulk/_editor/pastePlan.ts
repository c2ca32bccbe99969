/**
 * Plans the cells of a pasted block. By place: from the upper left cell of the selection on. By SKU, when one of its columns holds
 * the SKUs of products: then the order of its rows and where it is pasted do not matter.
 */
import { currencyOf, marksOf } from '#lib/money/currencies.ts'
import type { GridRow } from '#lib/pricing/bulk/contract.ts'
import { readSku } from '#lib/pricing/skus/sku.ts'
import type { CellEdits, Field, Write } from '../_grid/cellEdits.ts'
import type { Block } from '../_grid/cellSelection.ts'
import { pasted, type TextBlock } from '../_grid/clipboard.ts'
import type { ColumnIds, GridRows } from './gridEdits.ts'
import { fieldAt } from './columnIds.ts'
import { mayBeSku, type PasteColumns, pasteColumnsOf, textBesideAmounts } from './pasteColumns.ts'
import { readCell } from './readCell.ts'

/** A text that was pasted into a cell and could not be read. */
export interface CellMark {
  readonly productId: number
  readonly field: Field
  readonly text: string
  readonly message: string
}

export interface PastePlan {
  readonly writes: readonly Write[]
  readonly marks: readonly CellMark[]
  /** Notes, in sentences. */
  readonly notes: readonly string[]
}

const MAX_TOLD = 5
function count(n: number, one: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : `${one}s`}`
}

function listed(texts: readonly string[], separator: string): string {
  return texts.slice(0, MAX_TOLD).join(separator) + (texts.length > MAX_TOLD ? ' …' : '')
}

/** Reads texts for cells, and collects the results. */
class Reading {
  readonly writes: Write[] = []
  readonly marks: CellMark[] = []
  readonly #problems: string[] = []
  #keep = 0
  readonly #edits: CellEdits

  constructor(edits: CellEdits) {
    this.#edits = edits
  }

  refuse(row: GridRow, field: Field, text: string, message: string): void {
    this.marks.push({ productId: row.productId, field, text, message })
    this.#problems.push(`${row.sku}: ${message}`)
    if (this.#edits.get(row.productId)?.[field] !== undefined) this.#keep += 1
  }

  take(row: GridRow, field: Field, text: string): void {
    const read = readCell(field, text, row, 'pasted')
    if ('error' in read) this.refuse(row, field, text, read.error)
    else this.writes.push({ productId: row.productId, field, value: read.value, currency: row.currency })
  }

  notes(): string[] {
    const problems = this.#problems
    if (problems.length === 0) return []
    const kept =
      this.#keep === 0
        ? ''
        : ` ${this.#keep === 1 ? '1 of them keeps' : `${this.#keep} of them keep`} the price typed before.`
    return [
      `${count(problems.length, 'cell')} could not be read and ${problems.length === 1 ? 'is' : 'are'} marked: ${listed(problems, ' ')}${kept}`,
    ]
  }
}

/** Cells of the block that hold something and lie outside of the grid, or on columns that are only read. */
function leftOut(block: TextBlock, into: Block, rows: number, columns: ColumnIds): string[] {
  const full = (text: string) => text.trim() !== ''
  const below = block
    .slice(Math.max(0, rows - into.top))
    .flat()
    .filter(full).length
  const beside = block
    .slice(0, Math.max(0, rows - into.top))
    .flatMap((line) => line.filter((text, i) => full(text) && fieldAt(columns, into.left + i) === undefined)).length
  return [
    ...(below === 0 ? [] : [`${count(below, 'value')} had no row: the list ends before the block does.`]),
    ...(beside === 0 ? [] : [`${count(beside, 'value')} fell on columns that cannot be written.`]),
  ]
}

/**
 * The block from the upper left cell of the selection on. Refused where text stands beside amounts: it may name their products. Rows that
 * have not come are left as they are: load them first.
 */
export function planByPlace(
  block: TextBlock,
  into: Block,
  { rows, columns, edits }: { readonly rows: GridRows; readonly columns: ColumnIds; readonly edits: CellEdits },
): PastePlan {
  const beside = textBesideAmounts(block)
  if (beside !== undefined)
    return nothing(
      `“${beside.trim()}” stands beside amounts and is none, and no product has it as its SKU. Copy the amounts alone, or with the SKUs of the catalog and a header row: SKU, Price.`,
    )
  const reading = new Reading(edits)
  for (const { row: index, column, text } of pasted(block, into, { rows: rows.total, columns: columns.length })) {
    const field = fieldAt(columns, column)
    const row = rows.row(index)
    if (field && row) reading.take(row, field, text)
  }
  const { writes, marks } = reading
  return { writes, marks, notes: [...reading.notes(), ...leftOut(block, into, rows.total, columns)] }
}

/** The texts of a column that may be SKUs, as they stand, each once. */
export function skusOf(block: TextBlock, column: number): string[] {
  return [...new Set(block.map((line) => line[column] ?? ''))].filter(mayBeSku)
}

interface BySku {
  readonly column: number
  /** The products of `skusOf`. */
  readonly products: ReadonlyMap<string, GridRow>
  /** Of SKUs that no product has, the one that was most likely meant. */
  readonly near: ReadonlyMap<string, string>
  readonly edits: CellEdits
  /** The column of the selection, for a block that names none. */
  readonly field: Field
}

/** The texts of one line for the fields of its product. */
function textsIn(line: readonly string[], { amount, compareAt, sale }: PasteColumns): [Field, string][] {
  const at = (column: number | undefined) => (column === undefined ? undefined : line[column])
  const [price, before, asked] = [at(amount), at(compareAt), at(sale)]
  const isSale = asked !== undefined && asked.trim() !== ''
  const plain = sale === undefined || before?.trim() ? before : isSale ? price : price?.trim() ? 'none' : undefined
  const texts: [Field, string | undefined][] = [
    ['amountCents', isSale ? asked : price],
    ['compareAtCents', plain],
  ]
  return texts.flatMap(([field, text]) => (text === undefined ? [] : [[field, text] satisfies [Field, string]]))
}

function otherCurrency(line: readonly string[], { currency }: PasteColumns, row: GridRow): string | undefined {
  const text = currency === undefined ? '' : (line[currency]?.trim() ?? '')
  return text === '' || text.toUpperCase() === row.currency || marksOf(currencyOf(row.currency)).includes(text)
    ? undefined
    : `This price is in ${row.currency}, the block has it in ${text}: nothing is converted.`
}

/** Each line of the block into the product with its SKU. */
export function planBySku(block: TextBlock, given: BySku): PastePlan {
  const { column, products, near, edits } = given
  const columns = pasteColumnsOf(block, given)
  if ('refused' in columns) return nothing(columns.refused)
  const reading = new Reading(edits)
  const unknown = new Set<string>()
  const found = new Map<string, { row: GridRow; field: Field; text: string; fault: string | undefined }>()
  for (const line of columns.header ? block.slice(1) : block) {
    const sku = line[column] ?? ''
    if (sku.trim() === '' && line.every((text) => text.trim() === '')) continue
    const row = products.get(sku)
    if (!row) {
      unknown.add(unknownSku(sku, near.get(sku)))
      continue
    }
    for (const [field, text] of textsIn(line, columns)) {
      const key = `${sku}\t${field}`
      const before = found.get(key)
      const fault =
        before && before.text !== text
          ? 'The block has several prices for this SKU.'
          : (before?.fault ?? otherCurrency(line, columns, row))
      found.set(key, { row, field, text, fault })
    }
  }
  for (const { row, field, text, fault } of found.values()) {
    if (fault === undefined) reading.take(row, field, text)
    else reading.refuse(row, field, text, fault)
  }
  const { writes, marks } = reading
  const missing =
    unknown.size === 0
      ? []
      : [
          `No product has ${unknown.size === 1 ? 'the SKU' : `${count(unknown.size, 'SKU')}:`} ${listed([...unknown], ', ')}.`,
        ]
  return { writes, marks, notes: [...reading.notes(), ...missing, ...columns.notes] }
}

/** A SKU that is nearly the one of a product is named, never taken. */
function unknownSku(sku: string, near: string | undefined): string {
  if (near !== undefined) return `${JSON.stringify(sku)} (write ${near} if that is meant)`
  const read = readSku(sku)
  return read.ok ? sku : read.message
}

function nothing(why: string): PastePlan {
  return { writes: [], marks: [], notes: [`Nothing was pasted. ${why}`] }
}
