/** Finds the table in a file: the delimiter of its cells, and the row that is the header. */
import { readCsvAmount } from './amounts.ts'
import { isCode } from './columnMark.ts'
import { CsvRefusedError, notCsv } from './errors.ts'
import { hasStated, isUnits, knownNames, namesColumns, type StatedColumns } from './headerRow.ts'
import { type CsvRow, csvRows, type Delimiter, isBlank, isEmpty } from './records.ts'
import { markInTitle, remarkInTitle } from './titles.ts'

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|']
/** Rows among which the header is looked for. */
const SNIFFED_ROWS = 100
const SNIFFED_CHARACTERS = 256 * 1024

/** What some programs write under the name of a CSV file. */
const OTHER_TEXTS: readonly (readonly [begins: RegExp, what: string])[] = [
  [/^\s*<[!?a-z]/i, 'a web page or XML'],
  [/^\s*(?:\[\s*)?\{\s*"/, 'JSON'],
  [/^\{\\rtf/, 'a text of a word processor (RTF)'],
  [/^ID;P/, 'a SYLK file'],
  [/^\s*(?:insert into|create table)\s/i, 'SQL'],
]

/** eBay names the currency of a file in the name of a column: `*Action(SiteID=US|Currency=USD)`. */
const IN_A_NAME = /\bCurrency=/

type NamesIt = (cells: readonly string[]) => boolean

export interface Layout {
  readonly delimiter: Delimiter
  readonly header: CsvRow
  /** Lines above the header that hold something: a title, `sep=;`. */
  readonly above: readonly number[]
  /** Of the currency that they say all amounts are in. */
  readonly mark: string | undefined
  /** In which way they say that its prices are other ones than those here. */
  readonly remark: string | undefined
  /** The line below the header that says the units of its columns. */
  readonly units: number | undefined
  /** What stands above or below the name of each column: a currency, a country; empty where there is nothing. */
  readonly beside: readonly string[]
}

async function beginning(texts: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const more of texts) {
    text += more
    if (text.length >= SNIFFED_CHARACTERS) break
  }
  return text.slice(0, SNIFFED_CHARACTERS)
}

async function* once(text: string): AsyncGenerator<string> {
  yield text
}

async function firstRows(text: string, delimiter: Delimiter): Promise<CsvRow[]> {
  const rows: CsvRow[] = []
  for await (const row of csvRows(once(text), delimiter)) {
    if (!isBlank(row) && rows.push(row) === SNIFFED_ROWS) break
  }
  return rows
}

const SEPARATOR = /^"?sep=(.)"?$/i

/** What the first line says that cells are cut at; it may be wrong. */
function stated(text: string): string | undefined {
  const [first = ''] = text.split(/[\r\n]/, 1)
  return SEPARATOR.exec(/^"?sep=\s*$/i.test(first) ? first : first.trim())?.[1]
}

function isSeparator({ line, cells }: CsvRow): boolean {
  return line === 1 && /^sep=/i.test(cells[0] ?? '')
}

const filled = (cells: readonly string[]) => cells.filter((cell) => cell.trim() !== '').length
const isData = (cells: readonly string[]) =>
  cells.some((cell) => readCsvAmount(cell.trim()).ok || readCsvAmount(cell.trim(), undefined, 'comma').ok)

/**
 * A title may name a SKU and a price as well: of such rows the header is the one with the most names of columns, or the last of those,
 * above the first row of data.
 * @returns -1 when no row is known for the header
 */
function knownHeader(rows: readonly CsvRow[], namesIt: NamesIt): number {
  const first = rows.findIndex(({ cells }) => namesIt(cells))
  const data = rows.findIndex(({ cells }, i) => i > first && isData(cells))
  const known = rows.flatMap(({ cells }, i) => (i >= first && (data < 0 || i < data) && namesIt(cells) ? [i] : []))
  const most = Math.max(...known.map((i) => knownNames(rows[i]?.cells ?? [])))
  return known.findLast((i) => knownNames(rows[i]?.cells ?? []) === most) ?? -1
}

/** The place of the header among the first rows: known by its words, else the first row that is as wide as most. */
function headerAmong(
  rows: readonly CsvRow[],
  answers: StatedColumns,
  namesIt: NamesIt,
): { at: number; known: boolean } | undefined {
  const known = knownHeader(rows, namesIt)
  const candidates = rows.flatMap(({ cells }, i) => (hasStated(answers, cells) && filled(cells) > 1 ? [i] : []))
  if (answers.column.some((answer) => !/=#\d+$/.test(answer)) && candidates.length > 0)
    return { at: known >= 0 && candidates.includes(known) ? known : (candidates[0] ?? 0), known: true }
  if (known >= 0) return { at: known, known: true }
  const widths = rows.map(({ cells }) => filled(cells))
  const usual = widths.toSorted((a, b) => a - b)[Math.floor(widths.length / 2)] ?? 0
  const at = rows.findIndex(({ cells }) => filled(cells) >= Math.max(2, usual) && !isData(cells))
  return at < 0 ? undefined : { at, known: false }
}

/** The texts of a row above the header that stand above other columns than the first: each is above the columns up to the next one. */
function groupsIn(row: CsvRow | undefined, { cells: header }: CsvRow): string[] {
  const texts = header.map((_name, i) => row?.cells[i]?.trim() ?? '')
  if (!texts.some((text, i) => i > 0 && text !== '') || isData(texts)) return header.map(() => '')
  return texts.map((_text, i) => texts.slice(0, i + 1).findLast((text) => text !== '') ?? '')
}

/** How much a file looks like a table when it is cut in one way: known words, then what it says, rows of one width, many cells. */
function rankOf(
  rows: readonly CsvRow[],
  header: { at: number; known: boolean } | undefined,
  isStated: boolean,
): number {
  if (!header) return 0
  const widths = rows.map(({ cells }) => cells.length)
  const alike = widths.filter((width) => width === widths[header.at]).length / rows.length
  return (header.known ? 1_000 : 0) + (isStated ? 500 : 0) + 1 + 400 * alike + Math.min(Math.max(...widths), 300)
}

/**
 * @param texts the file from its beginning
 * @param namesIt whether a row is known for the header; absent: of a file of prices
 * @throws {CsvRefusedError} when the file is empty or no row names its columns
 */
export async function layoutOf(
  texts: AsyncIterable<string>,
  answers: StatedColumns,
  namesIt: NamesIt = namesColumns,
): Promise<Layout> {
  const text = await beginning(texts)
  const [, what] = OTHER_TEXTS.find(([pattern]) => pattern.test(text)) ?? []
  if (what !== undefined) throw notCsv(what)
  if (isEmpty(text))
    throw new CsvRefusedError('invalid_csv', 'The file is empty. Export it again, or choose another one.')
  const separator = stated(text)
  const tried = await Promise.all(
    DELIMITERS.map(async (delimiter) => {
      const rows = (await firstRows(text, delimiter)).filter((row) => !isSeparator(row))
      const header = headerAmong(rows, answers, namesIt)
      return { delimiter, rows, header, rank: rankOf(rows, header, delimiter === separator) }
    }),
  )
  const best = tried.reduce((most, one) => (one.rank > most.rank ? one : most))
  const header = best.header ? best.rows[best.header.at] : undefined
  if (!header) {
    const [first] = best.rows
    if (first?.cells.length === 1 && DELIMITERS.some((mark) => namesIt(first.cells[0]?.split(mark) ?? [])))
      throw new CsvRefusedError(
        'invalid_csv',
        'Each row stands in quotes as a single cell. Open the file in a spreadsheet, split its first column at the commas, and save it again.',
        first.line,
      )
    if (separator !== undefined && !DELIMITERS.some((delimiter) => delimiter === separator))
      throw new CsvRefusedError(
        'invalid_csv',
        `The first line says that the cells are cut at "${separator}", which is not read. Save the file with commas, semicolons, tabs or | between its cells.`,
        1,
      )
    if (best.rows.length < SNIFFED_ROWS && tried.every(({ rows }) => rows.every(({ cells }) => filled(cells) <= 1)))
      throw new CsvRefusedError(
        'invalid_csv',
        'The file has a single column: no separator was found. Put a SKU and an amount into each row, separated by a comma, a semicolon, a tab or |.',
        first?.line,
      )
    throw new CsvRefusedError(
      'invalid_csv',
      `${best.rows.length < SNIFFED_ROWS ? 'No row' : `None of the first ${SNIFFED_ROWS} rows`} names the columns${separator === undefined ? '' : ', however the cells are cut: not at what the first line says either'}. The first row is: ${first?.cells.join(' ').slice(0, 100) ?? ''}. Put a row above the prices that names them: sku,price,compare_at`,
      first?.line,
    )
  }
  const titles = best.rows.filter(({ line }) => line < header.line)
  const above = titles.map(({ line }) => line)
  const below = best.rows[best.rows.indexOf(header) + 1]
  const units = below && isUnits(below.cells, header.cells) ? below : undefined
  const groups = groupsIn(titles.at(-1), header)
  return {
    delimiter: best.delimiter,
    header,
    above: separator === undefined ? above : [1, ...above],
    remark: titles.flatMap(({ cells }) => remarkInTitle(cells) ?? [])[0],
    units: units?.line,
    beside: groups.map((group, i) => [group, units?.cells[i]?.trim() ?? ''].filter((text) => text !== '').join(', ')),
    mark: [
      ...titles.flatMap(({ cells }) => markInTitle(cells) ?? cells.map((cell) => cell.trim()).find(isCode) ?? []),
      ...header.cells.flatMap((cell) => (IN_A_NAME.test(cell) ? (markInTitle([cell]) ?? []) : [])),
    ][0],
  }
}
