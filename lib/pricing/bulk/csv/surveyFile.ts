/** The first look at a file: everything that only all of its rows can say. */
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { APOSTROPHES, SPACES } from '#lib/money/grouping.ts'
import { unstorableText } from '#lib/platform/http/storableText.ts'
import { CERTAIN, type ImportColumn, plainName, SALE_DAYS } from './aliases.ts'
import { currencyIn, knownCurrency, MONEY, shownAmount } from './amounts.ts'
import { isCode, markIn, withColumnMark } from './columnMark.ts'
import { type Columns, readColumns } from './columns.ts'
import { ConditionCensus, conditionOf, salePlaces } from './conditions.ts'
import { asksForNames, decoded, encodingOf } from './encoding.ts'
import { CutDecimals } from './cutDecimals.ts'
import { DateCensus } from './dateOrder.ts'
import { CsvRefusedError } from './errors.ts'
import { namesColumns, namesPrice, PRICED } from './headerRow.ts'
import { type Layout, layoutOf } from './layout.ts'
import type { ColumnContent } from './mapping.ts'
import { NumberCensus } from './numberFormat.ts'
import { saleDayOf } from './priceWords.ts'
import { type OnProgress, ProgressOf } from './progress.ts'
import type { DecimalMark, Encoding, ImportAnswers, ImportQuestion } from './questions.ts'
import { type CsvRow, csvRows, isBlank } from './records.ts'
import type { DateReading } from './saleDates.ts'
import type { Spool } from './spool.ts'
import { markInTitle, remarkInTitle } from './titles.ts'

/** Rows in which every column is looked at; those that a price may stand in are looked at in all. */
const LOOKED_AT = 1_000
const SAMPLES = 3
const MAX_SAMPLE = 80

export interface FilePlan extends Layout {
  readonly encoding: Encoding
  readonly columns: Columns
  readonly numbers: DecimalMark
  /** What the names of its columns say about their amounts. */
  readonly marks: Readonly<Partial<Record<ImportColumn, string>>>
  /** Columns whose amounts have decimals in each row that is as wide as the header. */
  readonly alwaysDecimals: ReadonlySet<number>
  /** Columns of amounts before another one in a file that is cut at commas, of which none is whole. */
  readonly neverWhole: ReadonlySet<number>
  /** How the dates of sales that are to be planned are read; undefined: a sale price is the price from now on. */
  readonly plannedSales: DateReading | undefined
  /** Readings of the file that its rows agree on, in words. */
  readonly agreed: readonly string[]
}

export interface Survey {
  readonly plan: FilePlan
  /** The number of rows with contents, behind the header. */
  readonly rows: number
  /** To be answered before the plan may be followed. */
  readonly questions: readonly ImportQuestion[]
}

const DIGITS = `[\\d.,${SPACES}${APOSTROPHES}]*`
const NO_DECIMALS = ':?[-\\u2012-\\u2014\\u2212]{1,2}|/-'

/** An amount in any notation and any currency. */
const AMOUNT = new RegExp(
  `^(?:[A-Z]{0,2}\\p{Sc}|[A-Z]{3})?\\s?${DIGITS}[1-9]${DIGITS}(?:e[-+]?\\d+|${NO_DECIMALS})?\\s?(?:\\p{Sc}|[A-Z]{3})?$`,
  'u',
)

const NOTHING_YET = {
  columns: { at: {}, ignored: [], questions: [] },
  numbers: 'point',
  marks: {},
  alwaysDecimals: new Set<number>(),
  neverWhole: new Set<number>(),
  plannedSales: undefined,
  agreed: [],
} as const

/** A footnote, and no SKU of a row that says nothing else. */
const IN_WORDS = /\s|[^ -~]/

/** What may be an amount, however it is written: with a digit that is not zero, no percentage and no date. */
const NUMBER = /^(?=.*(?!0)\p{Nd})(?!.*%$)(?!\d{1,4}([-/.])\d{1,2}\1\d{2,4}(?!\d))/u

const ZERO = /^0+(?:[.,]0+)?$/

