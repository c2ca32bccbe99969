/**
 * Amounts with a decimal comma in a file whose cells are cut at commas: `12,90` is a price of 12 and a compare-at price of 90.
 * One row may mean that. All rows of a file together say which it is.
 */
import { CsvRefusedError } from './errors.ts'

/** The cells of one column and those behind it. */
export class CutDecimals {
  #rows = 0
  #first: { readonly line: number; readonly text: string } | undefined
  #isOpen = true
  /** Decimals such as `05`, which no amount begins with. */
  #zeros = false
  /** Decimals that are no higher than what stands before them. */
  #lower = 0

  add(line: number, before: string, behind: string): void {
    if (!this.#isOpen || before === '') return
    this.#isOpen = /^\d+$/.test(before) && /^\d{1,2}$/.test(behind)
    this.#rows += 1
    this.#first ??= { line, text: `${before},${behind}` }
    this.#zeros ||= behind.startsWith('0')
    if (Number(behind) <= Number(before)) this.#lower += 1
  }

  /**
   * @param higher whether the amounts of the column behind must be the higher ones
   * @throws {CsvRefusedError} naming the first of them
   */
  refuse(higher: boolean): void {
    if (!this.#isOpen || !this.#first || !(this.#zeros || (higher && this.#lower * 2 >= this.#rows))) return
    const { line, text } = this.#first
    throw new CsvRefusedError(
      'invalid_csv',
      `The commas of the amounts cut them into two cells: ${text}. Save the file with semicolons between its cells, or put each amount in quotes.`,
      line,
    )
  }
}
