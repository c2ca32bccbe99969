/** The first look at a file: everything that only all of its rows can say. */
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { unstorableText } from '#lib/platform/http/storableText.ts'
import { CERTAIN, isPriceName, plainName } from './aliases.ts'
import { codeIn, knownCurrency } from './amounts.ts'
import { type ColumnContent, type Columns, readColumns } from './columns.ts'
import { decoded, encodingOf } from './encoding.ts'
import { CsvRefusedError } from './errors.ts'
import { type Layout, layoutOf } from './layout.ts'
import { NumberCensus } from './numberFormat.ts'
import type { DecimalMark, Encoding, ImportAnswers, ImportQuestion } from './questions.ts'
import { type CsvRow, csvRows, isBlank } from './records.ts'
import type { Spool } from './spool.ts'

/** Rows in which every column is looked at; those that a price may stand in are looked at in all. */
const LOOKED_AT = 1_000
const SAMPLES = 3
const MAX_SAMPLE = 80

export interface FilePlan extends Layout {
  readonly encoding: Encoding
  readonly columns: Columns
  readonly numbers: DecimalMark
  /** The zone of sales that are to be planned; undefined: a sale price is the price from now on. */
  readonly planSalesIn: string | undefined
}

export interface Survey {
  readonly plan: FilePlan
  /** The number of rows with contents, behind the header. */
  readonly rows: number
  /** To be answered before the plan may be followed. */
  readonly questions: readonly ImportQuestion[]
}

/** An amount in any notation and any currency. */
const AMOUNT = /^(?:\p{Sc}|[A-Z]{3})?\s?[\d.,'\u2019\s]*[1-9][\d.,'\u2019\s]*(?:e[-+]?\d+)?\s?(?:\p{Sc}|[A-Z]{3})?$/u

class Content {
  readonly samples: { line: number; text: string }[] = []
  readonly numbers = new NumberCensus()
  #filled = 0
  #amounts = 0

  add(line: number, text: string): void {
    if (text === '') return
    this.#filled += 1
    if (AMOUNT.test(text)) this.#amounts += 1
    if (this.samples.length < SAMPLES) this.samples.push({ line, text: text.slice(0, MAX_SAMPLE) })
  }

  seen(): ColumnContent {
    return { samples: this.samples, amounts: this.#amounts > 0 && this.#amounts * 2 >= this.#filled }
  }
}

function pricesAmong(names: readonly string[], { column }: ImportAnswers): number[] {
  const stated = new Set(column.map((answer) => plainName(answer.slice(answer.indexOf('=') + 1))))
  const places = new Set(column.map((answer) => Number(/=#(\d+)$/.exec(answer)?.[1] ?? 0) - 1))
  const known = new Set([...CERTAIN.price, ...CERTAIN.compare_at, ...CERTAIN.cost])
  return names.flatMap((name, i) =>
    known.has(name) || isPriceName(name) || stated.has(name) || places.has(i) ? [i] : [],
  )
}

/** The row of the file in which `row` stands behind the header. */
export async function* tableRows(file: Spool, encoding: Encoding, layout: Layout): AsyncGenerator<CsvRow> {
  for await (const row of csvRows(decoded(file, encoding), layout.delimiter, layout.header.cells.length))
    if (row.line > layout.header.line && !isBlank(row)) yield row
}

/**
 * Reads a file once and says how it must be read.
 * @throws {CsvRefusedError} when it is no table of prices in any way
 */
export async function surveyFile(file: Spool, answers: ImportAnswers): Promise<Survey> {
  const { encoding, question } = await encodingOf(file, answers.encoding)
  const layout = await layoutOf(decoded(file, encoding), answers)
  const { header } = layout
  const unstorable = unstorableText([...header.cells], 'column')
  if (unstorable) throw new CsvRefusedError('invalid_csv', unstorable.message, header.line)
  const names = header.cells.map(plainName)
  const contents = names.map(() => new Content())
  const named = pricesAmong(names, answers)
  const prices = named.length > 0 ? named : [...names.keys()]
  const currencyAt = names.findIndex((name) => CERTAIN.currency.includes(name))
  let seen = 0
  for await (const { line, cells, problem } of tableRows(file, encoding, layout)) {
    seen += 1
    if (problem !== undefined) continue
    const stated = knownCurrency((cells[currencyAt] ?? '').trim().toUpperCase())
    for (const at of prices) {
      const text = cells[at]?.trim() ?? ''
      contents[at]?.add(line, text)
      if (text === '' || text.length > MAX_SAMPLE || text.toLowerCase() === 'none') continue
      contents[at]?.numbers.add(line, text, stated ?? knownCurrency(codeIn(text) ?? '') ?? SHOP_CURRENCY)
    }
    if (seen > LOOKED_AT) continue
    for (const [at, content] of contents.entries()) if (!prices.includes(at)) content.add(line, cells[at]?.trim() ?? '')
  }
  const columns = readColumns(
    header.cells,
    contents.map((content) => content.seen()),
    answers,
    header.line,
  )
  const numbers = new NumberCensus()
  for (const field of ['price', 'compare_at', 'sale_price', 'cost'] as const) {
    const content = contents[columns.at[field] ?? -1]
    if (content) numbers.include(content.numbers)
  }
  const asked = answers.numbers === undefined ? numbers.question() : undefined
  return {
    rows: seen,
    plan: {
      ...layout,
      encoding,
      columns,
      numbers: answers.numbers ?? 'point',
      planSalesIn: answers.sales === 'plan' ? answers.saleZone : undefined,
    },
    questions: [...(question ? [question] : []), ...columns.questions, ...(asked ? [asked] : [])],
  }
}