class Content {
  readonly samples: { line: number; text: string }[] = []
  readonly numbers = new NumberCensus()
  readonly cut = new CutDecimals()
  readonly dates = new DateCensus()
  #filled = 0
  #amounts = 0
  #numbers = 0
  #prices = 0
  #zeros = 0
  #currencies = 0
  #yesOrNo = 0

  add(line: number, text: string): void {
    if (text === '') return
    this.#filled += 1
    if (AMOUNT.test(text)) {
      this.#amounts += 1
      if (MONEY.test(text)) this.#prices += 1
    } else if (ZERO.test(text)) this.#zeros += 1
    if (NUMBER.test(text)) this.#numbers += 1
    if (isCode(text)) this.#currencies += 1
    if (text === '0' || text === '1') this.#yesOrNo += 1
    if (this.samples.length < SAMPLES) this.samples.push({ line, text: text.slice(0, MAX_SAMPLE) })
  }

  /** @param condition whether rows say what its name is about */
  seen(condition: boolean): ColumnContent {
    return {
      samples: this.samples,
      amounts: this.#amounts > 0 && this.#amounts * 2 >= this.#filled,
      numbers: this.#numbers > 0,
      condition,
      prices: this.#prices > 0 && this.#prices * 2 >= this.#filled - this.#zeros,
      yesOrNo: this.#yesOrNo === this.#filled,
      currencies: this.#currencies > 0 && this.#currencies === this.#filled,
    }
  }
}

