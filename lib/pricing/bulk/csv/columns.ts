/** Finds the columns of a file: by what was stated, by the names that are known, else by a question. */
import {
  CERTAIN,
  COLUMN_WORDS,
  GOOGLE_MARKS,
  IMPORT_COLUMNS,
  type ImportColumn,
  isAmazonPrice,
  likelySkus,
  ownPrices,
  SALE_DAYS,
  SALE_TIMES,
} from './aliases.ts'
import { conditionOf, isLater } from './conditions.ts'
import { CsvRefusedError } from './errors.ts'
import { PRICED } from './headerRow.ts'
import { type Answer, type ColumnContent, Mapping } from './mapping.ts'
import {
  isCostName,
  isForAll,
  isMeasure,
  isPriceName,
  isSaleFlag,
  isSaleName,
  LIKELY_COMPARE_AT,
  mayBePrice,
  saleDayOf,
} from './priceWords.ts'
import type { ImportAnswers, ImportQuestion } from './questions.ts'

export interface Columns {
  readonly at: Readonly<Partial<Record<ImportColumn, number>>>
  readonly ignored: readonly string[]
  readonly questions: readonly ImportQuestion[]
}

class ColumnFinder extends Mapping {
  /** By the names that are taken without a question; two that could be it are asked about, and the first is tried. */
  takeCertain(): void {
    for (const field of IMPORT_COLUMNS) {
      if (this.at[field] !== undefined) continue
      const free = this.free()
      const found = CERTAIN[field].flatMap((name) => free.filter((i) => this.names[i] === name))
      const [first] = found
      if (first === undefined) continue
      this.at[field] = first
      if (found.length > 1)
        this.ask(
          `column:${field}`,
          `More than one column could be ${COLUMN_WORDS[field]}. Which one is it?`,
          found.map((i) => this.answer(field, i)),
          0,
        )
    }
  }

  /** Days of sales by words of any language: what holds amounts is none. */
  takeSaleDays(contents: readonly ColumnContent[]): void {
    for (const field of SALE_DAYS) {
      if (this.at[field] !== undefined) continue
      const [only, ...others] = this.free().filter(
        (i) => saleDayOf(this.plain(i)) === field && contents[i]?.amounts === false,
      )
      if (only !== undefined && others.length === 0) this.at[field] = only
    }
  }

  /** By what stands in it, in any language: a currency that is not seen is a wrong price. */
  takeCurrency(contents: readonly ColumnContent[]): void {
    if (this.at.currency !== undefined) return
    const found = this.free().filter((i) => contents[i]?.currencies === true)
    if (found[0] === undefined) return
    this.at.currency = found[0]
    if (found.length > 1)
      this.ask(
        'column:currency',
        'More than one column holds currencies. Which one is that of the prices?',
        found.map((i) => this.answer('currency', i)),
        null,
      )
  }

