/**
 * Stocks from a file: `sku` and `stock`, as shops name them, and `stock_version` where the file comes from an export. Nothing waits
 * for an approval: a quantity moves with each order, so that one which waits would be wrong by then. A preview says what would
 * change now. Each row is written at the version that the file names, or at any.
 */
import { assertMay, type Principal } from '#lib/access/principal.ts'
import type { Acknowledgement } from '../acknowledge.ts'
import { type Rejected, rejectedFile } from '../bulk/csv/rejectedRows.ts'
import { type ImportQuestion, stockAnswers, type StockAnswers } from '../bulk/csv/questions.ts'
import { spool } from '../bulk/csv/spool.ts'
import { changeStocks } from './changeStock.ts'
import { type ReadStocks, readStocks, type StockLine, type StockRowError } from './readStocks.ts'
import type { StockStatus } from './stockRows.ts'

const MAX_FILE_BYTES = 32 * 1024 * 1024
const MAX_LISTED_ERRORS = 1_000
const MAX_LISTED_CHANGES = 200
const BATCH = 1_000

/** The change of a row. */
interface StockChange extends Pick<StockLine, 'productId' | 'sku' | 'name'> {
  readonly from: number
  readonly to: number
}

export interface StockImport extends Readonly<Record<StockStatus, number>> {
  /** `previewed`: nothing was written. */
  readonly state: Acknowledgement | 'previewed'
  readonly rows: number
  /** At most MAX_LISTED_CHANGES of them. */
  readonly changes: readonly StockChange[]
  /** The rows that were left out, at most MAX_LISTED_ERRORS of them. */
  readonly errors: readonly StockRowError[]
  readonly errorCount: number
  readonly ignoredColumns: readonly string[]
  readonly notes: readonly string[]
}

function statusOf({ quantity, expectedVersion, before, version }: StockLine): StockStatus {
  if (expectedVersion !== undefined && expectedVersion !== version) return 'conflict'
  return quantity === before ? 'unchanged' : 'changed'
}

function countsOf(statuses: Iterable<StockStatus>): Record<StockStatus, number> {
  const counts = { changed: 0, unchanged: 0, conflict: 0 }
  for (const status of statuses) counts[status] += 1
  return counts
}

async function write(lines: readonly StockLine[], principal: Principal, reason: string) {
  const statuses: StockStatus[] = []
  let state: Acknowledgement = 'live'
  for (let at = 0; at < lines.length; at += BATCH) {
    const wishes = lines.slice(at, at + BATCH).map(({ productId, quantity, expectedVersion }) => ({
      productId,
      quantity,
      expectedVersion,
    }))
    const written = await changeStocks(wishes, principal, { reason, source: 'csv' })
    for (const { status } of written.rows) statuses.push(status)
    if (written.state === 'propagating') state = 'propagating'
  }
  return { state, ...countsOf(statuses) }
}

function reportOf({ rows, lines, errors, ignoredColumns, notes }: ReadStocks) {
  const changes = lines.filter((line) => statusOf(line) === 'changed').slice(0, MAX_LISTED_CHANGES)
  return {
    rows,
    changes: changes.map(({ productId, sku, name, before, quantity }) => ({
      productId,
      sku,
      name,
      from: before,
      to: quantity,
    })),
    errors: errors.slice(0, MAX_LISTED_ERRORS),
    errorCount: errors.length,
    ignoredColumns,
    notes,
  }
}

export interface StockImportOptions {
  readonly answers?: Partial<StockAnswers>
  /** Says what would change now, and writes nothing. */
  readonly preview?: boolean | undefined
}

/**
 * Reads the whole file, then writes what it says, a thousand rows a transaction. A row that is wrong is reported with its line and
 * left out, as is one at another version than the file names (`conflict`).
 * @returns what was made of it, or the questions that must be answered before it is taken; then nothing was written
 * @throws {CsvRefusedError} when the file as a whole cannot be read; nothing was written
 * @throws {MissingPermissionError} without `products:write`, before the file is read
 */
export async function importStocks(
  principal: Principal,
  file: AsyncIterable<Uint8Array>,
  reason: string,
  { answers, preview }: StockImportOptions = {},
): Promise<StockImport | { readonly questions: readonly ImportQuestion[] }> {
  assertMay(principal, 'products:write')
  const spooled = await spool(file, MAX_FILE_BYTES)
  try {
    const read = await readStocks(spooled, stockAnswers.parse(answers ?? {}))
    if ('questions' in read) return read
    const done = preview
      ? ({ state: 'previewed', ...countsOf(read.lines.map(statusOf)) } as const)
      : await write(read.lines, principal, reason)
    return { ...done, ...reportOf(read) }
  } finally {
    await spooled.close()
  }
}

/** A row that was set already is at another version by now, and says what there is. */
function isBehind(line: StockLine): boolean {
  return statusOf(line) === 'conflict' && line.quantity !== line.before
}

function rejectedOf({ table, lines, errors }: ReadStocks): Rejected {
  const behind = lines.filter(isBehind).map(({ line, before, version }) => {
    const message = `The stock moved since: it is ${before} at version ${version}. Write that version, or none, to set it.`
    return { line, message, suggestion: null }
  })
  return { table, byLine: new Map([...errors, ...behind].map((problem) => [problem.line, problem])), marks: new Map() }
}

/**
 * The rows that an import of stocks leaves out: those that are wrong, and those at another version than the file names.
 * @param answers as they were given to the import
 * @returns as rejectedFile
 * @throws {CsvRefusedError} when the file as a whole cannot be read
 * @throws {MissingPermissionError} without `products:write`, before the file is read
 */
export async function rejectedStocks(
  principal: Principal,
  file: AsyncIterable<Uint8Array>,
  answers: Partial<StockAnswers>,
): ReturnType<typeof rejectedFile> {
  assertMay(principal, 'products:write')
  return rejectedFile(file, MAX_FILE_BYTES, async (spooled) => {
    const read = await readStocks(spooled, stockAnswers.parse(answers))
    return 'questions' in read ? read : rejectedOf(read)
  })
}
