/** The columns of a file while they are made out: what is taken for what, and what is asked. */
import { COLUMN_WORDS, type ImportColumn, plainName, SALE_TIMES } from './aliases.ts'
import { readCsvAmount } from './amounts.ts'
import { markIn } from './columnMark.ts'
import { columnName, statedColumns } from './columnNames.ts'
import { conditionOf } from './conditions.ts'
import type { ImportAnswers, ImportQuestion } from './questions.ts'

/** A summary of the cells of one column. */
export interface ColumnContent {
  readonly samples: readonly { readonly line: number; readonly text: string }[]
  /** Most of its cells that hold something hold an amount. */
  readonly amounts: boolean
  /** Some of its cells hold what may be an amount; a number other than one. */
  readonly numbers: boolean
  /** Some cell says the condition that the name of the column is about. */
  readonly condition: boolean
  /** Most of them hold an amount with two decimals, or with the sign of a currency. */
  readonly prices: boolean
  /** All of them are 0 or 1. */
  readonly yesOrNo: boolean
  /** All of them hold the code of a currency. */
  readonly currencies: boolean
}

export type Answer = ImportQuestion['answers'][number]

const PLANNED: Answer = {
  parameter: 'sales',
  value: 'plan',
  label: 'Each sale is planned by its dates, and left out where it is over',
}

export class Mapping {
  readonly at: Partial<Record<ImportColumn, number>>
  readonly questions: ImportQuestion[] = []
  readonly header: readonly string[]
  readonly names: readonly string[]
  readonly #left: ReadonlySet<number>
  readonly line: number
  readonly #beside: readonly string[]

  constructor(header: readonly string[], answers: ImportAnswers, line: number, beside: readonly string[]) {
    const { at, left } = statedColumns(answers, header, line)
    this.at = at
    this.header = header
    this.names = header.map(plainName)
    this.#left = left
    this.line = line
    this.#beside = beside
  }

  free(): number[] {
    const taken = new Set(Object.values(this.at))
    return this.names.flatMap((_name, i) => (taken.has(i) || this.#left.has(i) ? [] : [i]))
  }

  name(at: number): string {
    return columnName(this.header, at)
  }

  /** As a person finds it: with what stands above or below its name. */
  shown(at: number): string {
    const beside = this.#beside[at] ?? ''
    return `"${this.name(at)}"${beside === '' ? '' : ` (${beside})`}`
  }

  plain(at: number): string {
    return this.names[at] ?? ''
  }

  /** Whether its name leaves its amounts in units of the currency of the shop. */
  isOwn(at: number): boolean {
    const mark = markIn(this.header[at] ?? '') ?? markIn(this.#beside[at] ?? '')
    return mark === undefined || readCsvAmount(`1 ${mark}`).ok
  }

  answer(field: ImportColumn, at: number, label = `${this.shown(at)} is ${COLUMN_WORDS[field]}`): Answer {
    return { parameter: 'column', value: `${field}=${this.name(at)}`, label }
  }

  ask(
    id: string,
    message: string,
    answers: readonly Answer[],
    suggested: number | null,
    content?: ColumnContent,
  ): void {
    const samples = (content?.samples ?? []).map((sample) => ({ ...sample, readAs: null }))
    this.questions.push({ id, kind: 'column', message, samples, answers: [...answers], suggested })
  }

  /** Each column that says of some rows that their prices hold on a condition. */
  askConditions(contents: readonly ColumnContent[]): void {
    for (const at of this.free().filter((i) => contents[i]?.condition === true)) {
      const [name, condition] = [this.name(at), conditionOf(this.plain(at))]
      if (!condition || (condition.about === 'sales' && this.at.sale_price === undefined)) continue
      const { id, finding, otherwise, isPlannable } = condition
      this.ask(
        `${id}:${name}`,
        `The column ${this.shown(at)} says that ${finding}`,
        [
          ...(isPlannable ? [PLANNED] : []),
          { parameter: 'ignore', value: name, label: `${otherwise}, and ${this.shown(at)} is left out` },
        ],
        isPlannable ? 0 : null,
        contents[at],
      )
    }
  }

  /** Without a sale that is planned a date means nothing. */
  leaveTimes(): void {
    for (const field of SALE_TIMES) delete this.at[field]
  }

  ignored(): string[] {
    return this.free()
      .concat([...this.#left])
      .filter((i) => this.plain(i) !== '')
      .toSorted((a, b) => a - b)
      .map((i) => this.header[i]?.trim() ?? '')
  }
}
