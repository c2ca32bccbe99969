/**
 * Stocks from a CSV file: `sku,stock`, and `stock_version` where the file comes from an export. Nothing is previewed: a quantity
 * moves with each order, so that one which waits for an approval would be wrong by then. Each row is written at the version that
 * the file names, or at any.
 */
import { CsvError, parse } from 'csv-parse'
import { Readable } from 'node:stream'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { db } from '#lib/platform/db.ts'
import { unstorableText } from '#lib/platform/http/storableText.ts'
import type { Acknowledgement } from '../acknowledge.ts'
import { CsvRefusedError } from '../bulk/csv/errors.ts'
import { unguardText } from '../bulk/csv/formulaGuard.ts'
import { changeStocks } from './changeStock.ts'
import { MAX_STOCK, type StockStatus, type StockWish } from './stockRows.ts'

const MAX_ROWS = 100_000
const MAX_FILE_BYTES = 32 * 1024 * 1024
const MAX_ROW_CHARACTERS = 16_384
const MAX_LISTED_ERRORS = 1_000
const BATCH = 1_000

export const STOCK_COLUMNS = ['sku', 'stock', 'stock_version'] as const
type StockColumn = (typeof STOCK_COLUMNS)[number]

interface StockRowError {
  /** In the file, from 1. */
  readonly line: number
  readonly sku: string | null
  readonly column: StockColumn | null
  readonly message: string
}

export interface StockImport extends Readonly<Record<StockStatus, number>> {
  readonly state: Acknowledgement
  readonly rows: number
  /** The rows that were left out, at most MAX_LISTED_ERRORS of them. */
  readonly errors: readonly StockRowError[]
  readonly errorCount: number
}

interface ReadRow extends Omit<StockWish, 'productId'> {
  readonly line: number
  readonly sku: string
}

async function* bounded(file: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let bytes = 0
  try {
    for await (const chunk of file) {
      bytes += chunk.byteLength
      if (bytes > MAX_FILE_BYTES)
        throw new CsvRefusedError('csv_too_large', `The file is larger than ${MAX_FILE_BYTES} bytes.`)
      yield decoder.decode(chunk, { stream: true })
    }
    yield decoder.decode()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new CsvRefusedError('invalid_csv', 'The file is not UTF-8. Save it as "CSV UTF-8" and send it again.')
  }
}

/** @throws {CsvRefusedError} when a column that is needed is not there, or is there twice */
function columnsOf(header: readonly string[]): string[] {
  const names = header.map((cell) => cell.trim().toLowerCase())
  for (const column of STOCK_COLUMNS) {
    const found = names.filter((name) => name === column).length
    if (found > 1) throw new CsvRefusedError('invalid_csv', `The column "${column}" is there twice.`, 1)
    if (found === 0 && column !== 'stock_version')
      throw new CsvRefusedError('invalid_csv', `There is no column "${column}". Write: sku,stock`, 1)
  }
  return names
}

