/** Prices as a CSV file that an import reads back without a difference. */
import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { writeCsvAmount } from './amounts.ts'
import { guardText } from './formulaGuard.ts'

export interface PriceLine {
  readonly sku: string
  readonly name: string
  readonly brand: string
  readonly status: string
  readonly amountCents: number
  readonly compareAtCents: number | null
  readonly currency: string
  readonly version: number
  readonly changedAt: Date
}

const HEADER = ['sku', 'name', 'brand', 'status', 'price', 'compare_at', 'currency', 'version', 'changed_at']
/** Tells a spreadsheet that the file is UTF-8. */
const BOM = '\uFEFF'

function cellsOf(line: PriceLine): string[] {
  return [
    guardText(line.sku),
    guardText(line.name),
    guardText(line.brand),
    line.status,
    writeCsvAmount(line.amountCents),
    writeCsvAmount(line.compareAtCents),
    line.currency,
    String(line.version),
    line.changedAt.toISOString(),
  ]
}

async function* table(lines: AsyncIterable<PriceLine>): AsyncGenerator<string[]> {
  yield HEADER
  for await (const line of lines) yield cellsOf(line)
}

/**
 * The file, piece by piece: as fast as it is read, and never the whole of it.
 * @param bom for spreadsheets that take a file without it for another encoding
 */
export async function* writePrices(lines: AsyncIterable<PriceLine>, { bom = false } = {}): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  if (bom) yield encoder.encode(BOM)
  const reading = Readable.from(table(lines))
  const writing = stringify({ record_delimiter: '\r\n' })
  reading.on('error', (error) => writing.destroy(error))
  try {
    for await (const text of reading.pipe(writing)) yield Buffer.from(text)
  } finally {
    reading.destroy()
  }
}
