/** Finds the notation of the amounts of one file: counted over all its rows, then stated or asked. */
import type { Currency } from '#lib/money/currencies.ts'
import { showMoney } from '#lib/money/money.ts'
import { readCsvAmount, withoutMark } from './amounts.ts'
import { DECIMAL_MARKS, type DecimalMark, type ImportQuestion } from './questions.ts'

const SAMPLES = 3

/** The evidence of one cell about the file. */
type Evidence =
  /** Reads as our own files have it. */
  | 'plain'
  | 'point'
  | 'comma'
  /** A currency mark or groups, and the same amount in both ways. */
  | 'either'
  /** Two amounts, or thousands that may be three decimals. */
  | 'two-ways'
  | 'neither'

const EVIDENCE: readonly Evidence[] = ['plain', 'point', 'comma', 'either', 'two-ways', 'neither']
const PLAIN = /^\d+(?:\.\d+)?$/
const THREE_BEHIND = /^\d{1,3}[.,]\d{3}$/

/** Most cells of most files, which need no second look. */
const COMMON = /^[1-9]\d{0,5}(?:\.\d{2})?$/

function evidenceOf(text: string, currency: Currency): Evidence {
  if (currency.digits === 2 && COMMON.test(text)) return 'plain'
  const [point, comma] = [readCsvAmount(text, currency, 'point'), readCsvAmount(text, currency, 'comma')]
  if (!point.ok && !comma.ok) return 'neither'
  const bare = withoutMark(text, currency)
  // Without decimals the three are thousands, unless they are zeros.
  const isThousands = currency.digits === 0 && point.ok !== comma.ok
  if (THREE_BEHIND.test(bare) && !isThousands && !(currency.digits === 3 && bare.includes('.'))) return 'two-ways'
  if (point.ok && PLAIN.test(text)) return 'plain'
  if (point.ok && comma.ok) return point.amountMinor === comma.amountMinor ? 'either' : 'two-ways'
  return point.ok ? 'point' : 'comma'
}

/** An amount by itself, in any notation that a file may have. @returns undefined where it can be read in two ways, must be rounded, or is none */
export function readInOneWay(text: string, currency: Currency): number | undefined {
  const evidence = evidenceOf(text, currency)
  if (evidence === 'two-ways') return undefined
  const read = readCsvAmount(text, currency, evidence === 'comma' ? 'comma' : 'point')
  return read.ok && !read.rounded ? read.amountMinor : undefined
}

interface Sample {
  readonly line: number
  readonly text: string
  readonly currency: Currency
}

export class NumberCensus {
  readonly #count: Record<Evidence, number> = { plain: 0, point: 0, comma: 0, either: 0, 'two-ways': 0, neither: 0 }
  /** Plain amounts that show which mark stands before the decimals. */
  #plainWithPoint = 0
  /** Of the cells that may be read in two ways: those that read with this mark. */
  readonly #twoWays: Record<DecimalMark, number> = { point: 0, comma: 0 }
  readonly #samples: Sample[] = []
  #grouped = false
  #marked = false

  add(line: number, text: string, currency: Currency): void {
    const evidence = evidenceOf(text, currency)
    this.#count[evidence] += 1
    if (evidence === 'plain') {
      if (text.includes('.')) this.#plainWithPoint += 1
      return
    }
    if (evidence === 'neither') return
    if (evidence === 'two-ways')
      for (const mark of DECIMAL_MARKS) if (readCsvAmount(text, currency, mark).ok) this.#twoWays[mark] += 1
    const bare = withoutMark(text, currency)
    if (bare !== text) this.#marked = true
    if (/\d\D\d{3}(?:\D|$)/.test(bare)) this.#grouped = true
    if (this.#samples.length < SAMPLES) this.#samples.push({ line, text, currency })
  }

  /** Counts the cells of another column too. */
  include(other: NumberCensus): void {
    for (const evidence of EVIDENCE) this.#count[evidence] += other.#count[evidence]
    for (const mark of DECIMAL_MARKS) this.#twoWays[mark] += other.#twoWays[mark]
    this.#plainWithPoint += other.#plainWithPoint
    this.#grouped ||= other.#grouped
    this.#marked ||= other.#marked
    this.#samples.push(...other.#samples.slice(0, SAMPLES - this.#samples.length))
  }

  /** The mark with which every row reads, where a row reads with that one alone; undefined where they do not agree. */
  #agreed(): DecimalMark | undefined {
    const { point, comma, either, 'two-ways': twoWays } = this.#count
    const points = point + this.#plainWithPoint
    if (comma > 0) return points === 0 && this.#twoWays.comma === twoWays ? 'comma' : undefined
    if (points > 0) return this.#twoWays.point === twoWays ? 'point' : undefined
    return either > 0 && twoWays === 0 ? 'point' : undefined
  }

  #words(agreed: DecimalMark): string {
    const parts = [
      `a decimal ${agreed === 'point' ? 'point' : 'comma'}`,
      ...(this.#grouped ? ['thousands in groups'] : []),
      ...(this.#marked ? ['the mark of the currency'] : []),
    ]
    return `The amounts are written with ${parts.join(', ').replace(/, ([^,]*)$/, ' and $1')}. Is that right?`
  }

  /** @returns undefined when every amount is written as in a file of ours, or cannot be read at all */
  question(): ImportQuestion | undefined {
    const { point, comma, either, 'two-ways': twoWays } = this.#count
    if (point + comma + either + twoWays === 0) return undefined
    const agreed = this.#agreed()
    const [first] = this.#samples
    const say = ({ text, currency }: Sample, mark: DecimalMark) => {
      const read = readCsvAmount(text, currency, mark)
      return read.ok ? showMoney(read.amountMinor, currency) : null
    }
    const label = (mark: DecimalMark) => {
      const words = mark === 'point' ? 'A point before the decimals' : 'A comma before the decimals'
      const read = first ? say(first, mark) : null
      return first ? `${words}: ${first.text} ${read === null ? 'cannot be read' : `is ${read}`}` : words
    }
    return {
      id: 'numbers',
      kind: 'numbers',
      message: agreed
        ? this.#words(agreed)
        : 'The amounts of this file can be read in two ways, or are written in two. What stands before the decimals?',
      samples: this.#samples.map((sample) => ({
        line: sample.line,
        text: sample.text,
        readAs: agreed ? say(sample, agreed) : null,
      })),
      answers: [
        { parameter: 'numbers', value: 'point', label: label('point') },
        { parameter: 'numbers', value: 'comma', label: label('comma') },
      ],
      suggested: agreed === undefined ? null : agreed === 'point' ? 0 : 1,
    }
  }
}