/** @returns the places of the columns that are stated to be anything, or whose name is one of those */
function placesOf(names: readonly string[], { column }: ImportAnswers, isOne: (name: string) => boolean): number[] {
  const stated = new Set(column.map((answer) => plainName(answer.slice(answer.indexOf('=') + 1))))
  const places = new Set(column.map((answer) => Number(/=#(\d+)$/.exec(answer)?.[1] ?? 0) - 1))
  return names.flatMap((name, i) => (isOne(name) || stated.has(name) || places.has(i) ? [i] : []))
}

const isSaleDay = (name: string) =>
  SALE_DAYS.some((field) => CERTAIN[field].includes(name)) || saleDayOf(name) !== undefined

/** The rows behind the header. Files that were put together, and printed pages, have it again: it says nothing then. */
export async function* tableRows(file: Spool, encoding: Encoding, layout: Layout): AsyncGenerator<CsvRow> {
  const { delimiter, header, units = header.line } = layout
  const names = header.cells.map(plainName)
  const isHeader = ({ cells }: CsvRow) => cells.every((cell, i) => plainName(cell) === (names[i] ?? ''))
  for await (const row of csvRows(decoded(file, encoding), delimiter, header.cells.length))
    if (row.line > units && !isBlank(row) && !isHeader(row)) yield row
}

/** @throws {CsvRefusedError} at a second header that is not the first one: the rows behind it mean something else */
function refuseOtherHeader({ line, cells }: CsvRow, prices: readonly number[]): void {
  if (prices.some((at) => /\d/.test(cells[at] ?? '')) || !namesColumns(cells)) return
  throw new CsvRefusedError(
    'invalid_csv',
    'This line names the columns anew, and not as the first header does. Send it with the rows behind it as a file of their own.',
    line,
  )
}

/**
 * Reads a file once and says how it must be read.
 * @param onProgress called now and then with the progress of a large file
 * @throws {CsvRefusedError} when it is no table of prices in any way
 */
export async function surveyFile(file: Spool, answers: ImportAnswers, onProgress?: OnProgress): Promise<Survey> {
  const found = await encodingOf(file, answers.encoding)
  const { encoding, question } = found
  const layout = await layoutOf(decoded(file, encoding), answers)
  const { header } = layout
  for (const [at, cell] of header.cells.entries()) {
    const unstorable = unstorableText(cell, `The name of column ${at + 1}`)
    if (unstorable) throw new CsvRefusedError('invalid_csv', unstorable.message, header.line)
  }
  if (question && asksForNames(found, header.cells))
    return { rows: 0, plan: { ...layout, ...NOTHING_YET, encoding }, questions: [question] }
  const names = header.cells.map(plainName)
  const marks = header.cells.map((cell, i) => markIn(cell) ?? markIn(layout.beside[i] ?? '') ?? layout.mark)
  let footnote: string | undefined
  let { remark } = layout
  const contents = names.map(() => new Content())
  const named = placesOf(names, answers, namesPrice)
  const days = placesOf(names, answers, isSaleDay)
  const prices = named.length > 0 ? named : [...names.keys()]
  const conditions = names.flatMap((name, at) => {
    const condition = conditionOf(name)
    return condition ? [{ at, census: new ConditionCensus(condition) }] : []
  })
  const priced = { sales: salePlaces(names), prices }
  const currencyAt = names.findIndex((name) => CERTAIN.currency.includes(name))
  let seen = 0
  const progress = new ProgressOf('surveying', null, onProgress)
  for await (const row of tableRows(file, encoding, layout)) {
    const { line, cells, problem } = row
    seen += 1
    progress.reached(seen)
    if (problem !== undefined) continue
    refuseOtherHeader(row, prices)
    const [only, ...others] = cells.filter((cell) => cell !== '')
    if (only !== undefined && others.length === 0 && IN_WORDS.test(only)) {
      footnote ??= markInTitle([only])
      remark ??= remarkInTitle([only])
    }
    const stated = knownCurrency((cells[currencyAt] ?? '').trim().toUpperCase())
    for (const at of prices) {
      const text = shownAmount(cells[at] ?? '')
      contents[at]?.add(line, text)
      if (layout.delimiter === ',')
        contents[at]?.cut.add(line, text, cells[at + 1]?.trim() ?? '', cells.length === names.length)
      if (text === '' || text.length > MAX_SAMPLE || text.toLowerCase() === 'none') continue
      const code = currencyIn(withColumnMark(text, marks[at])) ?? ''
      contents[at]?.numbers.add(line, text, stated ?? knownCurrency(code) ?? SHOP_CURRENCY)
    }
    for (const { at, census } of conditions) census.add(cells, at, priced)
    for (const at of days) contents[at]?.dates.add(line, cells[at]?.trim() ?? '')
    if (seen > LOOKED_AT) continue
    for (const [at, content] of contents.entries()) if (!prices.includes(at)) content.add(line, cells[at]?.trim() ?? '')
  }
  if (seen === 0)
    throw new CsvRefusedError(
      'invalid_csv',
      'The file names its columns, and there is no row below them. Put a row for each SKU there.',
      header.line,
    )
  const columns = readColumns(
    header.cells,
    contents.map((content, i) => content.seen(conditions.some(({ at, census }) => at === i && census.holds))),
    answers,
    header.line,
    layout.beside,
  )
  const neverWhole = new Set<number>()
  for (const field of PRICED) {
    const [at = -1, compareAt] = [columns.at[field], columns.at.compare_at]
    const { cut } = contents[at] ?? {}
    if (!cut || layout.delimiter !== ',' || !PRICED.some((other) => columns.at[other] === at + 1)) continue
    cut.refuse(compareAt === at + 1)
    if (cut.neverWhole) neverWhole.add(at)
  }
  const numbers = new NumberCensus()
  for (const field of PRICED) {
    const content = contents[columns.at[field] ?? -1]
    if (content) numbers.include(content.numbers)
  }
  const dates = new DateCensus()
  for (const field of SALE_DAYS) {
    const content = contents[columns.at[field] ?? -1]
    if (content) dates.include(content.dates)
  }
  const asked = [
    answers.numbers === undefined ? numbers.question() : undefined,
    answers.dates === undefined ? dates.question() : undefined,
  ].filter((one) => one !== undefined)
  return {
    rows: seen,
    plan: {
      ...layout,
      remark,
      encoding,
      columns,
      numbers: answers.numbers ?? 'point',
      marks: Object.fromEntries(PRICED.map((field) => [field, marks[columns.at[field] ?? -1] ?? footnote])),
      neverWhole,
      alwaysDecimals: new Set(contents.flatMap(({ cut }, at) => (cut.alwaysDecimals ? [at] : []))),
      plannedSales:
        answers.sales === 'plan'
          ? { timeZone: answers.saleZone, order: answers.dates ?? dates.agreed() ?? 'month-first' }
          : undefined,
      agreed: answers.dates === undefined ? dates.note() : [],
    },
    questions: [...(question ? [question] : []), ...columns.questions, ...asked],
  }
}
