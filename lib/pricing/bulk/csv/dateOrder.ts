/** Finds whether the short dates of one file, such as `1/5/26`, begin with the month: looked at in all its rows, then stated or asked. */
import { DATE_ORDERS, type DateOrder, type ImportQuestion } from './questions.ts'
import { readDay } from './writtenDate.ts'

const SAMPLES = 3
const SHORT = /^\d{1,2}[-/]/

interface Sample {
  readonly line: number
  readonly text: string
}

const WORDS: Readonly<Record<DateOrder, string>> = { 'month-first': 'The month first', 'day-first': 'The day first' }

export class DateCensus {
  /** Different dates that are another day in each order, or none in one of them. */
  #open = 0
  readonly #days: Record<DateOrder, number> = { 'month-first': 0, 'day-first': 0 }
  readonly #samples: Sample[] = []
  /** A file names the same few days again and again. */
  readonly #seen = new Set<string>()

  add(line: number, text: string): void {
    if (!SHORT.test(text) || this.#seen.has(text)) return
    this.#seen.add(text)
    const [monthFirst, dayFirst] = [readDay(text, 'month-first'), readDay(text, 'day-first')]
    if (monthFirst === dayFirst) return
    this.#open += 1
    if (monthFirst !== undefined) this.#days['month-first'] += 1
    if (dayFirst !== undefined) this.#days['day-first'] += 1
    if (this.#samples.length < SAMPLES) this.#samples.push({ line, text })
  }

  include(other: DateCensus): void {
    this.#open += other.#open
    for (const order of DATE_ORDERS) this.#days[order] += other.#days[order]
    this.#samples.push(...other.#samples.slice(0, SAMPLES - this.#samples.length))
  }

  /** The order in which every date of the file is one, where the other order leaves some out; undefined where the rows do not say. */
  agreed(): DateOrder | undefined {
    const [order, ...others] = DATE_ORDERS.filter((one) => this.#days[one] === this.#open)
    return this.#open > 0 && others.length === 0 ? order : undefined
  }

  /** @returns undefined where the order is agreed, or makes no difference */
  question(): ImportQuestion | undefined {
    if (this.#open === 0 || this.agreed() !== undefined) return undefined
    const [first] = this.#samples
    const label = (order: DateOrder) => {
      const day = first && readDay(first.text, order)
      return first ? `${WORDS[order]}: ${first.text} ${day === undefined ? 'is no date' : `is ${day}`}` : WORDS[order]
    }
    return {
      id: 'dates',
      kind: 'dates',
      message: 'The dates of the sales can be read in two ways, or are written in two. What do they begin with?',
      samples: this.#samples.map((sample) => ({ ...sample, readAs: null })),
      answers: DATE_ORDERS.map((order) => ({ parameter: 'dates', value: order, label: label(order) })),
      suggested: null,
    }
  }

  /** @returns the agreed order, in words */
  note(): string[] {
    const [first] = this.#samples
    const order = this.agreed()
    if (!first || !order) return []
    return [
      `Dates are read with the ${order === 'month-first' ? 'month' : 'day'} first: ${first.text} is ${readDay(first.text, order)}.`,
    ]
  }
}
