/**
 * Plans the cells of a pasted block. By place: from the upper left cell of the selection on. By SKU, when one of its columns holds
 * the SKUs of products: then the order of its rows and where it is pasted do not matter.
 */
import type { GridRow } from '#lib/pricing/bulk/contract.ts'
import { readSku } from '#lib/pricing/skus/sku.ts'
import type { CellEdits, Field, Write } from '../_grid/cellEdits.ts'
import type { Block } from '../_grid/cellSelection.ts'
import { pasted, type TextBlock } from '../_grid/clipboard.ts'
import type { ColumnIds, GridRows } from './gridEdits.ts'
import { fieldAt } from './columnIds.ts'
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
/** Rows by which a column is known to hold SKUs. */
const PROBED_ROWS = 50

const HEADERS: readonly (readonly [Field | 'sku', RegExp])[] = [
  ['sku', /^((variant|product|item)[ _])?sku$/i],
  ['amountCents', /^new[ _]price$/i],
  ['compareAtCents', /^new[ _]compare[-_ ]at([ _]price)?$/i],
  ['amountCents', /^((variant|sale)[ _])?price$/i],
  ['compareAtCents', /^(variant[ _])?compare[-_ ]at([ _]price)?$/i],
]

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
    else this.writes.push({ productId: row.productId, field, value: read.value })
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

/** The block from the upper left cell of the selection on. Rows that have not come are left as they are: load them first. */
export function planByPlace(
  block: TextBlock,
  into: Block,
  { rows, columns, edits }: { readonly rows: GridRows; readonly columns: ColumnIds; readonly edits: CellEdits },
): PastePlan {
  const reading = new Reading(edits)
  for (const { row: index, column, text } of pasted(block, into, { rows: rows.total, columns: columns.length })) {
    const field = fieldAt(columns, column)
    const row = rows.row(index)
    if (field && row) reading.take(row, field, text)
  }
  const { writes, marks } = reading
  return { writes, marks, notes: [...reading.notes(), ...leftOut(block, into, rows.total, columns)] }
}

/** Texts by which to find out whether a column holds SKUs: those of the first rows. */
export function probedSkus(block: TextBlock): string[] {
  if (!block.some((line) => line.length > 1)) return []
  const texts = block.slice(0, PROBED_ROWS).flat()
  return [...new Set(texts.filter((text) => text.length <= 100 && readSku(text).ok))]
}

function namesOf(line: readonly string[]): (Field | 'sku' | undefined)[] {
  return line.map((text) => HEADERS.find(([, pattern]) => pattern.test(text.trim()))?.[0])
}

/**
 * @param known SKUs of products among `probedSkus`
 * @returns the column that holds SKUs: the one that is named so, or in which at least half of the texts are SKUs of products
 */
export function skuColumnOf(block: TextBlock, known: ReadonlySet<string>): number | undefined {
  const [head = []] = block
  const named = namesOf(head).indexOf('sku')
  if (named >= 0 && head.length > 1) return named
  const width = Math.max(0, ...block.map((line) => line.length))
  if (width < 2) return undefined
  const shares = Array.from({ length: width }, (_, column) => {
    const texts = block.slice(0, PROBED_ROWS).flatMap((line) => line[column]?.trim() || [])
    return texts.filter((text) => known.has(text)).length / Math.max(1, texts.length)
  })
  const best = shares.indexOf(Math.max(...shares))
  return (shares[best] ?? 0) >= 0.5 ? best : undefined
}

/** The SKUs of a block as they stand, each once. */
export function skusOf(block: TextBlock, column: number): string[] {
  return [...new Set(block.flatMap((line) => (readSku(line[column] ?? '').ok ? (line[column] ?? '') : [])))]
}

interface BySku {
  readonly column: number
  /** The products of `skusOf`. */
  readonly products: ReadonlyMap<string, GridRow>
  readonly edits: CellEdits
  /** The column of the selection, for a block that names none. */
  readonly field: Field
}

/** Finds the column of the grid for each column of the block. @returns undefined when that could be read in two ways */
function fieldsOf(block: TextBlock, { column, products, field }: BySku): ReadonlyMap<number, Field> | undefined {
  const [head = []] = block
  const others = Array.from({ length: Math.max(...block.map((line) => line.length)) }, (_, i) => i).filter(
    (i) => i !== column,
  )
  const names = products.has(head[column] ?? '') ? [] : namesOf(head)
  const newest = head.map((text) => /^new[ _]/i.test(text.trim()))
  const named = new Map<number, Field>()
  for (const wanted of ['amountCents', 'compareAtCents'] as const) {
    const candidates = others.filter((i) => names[i] === wanted)
    const at = candidates.find((i) => newest[i]) ?? candidates[0]
    if (at !== undefined) named.set(at, wanted)
  }
  if (named.size > 0) return named
  const [only] = others.length === 1 ? others : others.filter((i) => holdsAmounts(block, i, field))
  const several = others.length > 1 && others.filter((i) => holdsAmounts(block, i, field)).length > 1
  return only === undefined || several ? undefined : new Map([[only, field]])
}

function holdsAmounts(block: TextBlock, column: number, field: Field): boolean {
  return block.some((line) => {
    const text = line[column] ?? ''
    return text.trim() !== '' && 'value' in readCell(field, text)
  })
}

/** Each line of the block into the product with its SKU. */
export function planBySku(block: TextBlock, given: BySku): PastePlan {
  const { column, products, edits } = given
  const fields = fieldsOf(block, given)
  if (!fields) {
    return {
      writes: [],
      marks: [],
      notes: [
        'Nothing was pasted: it is not clear which column holds the new prices. Copy one beside the SKUs, or a header row with "price".',
      ],
    }
  }
  const reading = new Reading(edits)
  const unknown: string[] = []
  const texts = new Map<string, string>()
  const conflicting = new Set<string>()
  const first = block[0]?.[column] ?? ''
  const header = !products.has(first) && namesOf(block[0] ?? []).some((name) => name !== undefined)
  for (const line of header ? block.slice(1) : block) {
    const sku = line[column] ?? ''
    if (sku.trim() === '' && line.every((text) => text.trim() === '')) continue
    const row = products.get(sku)
    if (!row) {
      const read = readSku(sku)
      unknown.push(read.ok ? sku : read.message)
      continue
    }
    for (const [i, field] of fields) {
      const text = line[i]
      if (text === undefined) continue
      const key = `${sku}\t${field}`
      const before = texts.get(key)
      if (before !== undefined && before !== text) conflicting.add(key)
      texts.set(key, text)
    }
  }
  for (const [key, text] of texts) {
    const [sku = '', field] = key.split('\t')
    const row = products.get(sku)
    if (!row || (field !== 'amountCents' && field !== 'compareAtCents')) continue
    if (conflicting.has(key)) reading.refuse(row, field, text, 'The block has several prices for this SKU.')
    else reading.take(row, field, text)
  }
  const { writes, marks } = reading
  return {
    writes,
    marks,
    notes: [
      ...reading.notes(),
      ...(unknown.length === 0
        ? []
        : [
            `No product has ${unknown.length === 1 ? 'the SKU' : `${count(unknown.length, 'SKU')}:`} ${listed([...new Set(unknown)], ', ')}.`,
          ]),
    ],
  }
}
