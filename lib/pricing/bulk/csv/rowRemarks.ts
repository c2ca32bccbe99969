/** What was made of single amounts of a file without a question: said beside its rows. */
import type { ImportColumn } from './aliases.ts'
import type { ReadRow } from './rowReader.ts'

interface Remark {
  readonly line: number
  readonly text: string
  count: number
}

/** A cost is set at once, so a zero takes none away. */
const ZEROS: Partial<Record<ImportColumn, string>> = {
  compare_at: 'as the compare-at price, which is read as none',
  sale_price: 'as the price while on sale, which is read as no sale',
  cost: 'as the cost, which stays as it is: write none to take it away',
}

const few = (count: number, one: string, many: string) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`

export class RowRemarks {
  readonly #found = new Map<'rounded' | ImportColumn, Remark>()

  add({ line, rounded: [text], zeros }: ReadRow): void {
    if (text !== undefined) this.#count('rounded', line, text)
    for (const column of zeros) this.#count(column, line, '0')
  }

  #count(of: 'rounded' | ImportColumn, line: number, text: string): void {
    const remark = this.#found.get(of)
    if (remark) remark.count += 1
    else this.#found.set(of, { line, text, count: 1 })
  }

  notes(): string[] {
    return [...this.#found].map(([of, { line, text, count }]) =>
      of === 'rounded'
        ? `${few(count, 'amount was', 'amounts were')} rounded to the decimals of the currency, such as ${text} in line ${line}.`
        : `${few(count, 'row has', 'rows have')} zero ${ZEROS[of] ?? ''} (line ${line}${count === 1 ? '' : ' first'}).`,
    )
  }
}