async function* records(file: AsyncIterable<Uint8Array>): AsyncGenerator<{ line: number; cells: Map<string, string> }> {
  const parser = parse({
    bom: true,
    delimiter: [',', ';', '\t'],
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAX_ROW_CHARACTERS,
    info: true,
  })
  const reading = Readable.from(bounded(file))
  reading.on('error', (error) => parser.destroy(error))
  let names: string[] | undefined
  try {
    for await (const { record, info } of reading.pipe(parser)) {
      const cells: string[] = record
      if (names) yield { line: info.lines, cells: new Map(names.map((name, i) => [name, cells[i] ?? ''])) }
      else names = columnsOf(cells)
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error['lines'] === 'number' ? error['lines'] : undefined
    throw new CsvRefusedError('invalid_csv', error.message, line)
  } finally {
    reading.destroy()
  }
  if (!names) throw new CsvRefusedError('invalid_csv', 'The file is empty.')
}

/** @returns undefined for a row that says nothing of the stock */
function readRow(line: number, cells: ReadonlyMap<string, string>): ReadRow | StockRowError | undefined {
  const [sku, stock, version] = [
    unguardText(cells.get('sku') ?? ''),
    (cells.get('stock') ?? '').trim(),
    (cells.get('stock_version') ?? '').trim(),
  ]
  if (stock === '') return undefined
  const wrong = (column: StockColumn, message: string) => ({ line, sku: sku || null, column, message })
  const unstorable = unstorableText(sku, 'sku')
  if (unstorable) return { line, sku: null, column: 'sku', message: unstorable.message }
  if (sku === '') return wrong('sku', 'There is no SKU.')
  if (!/^\d{1,10}$/.test(stock) || Number(stock) > MAX_STOCK)
    return wrong('stock', `"${stock}" is not a whole number from 0 to ${MAX_STOCK}.`)
  if (version === '') return { line, sku, quantity: Number(stock) }
  if (!/^[1-9]\d{0,14}$/.test(version)) return wrong('stock_version', `"${version}" is no version.`)
  return { line, sku, quantity: Number(stock), expectedVersion: Number(version) }
}

/** @returns a wish for each product that is known, and the others */
async function matched(rows: readonly ReadRow[]): Promise<{ wishes: StockWish[]; unknown: ReadRow[] }> {
  const products = await db().product.findMany({
    where: { sku: { in: rows.map(({ sku }) => sku) } },
    select: { id: true, sku: true },
  })
  const ids = new Map(products.map(({ id, sku }) => [sku, id]))
  const wishes = rows.flatMap(({ sku, quantity, expectedVersion }) => {
    const productId = ids.get(sku)
    return productId === undefined ? [] : [{ productId, quantity, expectedVersion }]
  })
  return { wishes, unknown: rows.filter(({ sku }) => !ids.has(sku)) }
}

/**
 * Reads the whole file, then writes what it says, a thousand rows a transaction. A row that is wrong is reported with its line and
 * left out, as is one at another version than the file names (`conflict`).
 * @throws {CsvRefusedError} when the file as a whole cannot be read; nothing was written
 * @throws {MissingPermissionError} without `products:write`, before the file is read
 */
export async function importStocks(
  principal: Principal,
  file: AsyncIterable<Uint8Array>,
  reason: string,
): Promise<StockImport> {
  assertMay(principal, 'products:write')
  const errors: StockRowError[] = []
  const read = new Map<string, ReadRow>()
  let rows = 0
  for await (const { line, cells } of records(file)) {
    rows += 1
    if (rows > MAX_ROWS)
      throw new CsvRefusedError('csv_too_large', `A file has at most ${MAX_ROWS} rows. Send it in parts.`)
    const row = readRow(line, cells)
    if (!row) continue
    const before = read.get(row.sku ?? '')
    if ('message' in row) errors.push(row)
    else if (before)
      errors.push({ line, sku: row.sku, column: 'sku', message: `Line ${before.line} is about this SKU already.` })
    else read.set(row.sku, row)
  }
  const counts = { changed: 0, unchanged: 0, conflict: 0 }
  let state: Acknowledgement = 'live'
  const all = [...read.values()]
  for (let at = 0; at < all.length; at += BATCH) {
    const { wishes, unknown } = await matched(all.slice(at, at + BATCH))
    for (const { line, sku } of unknown)
      errors.push({ line, sku, column: 'sku', message: 'There is no product with this SKU.' })
    const written = await changeStocks(wishes, principal, { reason, source: 'csv' })
    for (const { status } of written.rows) counts[status] += 1
    if (written.state === 'propagating') state = 'propagating'
  }
  const listed = errors.toSorted((a, b) => a.line - b.line).slice(0, MAX_LISTED_ERRORS)
  return { state, rows, ...counts, errors: listed, errorCount: errors.length }
}
