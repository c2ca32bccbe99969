/** Prices from a CSV file: rows are matched to products by their exact SKU, in any order. Nothing is written. */
import type { Costs } from '../../costs.ts'
import type { Cell } from '../contract.ts'
import { IMPORT_COLUMNS, type ImportColumn } from './aliases.ts'
import { CsvRefusedError } from './errors.ts'
import type { FileSale } from './fileSales.ts'
import { MatchedRows } from './matchRows.ts'
import { PROGRESS_ROWS, type ImportProgress, ProgressOf } from './progress.ts'
import { ENCODINGS, importAnswers, type ImportAnswers, type ImportQuestion } from './questions.ts'
import { type CsvRowError, type ReadRow, readRow, saysNothing } from './rowReader.ts'
import { RowRemarks } from './rowRemarks.ts'
import { type Spool, spool } from './spool.ts'
import { type FilePlan, surveyFile, tableRows } from './surveyFile.ts'

const MAX_ROWS = 100_000
export const MAX_FILE_BYTES = 128 * 1024 * 1024
/** The first rows are enough to see that it is the wrong file. */
export const MAX_LISTED_ERRORS = 1_000
const BATCH = 1_000

export interface CsvPrices {
  /** Rows that hold something in a column that means something; others do not count. */
  readonly rows: number
  /** One for each product that the file says something about. */
  readonly cells: readonly Cell[]
  /** Sales that are to be planned, the first to start first. */
  readonly sales: readonly FileSale[]
  /** The costs in the file. */
  readonly costs: Costs
  /** By line. */
  readonly errors: readonly CsvRowError[]
  /** Also those that are not listed. */
  readonly errorCount: number
  /** The meaning of each column. */
  readonly columns: readonly { readonly field: ImportColumn; readonly name: string }[]
  readonly ignoredColumns: readonly string[]
  /** Readings of the file beside its rows, in words: rounded amounts, lines above the header, the encoding. */
  readonly notes: readonly string[]
}

/** A file that must be explained before it is taken. */
export interface CsvQuestions {
  readonly questions: readonly ImportQuestion[]
}

export interface ReadOptions {
  readonly answers?: Partial<ImportAnswers>
  readonly maxBytes?: number
  readonly maxRows?: number
  /** Called now and then with the progress of a large file. */
  readonly onProgress?: (progress: ImportProgress) => void
}

class Errors {
  readonly listed: CsvRowError[] = []
  count = 0

  add(error: CsvRowError): void {
    this.count += 1
    if (this.listed.length < MAX_LISTED_ERRORS) this.listed.push(error)
  }

  get full(): boolean {
    return this.listed.length >= MAX_LISTED_ERRORS
  }
}

function notesOf({ encoding, above, header, remark, units, numbers, agreed }: FilePlan): string[] {
  return [
    ...(encoding === 'utf-8' ? [] : [`Read as ${ENCODINGS[encoding]}.`]),
    ...(above.length === 0
      ? []
      : [
          `The columns are named in line ${header.line}; ${above.length === 1 ? 'the line' : 'the lines'} above it (${above.join(', ')}) ${above.length === 1 ? 'is' : 'are'} left out.`,
        ]),
    ...(units === undefined ? [] : [`Line ${units} says the units of the amounts, and is left out.`]),
    ...(remark === undefined ? [] : [remark]),
    ...(numbers === 'comma' ? ['Amounts are read with a decimal comma.'] : []),
    ...agreed,
  ]
}

function withDefaults(answers: Partial<ImportAnswers> | undefined): ImportAnswers {
  return importAnswers.parse(answers ?? {})
}

async function* batched(rows: AsyncIterable<ReadRow>): AsyncGenerator<ReadRow[]> {
  let batch: ReadRow[] = []
  for await (const row of rows) {
    if (batch.push(row) < BATCH) continue
    yield batch
    batch = []
  }
  yield batch
}

interface Table {
  readonly count: number
  readonly matched: MatchedRows
  readonly remarks: RowRemarks
}

/**
 * Reads the rows of a file by its plan.
 * @param refuse called with each row that cannot be taken
 * @param isFull when it is, what a SKU may have meant is not looked for any more
 */
