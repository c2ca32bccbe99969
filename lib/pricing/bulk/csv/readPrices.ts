/** Prices from a CSV file: rows are matched to products by their exact SKU, in any order. Nothing is written. */
import { db } from '#lib/platform/db.ts'
import { unstorableText } from '#lib/platform/http/storableText.ts'
import type { Cell } from '../contract.ts'
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import type { Costs } from '../../costs.ts'
import { nearSkus } from '../../skus/nearSkus.ts'
import { readSku } from '../../skus/sku.ts'
import { readCsvAmount } from './amounts.ts'
import { type Columns, type ImportColumn, readColumns } from './columns.ts'
import { type CsvRow, csvRows } from './csvRows.ts'
import { CsvRefusedError } from './errors.ts'
import { unguardText } from './formulaGuard.ts'

const MAX_ROWS = 100_000
const MAX_FILE_BYTES = 32 * 1024 * 1024
/** Whoever sends the wrong file is told so by the first rows of it. */
export const MAX_LISTED_ERRORS = 1_000
const BATCH = 1_000

interface CsvRowError {
  /** In the file, from 1; the header is line 1. */
  readonly line: number
  readonly sku: string | null
  readonly column: ImportColumn | null
  readonly message: string
}

export interface CsvPrices {
  readonly rows: number
  /** One for each product that the file says something about. */
  readonly cells: readonly Cell[]
  /** What the file says about costs. */
  readonly costs: Costs
  readonly errors: readonly CsvRowError[]
  /** Also those that are not listed. */
  readonly errorCount: number
  readonly ignoredColumns: readonly string[]
}

interface Read {
  readonly line: number
  readonly sku: string
  readonly cell: Omit<Cell, 'productId'>
  /** Null: not known any more; absent: as it is. */
  readonly costCents?: number | null
}
type Known = Extract<Columns, { ok: true }>

function readAmounts(
  row: CsvRow,
  at: Known['at'],
  text: (column: ImportColumn) => string,
  sku: string,
): Read | CsvRowError {
  const wrong = (column: ImportColumn, message: string): CsvRowError => ({ line: row.line, sku, column, message })
  const cell: { amountCents?: number; compareAtCents?: number | null } = {}
  if (text('price') !== '') {
    const amount = readCsvAmount(text('price'))
    if (!amount.ok) return wrong('price', amount.message)
    cell.amountCents = amount.amountMinor
  }
  if (text('compare_at').toLowerCase() === 'none') cell.compareAtCents = null
  else if (text('compare_at') !== '') {
    const amount = readCsvAmount(text('compare_at'))
    if (!amount.ok) return wrong('compare_at', `${amount.message} To take it away, write none.`)
    cell.compareAtCents = amount.amountMinor
  }
  if (at.currency !== undefined && text('currency') !== '' && text('currency') !== SHOP_CURRENCY.code) {
    return wrong('currency', `Prices are in ${SHOP_CURRENCY.code}: nothing is converted.`)
  }
  const cost = text('cost').toLowerCase() === 'none' || text('cost') === '' ? undefined : readCsvAmount(text('cost'))
  if (cost && !cost.ok) return wrong('cost', `${cost.message} To take it away, write none.`)
  if (text('cost') === '') return { line: row.line, sku, cell }
  return { line: row.line, sku, cell, costCents: cost?.amountMinor ?? null }
}

/** An empty cell leaves its value as it is; `none` takes the compare-at price away. */
function readRow(row: CsvRow, { at, width }: Known): Read | CsvRowError {
  const unstorable = unstorableText([...row.cells], 'cell')
  if (unstorable) return { line: row.line, sku: null, column: null, message: unstorable.message }
  const text = (column: ImportColumn) => row.cells[at[column] ?? -1]?.trim() ?? ''
  const sku = unguardText(row.cells[at.sku ?? -1] ?? '')
  if (row.cells.length !== width) {
    const message = `This row has ${row.cells.length} cells, the first line names ${width}. Is a decimal comma in it, or a cell that wants quotes?`
    return { line: row.line, sku: sku || null, column: null, message }
  }
  const read = readSku(sku)
  if (!read.ok) return { line: row.line, sku: sku.trim() === '' ? null : sku, column: 'sku', message: read.message }
  return readAmounts(row, at, text, sku)
}

