/** Cells as a CSV file, in UTF-8. */
import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'

/** Tells a spreadsheet that the file is UTF-8. */
const BOM = '\uFEFF'

async function* table(
  header: readonly string[],
  rows: AsyncIterable<readonly string[]>,
): AsyncGenerator<readonly string[]> {
  yield header
  yield* rows
}

/**
 * The file, piece by piece: as fast as it is read, and never the whole of it. Texts that people wrote must be guarded
 * before (formulaGuard.ts).
 * @param bom for spreadsheets that take a file without it for another encoding
 */
export async function* writeCsv(
  header: readonly string[],
  rows: AsyncIterable<readonly string[]>,
  { bom = false, delimiter = ',' } = {},
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  if (bom) yield encoder.encode(BOM)
  const reading = Readable.from(table(header, rows))
  const writing = stringify({ delimiter, record_delimiter: '\r\n' })
  reading.on('error', (error) => writing.destroy(error))
  try {
    for await (const text of reading.pipe(writing)) yield Buffer.from(text)
  } finally {
    reading.destroy()
  }
}