async function readTable(
  file: Spool,
  plan: FilePlan,
  answers: ImportAnswers,
  refuse: (error: CsvRowError) => void,
  isFull: () => boolean,
  { maxRows = MAX_ROWS, onProgress }: ReadOptions,
  total = 0,
): Promise<Table> {
  let count = 0
  const progress = new ProgressOf('reading', total, onProgress)
  async function* rows(): AsyncGenerator<ReadRow> {
    for await (const row of tableRows(file, plan.encoding, plan)) {
      if (saysNothing(row, plan)) continue
      count += 1
      if (count > maxRows)
        throw new CsvRefusedError('csv_too_large', `A file has at most ${maxRows} rows. Send it in parts.`)
      const read = readRow(row, plan)
      if ('message' in read) refuse(read)
      else yield read
      progress.reached(count)
    }
  }
  const matched = new MatchedRows(answers, refuse)
  const remarks = new RowRemarks()
  for await (const batch of batched(rows())) {
    for (const row of batch) remarks.add(row)
    await matched.add(batch, !isFull())
  }
  return { count, matched, remarks }
}

function takenColumns({ columns: { at }, header }: FilePlan): CsvPrices['columns'] {
  return IMPORT_COLUMNS.flatMap((field) => {
    const place = at[field]
    return place === undefined ? [] : [{ field, name: header.cells[place]?.trim() ?? '' }]
  })
}

/**
 * Reads a file that has arrived. What is kept is one cell a product, and at most MAX_LISTED_ERRORS errors.
 * @returns the prices, or what must be answered first
 * @throws {CsvRefusedError} when the file as a whole cannot be read
 */
async function readSpooled(file: Spool, options: ReadOptions = {}): Promise<CsvPrices | CsvQuestions> {
  const answers = withDefaults(options.answers)
  const { plan, questions, rows } = await surveyFile(file, answers, options.onProgress)
  if (questions.length > 0) return { questions }
  const errors = new Errors()
  const { count, matched, remarks } = await readTable(
    file,
    plan,
    answers,
    (error) => errors.add(error),
    () => errors.full,
    options,
    rows,
  )
  if (rows >= PROGRESS_ROWS) options.onProgress?.({ stage: 'previewing', rows, of: rows })
  const question = matched.question()
  if (question) return { questions: [question] }
  const { sales, over } = matched.sales(answers.saleZone)
  return {
    rows: count,
    cells: matched.cells(),
    sales,
    costs: matched.costs(),
    errors: errors.listed.toSorted((a, b) => a.line - b.line),
    errorCount: errors.count,
    columns: takenColumns(plan),
    ignoredColumns: plan.columns.ignored,
    notes: [
      ...notesOf(plan),
      ...remarks.notes(),
      ...matched.notes(),
      ...(over > 0
        ? [`${over.toLocaleString('en')} ${over === 1 ? 'row names a sale that is' : 'rows name sales that are'} over.`]
        : []),
    ],
  }
}

/** Why each row that cannot be taken cannot. */
export interface Rejections {
  readonly plan: FilePlan
  readonly byLine: ReadonlyMap<number, CsvRowError>
}

/** All rows of a file that cannot be taken. @throws {CsvRefusedError} as readSpooled */
export async function rejectionsIn(file: Spool, given: Partial<ImportAnswers>): Promise<Rejections | CsvQuestions> {
  const answers = withDefaults(given)
  const { plan, questions } = await surveyFile(file, answers)
  if (questions.length > 0) return { questions }
  const byLine = new Map<number, CsvRowError>()
  const refuse = (error: CsvRowError) => void byLine.set(error.line, error)
  const { matched } = await readTable(file, plan, answers, refuse, () => false, {})
  const question = matched.question()
  return question ? { questions: [question] } : { plan, byLine }
}

/** Reads a file as it arrives. As readSpooled. */
export async function readPrices(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<CsvPrices | CsvQuestions> {
  const file = await spool(source, options.maxBytes ?? MAX_FILE_BYTES)
  try {
    return await readSpooled(file, options)
  } finally {
    await file.close()
  }
}