/** What a file says about one product, and whether two lines of it disagree. */
class Merged {
  readonly #bySku = new Map<string, Read & { productId: number }>()
  readonly #disagreeing = new Set<string>()

  /** @returns what is wrong with it */
  add(read: Read, productId: number): string | undefined {
    const before = this.#bySku.get(read.sku)
    if (!before) {
      this.#bySku.set(read.sku, { ...read, productId })
      return undefined
    }
    if (
      before.cell.amountCents === read.cell.amountCents &&
      before.cell.compareAtCents === read.cell.compareAtCents &&
      before.costCents === read.costCents
    )
      return undefined
    this.#disagreeing.add(read.sku)
    return `Line ${before.line} says something else about this SKU. Neither is taken.`
  }

  costs(): Costs {
    return [...this.#bySku.values()].flatMap(({ sku, productId, costCents }) =>
      costCents === undefined || this.#disagreeing.has(sku) ? [] : [{ productId, costCents }],
    )
  }

  cells(): Cell[] {
    return [...this.#bySku.values()]
      .filter(({ sku, cell }) => !this.#disagreeing.has(sku) && Object.keys(cell).length > 0)
      .map(({ productId, cell }) => ({ productId, ...cell }))
  }
}

/** A SKU is read exactly: one that is nearly the same is named, for it may be another product. */
function unknown(near: string | undefined): string {
  return `There is no product with this SKU.${near === undefined ? '' : ` Write ${near} if that is meant.`}`
}

async function productIds(skus: readonly string[]): Promise<Map<string, number>> {
  const products = await db().product.findMany({
    where: { sku: { in: [...new Set(skus)] } },
    select: { id: true, sku: true },
  })
  return new Map(products.map(({ sku, id }) => [sku, id]))
}

async function* batched(rows: AsyncGenerator<CsvRow>, columns: Known): AsyncGenerator<(Read | CsvRowError)[]> {
  let batch: (Read | CsvRowError)[] = []
  for await (const row of rows) {
    if (batch.push(readRow(row, columns)) < BATCH) continue
    yield batch
    batch = []
  }
  yield batch
}

/**
 * Reads the file as it arrives. What is kept is one cell a product, and at most MAX_LISTED_ERRORS errors.
 * @throws {CsvRefusedError} when the file as a whole cannot be read
 */
export async function readPrices(
  source: AsyncIterable<Uint8Array>,
  { maxBytes = MAX_FILE_BYTES, maxRows = MAX_ROWS } = {},
): Promise<CsvPrices> {
  const rows = csvRows(source, maxBytes)
  const header = await rows.next()
  if (header.done) throw new CsvRefusedError('invalid_csv', 'The file is empty.')
  const columns = readColumns(header.value.cells)
  if (!columns.ok) throw new CsvRefusedError('invalid_csv', columns.message, header.value.line)

  const merged = new Merged()
  const errors: CsvRowError[] = []
  let [count, errorCount] = [0, 0]
  const wrong = (error: CsvRowError) => {
    errorCount += 1
    if (errors.length < MAX_LISTED_ERRORS) errors.push(error)
  }
  for await (const batch of batched(rows, columns)) {
    count += batch.length
    if (count > maxRows)
      throw new CsvRefusedError('csv_too_large', `A file has at most ${maxRows} rows. Send it in parts.`)
    const skus = batch.flatMap((row) => ('cell' in row ? [row.sku] : []))
    const ids = await productIds(skus)
    const near = errors.length < MAX_LISTED_ERRORS ? await nearSkus(skus.filter((sku) => !ids.has(sku))) : undefined
    for (const row of batch) {
      if (!('cell' in row)) {
        wrong(row)
        continue
      }
      const { line, sku } = row
      const productId = ids.get(sku)
      const problem = productId === undefined ? unknown(near?.get(sku)) : merged.add(row, productId)
      if (problem !== undefined) wrong({ line, sku, column: 'sku', message: problem })
    }
  }
  return {
    rows: count,
    cells: merged.cells(),
    costs: merged.costs(),
    errors,
    errorCount,
    ignoredColumns: columns.ignored,
  }
}
