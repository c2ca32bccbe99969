/** The rows of a file that cannot be taken, as a file: to be corrected and sent again. */
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { plainName } from './aliases.ts'
import { markIn, withColumnMark } from './columnMark.ts'
import { PRICED } from './headerRow.ts'
import type { Layout } from './layout.ts'
import type { Encoding, ImportAnswers } from './questions.ts'
import { type CsvQuestions, MAX_FILE_BYTES, rejectionsIn } from './readPrices.ts'
import type { CsvRowError } from './rowReader.ts'
import { type Spool, spool } from './spool.ts'
import { type FilePlan, tableRows } from './surveyFile.ts'
import { writeCsv } from './writeCsv.ts'

/** Behind the columns of the file; an import leaves them out. */
const ADDED = ['line', 'problem', 'suggested_sku']

interface Problem {
  readonly message: string
  readonly suggestion: string | null
}

/** Why each row that is not taken is not, by its line. */
export interface Rejected {
  readonly table: Layout & { readonly encoding: Encoding }
  readonly byLine: ReadonlyMap<number, Problem>
  /** What stands around the table and says the currency of a column, by its place: it is written beside each amount. */
  readonly marks: ReadonlyMap<number, string>
}

async function* cellsOf(file: Spool, { table, byLine, marks }: Rejected, kept: readonly number[]) {
  for await (const { line, cells } of tableRows(file, table.encoding, table)) {
    const problem = byLine.get(line)
    if (!problem) continue
    const own = kept.map((i) => withColumnMark(cells[i] ?? '', marks.get(i)))
    yield [...own, String(line), problem.message, problem.suggestion ?? '']
  }
}

async function* thenClosed(parts: AsyncIterable<Uint8Array>, file: Spool): AsyncGenerator<Uint8Array> {
  try {
    yield* parts
  } finally {
    await file.close()
  }
}

/**
 * @param find closes nothing: the file is closed when its last part is read, and at once where there is none
 * @returns the header of the file and the rows that were found, cut by the same mark, in UTF-8, with what is wrong in each
 * @throws as the search
 */
export async function rejectedFile(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
  find: (file: Spool) => Promise<Rejected | CsvQuestions>,
): Promise<AsyncGenerator<Uint8Array> | CsvQuestions> {
  const file = await spool(source, maxBytes)
  try {
    const found = await find(file)
    if ('questions' in found) {
      await file.close()
      return found
    }
    const { header, delimiter } = found.table
    // A file that was rejected before has these columns already.
    const kept = header.cells.flatMap((name, i) => (ADDED.includes(plainName(name)) ? [] : [i]))
    const names = [...kept.map((i) => header.cells[i] ?? ''), ...ADDED]
    return thenClosed(writeCsv(names, cellsOf(file, found, kept), { bom: true, delimiter }), file)
  } catch (error) {
    await file.close()
    throw error
  }
}

/** With the column that is wrong, as the file names it: beside the SKU there are several. */
function placed({ column, message, suggestion }: CsvRowError, { columns: { at }, header }: FilePlan): Problem {
  const name = column === null || column === 'sku' ? undefined : header.cells[at[column] ?? -1]?.trim()
  return { message: name === undefined ? message : `${name}: ${message}`, suggestion }
}

/** The marks of amounts that the header does not say itself. */
function marksAround({ columns: { at }, header, marks }: FilePlan): Map<number, string> {
  return new Map(
    PRICED.flatMap((field) => {
      const [place, mark] = [at[field] ?? -1, marks[field]]
      return mark === undefined || markIn(header.cells[place] ?? '') !== undefined ? [] : [[place, mark] as const]
    }),
  )
}

/**
 * The rows that an import of prices leaves out.
 * @param answers as they were given to the import
 * @returns as rejectedFile
 * @throws {CsvRefusedError} when the file as a whole cannot be read
 * @throws {MissingPermissionError} without `bulk:write`, before the file is read
 */
export async function rejectedRows(
  principal: Principal,
  source: AsyncIterable<Uint8Array>,
  answers: Partial<ImportAnswers>,
): Promise<AsyncGenerator<Uint8Array> | CsvQuestions> {
  assertMay(principal, 'bulk:write')
  return rejectedFile(source, MAX_FILE_BYTES, async (file) => {
    const found = await rejectionsIn(file, answers)
    if ('questions' in found) return found
    const { plan, byLine } = found
    return {
      table: plan,
      byLine: new Map([...byLine].map(([line, error]) => [line, placed(error, plan)])),
      marks: marksAround(plan),
    }
  })
}
