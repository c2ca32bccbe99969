import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { delimiterOf } from './columns.ts'
import { CsvRefusedError } from './errors.ts'

export interface CsvRow {
  /** In the file, from 1: where the row begins. */
  readonly line: number
  readonly cells: readonly string[]
}

/** More than any row of prices has; a quote that is never closed would otherwise take the whole file for one cell. */
const MAX_ROW_CHARACTERS = 16_384

async function* decoded(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let bytes = 0
  try {
    for await (const chunk of source) {
      bytes += chunk.byteLength
      if (bytes > maxBytes) throw new CsvRefusedError('csv_too_large', `The file is larger than ${maxBytes} bytes.`)
      yield decoder.decode(chunk, { stream: true })
    }
    yield decoder.decode()
  } catch (error) {
    if (error instanceof TypeError)
      throw new CsvRefusedError('invalid_csv', 'The file is not UTF-8. Save it as "CSV UTF-8" and send it again.')
    throw error
  }
}

/** The first line is read before the rest: it says what the cells are cut by. */
async function beginning(texts: AsyncGenerator<string>): Promise<string> {
  let text = ''
  while (!/[\r\n]/.test(text) && text.length < MAX_ROW_CHARACTERS) {
    const { value, done } = await texts.next()
    if (done) break
    text += value
  }
  return text
}

async function* joined(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first
  yield* rest
}

/** The parser counts the lines that it has read; the row began where its first cell did. */
function firstLineOf(record: readonly string[], lastLine: number): number {
  return lastLine - record.reduce((lines, cell) => lines + (cell.match(/\r\n|[\r\n]/g)?.length ?? 0), 0)
}

const CODES: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'A quote is opened and never closed.',
  INVALID_OPENING_QUOTE: 'A quote stands in the middle of a cell. Double it, and put the cell in quotes.',
  CSV_INVALID_CLOSING_QUOTE: 'Something follows a closing quote. Double quotes inside a cell.',
  CSV_MAX_RECORD_SIZE: 'A row is far too long. Is a quote opened and never closed?',
}

/**
 * The rows of a file as it arrives, never the whole of it. Empty lines are passed over; the first row is the header.
 * @throws {CsvRefusedError} when it is no CSV in UTF-8, or too large
 */
export async function* csvRows(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<CsvRow> {
  const texts = decoded(source, maxBytes)
  const first = (await beginning(texts)).replace(/^\uFEFF/, '')
  const parser = parse({
    delimiter: delimiterOf(first.split(/[\r\n]/, 1)[0] ?? ''),
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAX_ROW_CHARACTERS,
    info: true,
  })
  const reading = Readable.from(joined(first, texts))
  reading.on('error', (error) => parser.destroy(error))
  try {
    for await (const { record, info } of reading.pipe(parser))
      yield { line: firstLineOf(record, info.lines), cells: record }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error['lines'] === 'number' ? error['lines'] : undefined
    throw new CsvRefusedError('invalid_csv', CODES[error.code] ?? error.message, line)
  } finally {
    reading.destroy()
  }
}