  #hasNumbers(at: number, content: ColumnContent | undefined): boolean {
    return content?.numbers === true && !(content.yesOrNo && isSaleFlag(this.plain(at)))
  }

  #isCost(at: number): boolean {
    return isCostName(this.plain(at)) && !isAmazonPrice(this.plain(at), this.names)
  }

  takeSku(contents: readonly ColumnContent[]): void {
    if (this.at.sku !== undefined) return
    const free = this.free()
    const likely = likelySkus(this.names, free)
    const id = free.find((i) => this.names[i] === 'id')
    if (id !== undefined && GOOGLE_MARKS.some((name) => this.names.includes(name))) {
      this.at.sku = id
      return
    }
    const others = free.filter((i) => !likely.includes(i) && !isPriceName(this.plain(i)))
    const all = [...likely, ...others]
    if (all.length === 0) return
    this.at.sku = all[0]
    const content = contents[all[0] ?? -1]
    this.ask(
      'column:sku',
      'There is no column "sku". Which column holds the SKU?',
      all.map((i) => this.answer('sku', i)),
      likely.length > 0 ? 0 : null,
      content,
    )
  }

  takePrice(contents: readonly ColumnContent[]): void {
    // A file of costs alone names no price.
    if (PRICED.some((field) => this.at[field] !== undefined)) return
    const named = (i: number) => isPriceName(this.plain(i)) && this.#hasNumbers(i, contents[i])
    const amounts = this.free().filter((i) => named(i) || (contents[i]?.amounts === true && !isMeasure(this.plain(i))))
    // Sale prices alone are over the prices that there are.
    if (amounts.length > 0 && amounts.every((i) => isSaleName(this.plain(i)))) return
    const isCost = (i: number) => this.#isCost(i)
    const prices = amounts.filter((i) => {
      const name = this.plain(i)
      return isPriceName(name) && !isSaleName(name) && !isCost(i) && mayBePrice(name) && this.isOwn(i)
    })
    const asked = prices.filter((i) => !LIKELY_COMPARE_AT.test(this.plain(i)))
    // A list price is the price where there is no other one.
    const isOnly = amounts.every((i) => prices.includes(i) || isCost(i) || isSaleName(this.plain(i)))
    const likely = asked.length > 0 || !isOnly ? asked : prices
    const others = amounts.filter((i) => !likely.includes(i))
    const all = [...likely, ...others.filter((i) => !isCost(i)), ...others.filter(isCost)]
    const [first] = all
    if (first === undefined)
      throw new CsvRefusedError(
        'invalid_csv',
        `There is neither a column "price" nor a column "compare_at" nor a column "cost", and no other column holds amounts. Write: sku,price,compare_at. The columns are: ${this.header.map((_name, i) => this.name(i)).join(', ')}.`,
        this.line,
      )
    this.at.price = first
    this.ask(
      'column:price',
      'There is no column "price". Which column holds the price?',
      all.flatMap((i) => [...(isCost(i) ? [this.answer('cost', i)] : []), this.answer('price', i)]),
      likely.length === 1 || (all.length === 1 && this.isOwn(first) && mayBePrice(this.plain(first))) ? 0 : null,
      contents[first],
    )
  }

  #likelySales(contents: readonly ColumnContent[]): number[] {
    return this.free().filter((i) => {
      const name = this.plain(i)
      return isPriceName(name) && isSaleName(name) && this.#hasNumbers(i, contents[i])
    })
  }

  /** An answer on what sale prices become says that there are some. */
  takeSale(contents: readonly ColumnContent[]): void {
    const [only, ...others] = this.#likelySales(contents)
    if (this.at.sale_price === undefined && only !== undefined && others.length === 0) this.at.sale_price = only
  }

  /** Whether the prices of sales end, or begin later. */
  #isForATime(contents: readonly ColumnContent[]): boolean {
    const samples = (field: (typeof SALE_TIMES)[number]) => contents[this.at[field] ?? -1]?.samples ?? []
    return (
      samples('sale_end').length + samples('sale_dates').length > 0 ||
      samples('sale_start').some(({ text }) => isLater(text))
    )
  }

  /** The meanings that a column of prices for a time may have. */
  #saleAnswers(at: number, contents: readonly ColumnContent[]): Answer[] {
    if (this.at.sale_price !== undefined) return []
    const name = this.shown(at)
    const price = this.at.price === undefined ? undefined : this.shown(this.at.price)
    const likely = this.#likelySales(contents)
    const dated = SALE_TIMES.some((field) => this.at[field] !== undefined)
    return [
      ...(likely.length === 1 && likely[0] === at
        ? [
            {
              parameter: 'sales',
              value: 'plan',
              label: `${name} is the price of a sale over ${price ?? 'the price that there is'}, to be planned ${dated ? 'by the dates of the file' : 'for a time that you choose'}. Where it is empty, there is no sale`,
            } as const,
          ]
        : []),
      ...(price === undefined
        ? []
        : [
            this.answer(
              'sale_price',
              at,
              `${name} is the price from now on, and ${price} the compare-at price. Where it is empty, there is no sale`,
            ),
          ]),
    ]
  }

  /** By its name where that says so, else by its amounts. */
  #looksLikePrice(at: number, content: ColumnContent | undefined): boolean {
    const plain = this.plain(at)
    if (conditionOf(plain)?.isNoPrice || content?.condition || ownPrices(this.names).has(plain)) return false
    if (isPriceName(plain)) return this.#hasNumbers(at, content)
    const inMoney = /\p{Sc}/u.test(this.header[at] ?? '') && content?.amounts === true
    return (inMoney || content?.prices === true) && !isMeasure(plain)
  }

  /** The place of the answer that the name says. */
  #suggested(at: number, answers: readonly Answer[], contents: readonly ColumnContent[]): number {
    const plain = this.plain(at)
    const fits = (field: ImportColumn) => answers.findIndex(({ value }) => value.startsWith(`${field}=`))
    if (!this.isOwn(at)) return answers.length - 1
    if (!isForAll(plain)) return -1
    if (this.#isCost(at)) return fits('cost')
    if (isSaleName(plain)) {
      const planned = answers.findIndex(({ parameter }) => parameter === 'sales')
      return planned >= 0 && this.#isForATime(contents) ? planned : fits('sale_price')
    }
    if (LIKELY_COMPARE_AT.test(plain)) return mayBePrice(plain) ? fits('compare_at') : -1
    const isPrice = (name: string) =>
      isPriceName(name) && !isSaleName(name) && !LIKELY_COMPARE_AT.test(name) && mayBePrice(name)
    const all = this.free().filter((i) => isPrice(this.plain(i)) && !this.#isCost(i))
    return this.at.price === undefined && all.length === 1 && all[0] === at ? fits('price') : -1
  }

  /** Each column that looks like a price and is taken for nothing. */
  askPrices(contents: readonly ColumnContent[]): void {
    for (const at of this.free().filter((i) => this.#looksLikePrice(i, contents[i]))) {
      const [name, shown] = [this.name(at), this.shown(at)]
      const isCost = this.#isCost(at) && this.at.cost === undefined
      const answers: Answer[] = [
        ...(isCost ? [this.answer('cost', at)] : []),
        ...this.#saleAnswers(at, contents),
        ...(this.at.compare_at === undefined ? [this.answer('compare_at', at)] : []),
        this.answer(
          'price',
          at,
          `${shown} is the price${this.at.price === undefined ? '' : `, and ${this.shown(this.at.price)} is left out`}`,
        ),
        { parameter: 'ignore', value: name, label: `${shown} is left out` },
      ]
      const likely = this.#suggested(at, answers, contents)
      this.ask(
        `column:${name}`,
        `The column ${shown} looks like a price. What is it?`,
        answers,
        likely < 0 ? null : likely,
        contents[at],
      )
    }
  }
}

/**
 * @param contents of each column, in its order; absent while only the header is known
 * @param line of the header
 * @param beside what stands above or below each name
 * @throws {CsvRefusedError} when an answer names no column, or no column can be a price
 */
export function readColumns(
  header: readonly string[],
  contents: readonly ColumnContent[],
  answers: ImportAnswers,
  line: number,
  beside: readonly string[],
): Columns {
  const mapping = new ColumnFinder(header, answers, line, beside)
  mapping.takeCertain()
  mapping.takeCurrency(contents)
  mapping.takeSaleDays(contents)
  mapping.takeSku(contents)
  if (mapping.at.sku === undefined)
    throw new CsvRefusedError('invalid_csv', 'There is no column "sku". Write: sku,price,compare_at', line)
  mapping.takePrice(contents)
  if (answers.sales !== undefined) mapping.takeSale(contents)
  const [hasSales, isPlanned] = [mapping.at.sale_price !== undefined, answers.sales === 'plan']
  // A price from now on, whose dates may say otherwise.
  if (hasSales && !isPlanned) mapping.leaveTimes()
  mapping.askConditions(contents)
  mapping.askPrices(contents)
  if (!hasSales || !isPlanned) mapping.leaveTimes()
  return { at: mapping.at, ignored: mapping.ignored(), questions: mapping.questions }
}
