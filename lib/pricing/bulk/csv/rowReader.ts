/** One row of a file as what it says about a SKU. What the catalog says about that SKU is asked later (matchRows.ts). */
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { unstorableText } from '#lib/platform/http/storableText.ts'
import type { ImportColumn } from './aliases.ts'
import { currencyIn, currencyNamed, knownCurrency, readCsvAmount, shownAmount } from './amounts.ts'
import { withColumnMark } from './columnMark.ts'
import type { RowSale } from './fileSales.ts'
import { isCutThousands } from './cutDecimals.ts'
import { unguardText } from './formulaGuard.ts'
import { PRICED } from './headerRow.ts'
import { ENCODINGS } from './questions.ts'
import { type CsvRow, type Delimiter, isEmpty } from './records.ts'
import { type DateReading, readSaleDates, type WrongDate } from './saleDates.ts'
import { isSerial } from './serialDate.ts'
import type { FilePlan } from './surveyFile.ts'

export interface CsvRowError {
  /** In the file, from 1. */
  readonly line: number
  readonly sku: string | null
  readonly column: ImportColumn | null
  readonly message: string
  /** A SKU that a product has, which may be meant. */
  readonly suggestion: string | null
}

interface Serial {
  readonly column: ImportColumn
  readonly text: string
}

export interface ReadRow {
  readonly line: number
  readonly sku: string
  /** Absent: as it is. */
  readonly amountMinor?: number
  /** Absent: as it is. Null: none. */
  readonly compareAtMinor?: number | null
  /** Absent: as it is. Null: not known any more. */
  readonly costMinor?: number | null
  /** Over the base price, for a time. */
  readonly sale?: RowSale
  /** There is a column for it and this row says nothing in it: its cell is empty, or the row ends before it. */
  readonly noCompareAt?: 'empty' | 'missing'
  /** Of the amounts. */
  readonly currency: string
  /** Of the price when the file was written: the row is about that one alone. */
  readonly version?: number
  /** The same of the cost. */
  readonly costVersion?: number
  /** Amounts that had the noise of a binary fraction, as they stood. */
  readonly rounded: readonly string[]
  /** Columns in which it has a zero, as other systems write none. */
  readonly zeros: readonly ImportColumn[]
  /** Amounts that a spreadsheet may have made of a date, as they stand. */
  readonly serials: readonly Serial[]
}

/** @returns an amount whose thousands were cut off at the comma, in a column that has no other whole amounts */
function cutThousands({ cells }: CsvRow, { columns: { at }, alwaysDecimals, neverWhole }: FilePlan) {
  for (const column of PRICED) {
    const place = at[column] ?? -1
    if (!neverWhole.has(place)) continue
    const [before = '', behind = ''] = cells.slice(place, place + 2).map((cell) => cell.trim())
    if (isCutThousands(before, behind) && (alwaysDecimals.has(place) || behind.includes('.')))
      return { column, text: `${before},${behind}`, whole: `${before}${behind}` }
  }
  return undefined
}

const MARKS: Readonly<Record<Delimiter, string>> = { ',': '","', ';': '";"', '\t': 'a tab', '|': '"|"' }
const DELIMITERS = [',', ';', '\t', '|'] as const

/** @returns the mark at which a row would have as many cells as the header, where that of the header leaves it in one piece */
function otherMark({ cells: [only = '', ...more] }: CsvRow, { header, delimiter }: FilePlan): Delimiter | undefined {
  if (more.length > 0 || header.cells.length === 1) return undefined
  return DELIMITERS.find((mark) => mark !== delimiter && only.split(mark).length === header.cells.length)
}

/** In a column of decimals, two digits behind a comma that cuts cells are most likely the decimals of the cell before. */
function hasCutDecimals({ cells }: CsvRow, { columns: { at }, alwaysDecimals, header }: FilePlan): boolean {
  if (cells.length === header.cells.length) return false
  return PRICED.some((field) => {
    const place = at[field] ?? -1
    return (
      alwaysDecimals.has(place) &&
      /^\d+$/.test(cells[place]?.trim() ?? '') &&
      /^\d{2}$/.test(cells[place + 1]?.trim() ?? '')
    )
  })
}

