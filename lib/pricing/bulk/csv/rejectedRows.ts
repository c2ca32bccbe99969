/** The rows of a file that cannot be taken, as a file: to be corrected and sent again. */
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { plainName } from './aliases.ts'
import type { ImportAnswers } from './questions.ts'
import { type CsvQuestions, MAX_FILE_BYTES, type Rejections, rejectionsIn } from './readPrices.ts'
import { type Spool, spool } from './spool.ts'
import { tableRows } from './surveyFile.ts'
import { writeCsv } from './writeCsv.ts'

/** Behind the columns of the file; an import leaves them out. */
const ADDED = ['line', 'problem', 'suggested_sku']

async function* rejectedCells(file: Spool, { plan, byLine }: Rejections, kept: readonly number[]) {
  for await (const { line, cells } of tableRows(file, plan.encoding, plan)) {
    const error = byLine.get(line)
    if (error) yield [...kept.map((i) => cells[i] ?? ''), String(line), error.message, error.suggestion ?? '']
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
 * @param answers as they were given to the import
 * @returns the header of the file and its rejected rows, cut by the same mark, in UTF-8, with what is wrong in each
 * @throws {CsvRefusedError} when the file as a whole cannot be read
 * @throws {MissingPermissionError} without `bulk:write`, before the file is read
 */
export async function rejectedRows(
  principal: Principal,
  source: AsyncIterable<Uint8Array>,
  answers: Partial<ImportAnswers>,
): Promise<AsyncGenerator<Uint8Array> | CsvQuestions> {
  assertMay(principal, 'bulk:write')
  const file = await spool(source, MAX_FILE_BYTES)
  try {
    const found = await rejectionsIn(file, answers)
    if ('questions' in found) {
      await file.close()
      return found
    }
    const { header, delimiter } = found.plan
    // A file that was rejected before has these columns already.
    const kept = header.cells.flatMap((name, i) => (ADDED.includes(plainName(name)) ? [] : [i]))
    const names = [...kept.map((i) => header.cells[i] ?? ''), ...ADDED]
    return thenClosed(writeCsv(names, rejectedCells(file, found, kept), { bom: true, delimiter }), file)
  } catch (error) {
    await file.close()
    throw error
  }
}