/** Reads the cells of one row. Cells of columns that mean nothing are not looked at. */
class Cells {
  readonly rounded: string[] = []
  readonly zeros: ImportColumn[] = []
  readonly serials: Serial[] = []
  readonly #row: CsvRow
  readonly #plan: FilePlan

  constructor(row: CsvRow, plan: FilePlan) {
    this.#row = row
    this.#plan = plan
  }

  has(column: ImportColumn): boolean {
    return this.#plan.columns.at[column] !== undefined
  }

  raw(column: ImportColumn): string {
    return this.#row.cells[this.#plan.columns.at[column] ?? -1] ?? ''
  }

  text(column: ImportColumn): string {
    return this.raw(column).trim()
  }

  /** Of an amount: with the mark that the name of its column has. */
  marked(column: ImportColumn): string {
    return withColumnMark(shownAmount(this.raw(column)), this.#plan.marks[column])
  }

  /** The code of the currency that the row is in: its own cell says so, or the cell of an amount. */
  currency(): string {
    const stated = this.text('currency')
    if (stated !== '') return currencyNamed(stated)
    const codes = (['price', 'sale_price', 'compare_at', 'cost'] as const).map((column) =>
      currencyIn(this.marked(column)),
    )
    return codes.find((code) => code !== undefined) ?? SHOP_CURRENCY.code
  }

  /** A zero is none, where there may be none. */
  amount(column: ImportColumn, currency: string): { amountMinor: number } | { message: string } | undefined {
    const text = this.marked(column)
    if (text === '') return undefined
    const read = readCsvAmount(text, knownCurrency(currency), this.#plan.numbers)
    if (!read.ok && read.isZero && column !== 'price') {
      this.zeros.push(column)
      return undefined
    }
    if (!read.ok) return { message: read.message }
    if (read.rounded) this.rounded.push(text)
    if (isSerial(text)) this.serials.push({ column, text })
    return { amountMinor: read.amountMinor }
  }

  /** As amount; null where the cell takes it away. */
  amountOrNone(
    column: ImportColumn,
    currency: string,
  ): { amountMinor: number | null } | { message: string } | undefined {
    if (shownAmount(this.raw(column)).toLowerCase() === 'none') return { amountMinor: null }
    const read = this.amount(column, currency)
    return read && 'message' in read ? { message: `${read.message} To take it away, write none.` } : read
  }
}

type Amounts = Pick<ReadRow, 'amountMinor' | 'compareAtMinor' | 'costMinor' | 'sale'>

/** The price in a row of regular and sale prices: the sale price is the price, while there is one. */
function onSale(price: number | undefined, sale: number | undefined): Amounts {
  if (sale === undefined) return price === undefined ? {} : { amountMinor: price, compareAtMinor: null }
  return { amountMinor: sale, ...(price !== undefined && { compareAtMinor: price }) }
}

/** The same where the sale is to be planned: the price stays the regular one. */
function planned(
  cells: Cells,
  reading: DateReading,
  price: number | undefined,
  sale: number | undefined,
): Amounts | WrongDate {
  const base = onSale(price, undefined)
  if (sale === undefined) return base
  const dates = readSaleDates(
    { start: cells.text('sale_start'), end: cells.text('sale_end'), dates: cells.text('sale_dates') },
    reading,
  )
  return 'message' in dates ? dates : { ...base, sale: { amountMinor: sale, ...dates } }
}

function readAmounts(cells: Cells, currency: string, { plannedSales }: FilePlan): Amounts | WrongDate {
  const price = cells.amount('price', currency)
  if (price && 'message' in price) return { column: 'price', message: price.message }
  const sale = cells.amount('sale_price', currency)
  if (sale && 'message' in sale) return { column: 'sale_price', message: sale.message }
  const compareAt = cells.amountOrNone('compare_at', currency)
  if (compareAt && 'message' in compareAt) return { column: 'compare_at', message: compareAt.message }
  const cost = cells.amountOrNone('cost', currency)
  if (cost && 'message' in cost) return { column: 'cost', message: cost.message }
  if (price && sale && sale.amountMinor >= price.amountMinor)
    return {
      column: 'sale_price',
      message: 'The price while on sale must be below the price. Leave the cell empty where there is no sale.',
    }
  const prices: Amounts | WrongDate = !cells.has('sale_price')
    ? { ...(price && { amountMinor: price.amountMinor }) }
    : plannedSales === undefined
      ? onSale(price?.amountMinor, sale?.amountMinor)
      : planned(cells, plannedSales, price?.amountMinor, sale?.amountMinor)
  if ('message' in prices) return prices
  return {
    ...(cells.zeros.includes('compare_at') && { compareAtMinor: null }),
    ...prices,
    ...(compareAt && { compareAtMinor: compareAt.amountMinor }),
    ...(cost && { costMinor: cost.amountMinor }),
  }
}

/** Whether no column that means something holds anything: exports have such rows for further pictures. */
export function saysNothing({ cells, problem }: CsvRow, { columns: { at } }: FilePlan): boolean {
  return problem === undefined && Object.values(at).every((place) => isEmpty(cells[place] ?? ''))
}

/** An empty cell leaves its value as it is; `none` takes the compare-at price or the cost away. */
export function readRow(row: CsvRow, plan: FilePlan): ReadRow | CsvRowError {
  const { header } = plan
  const cells = new Cells(row, plan)
  const sku = unguardText(cells.raw('sku'))
  const wrong = (column: ImportColumn | null, message: string): CsvRowError => ({
    line: row.line,
    sku: sku.trim() === '' || unstorableText(sku) ? null : sku,
    column,
    message,
    suggestion: null,
  })
  if (row.problem !== undefined) return wrong(null, row.problem)
  for (const column of ['sku', ...PRICED] as const) {
    const unstorable = unstorableText(cells.raw(column), 'This cell')
    if (unstorable) return wrong(column, unstorable.message)
    if (cells.raw(column).includes('\ufffd'))
      return wrong(
        column,
        `"${cells.text(column)}" has a character that is not ${ENCODINGS[plan.encoding]}. Correct it, or name the encoding of the file.`,
      )
  }
  if (row.cells.slice(header.cells.length).some((cell) => cell.trim() !== '') || hasCutDecimals(row, plan))
    return wrong(
      null,
      `This row has ${row.cells.length} cells, the header names ${header.cells.length}: a decimal comma or a text may be cut in two. Put that cell in quotes.`,
    )
  const other = otherMark(row, plan)
  if (other !== undefined)
    return wrong(
      null,
      `This row is cut at ${MARKS[other]}, and the header at ${MARKS[plan.delimiter]}. Write one mark in the whole file.`,
    )
  const cut = cutThousands(row, plan)
  if (cut)
    return wrong(
      cut.column,
      `The comma of "${cut.text}" cuts it in two. Put it in quotes, or write it as ${cut.whole}.`,
    )
  const currency = cells.currency()
  const amounts = readAmounts(cells, currency, plan)
  if ('message' in amounts) return wrong(amounts.column, amounts.message)
  if (!knownCurrency(currency)) return wrong('currency', `"${currency}" is no currency. Write ${SHOP_CURRENCY.code}.`)
  const missing = (plan.columns.at.compare_at ?? -1) >= row.cells.length
  const [version, costVersion] = [cells.text('version'), cells.text('cost_version')]
  for (const [column, text, what] of [
    ['version', version, 'price'],
    ['cost_version', costVersion, 'cost'],
  ] as const)
    if (text !== '' && !/^[1-9]\d{0,14}$/.test(text))
      return wrong(
        column,
        `"${text}" is no version. Leave the cell empty, or the column out (ignore), to take the row even if the ${what} was changed since.`,
      )
  return {
    line: row.line,
    sku,
    ...amounts,
    ...(cells.has('compare_at') && cells.marked('compare_at') === '' && { noCompareAt: missing ? 'missing' : 'empty' }),
    currency,
    ...(version !== '' && { version: Number(version) }),
    ...(costVersion !== '' && { costVersion: Number(costVersion) }),
    rounded: cells.rounded,
    zeros: cells.zeros,
    serials: cells.serials,
  }
}
