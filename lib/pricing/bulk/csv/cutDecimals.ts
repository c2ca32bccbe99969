/**
 * Amounts with a comma in a file whose cells are cut at commas: `12,90` is a price of 12 and a compare-at price of 90. One row may mean that. All rows of a file together say which it is.
 */
import { CsvRefusedError } from './errors.ts'

/**
 * Whether two cells may be an amount whose thousands were cut off: `1,299.00`. As a price and a compare-at price they would be a
 * reduction by three quarters or more.
 */
export function isCutThousands(before: string, behind: string): boolean {
  if (!/^[1-9]\d{0,2}$/.test(before) || !/^\d{3}(?:\.\d+)?$/.test(behind)) return false
  return behind.startsWith('0') || Number(behind) >= 4 * Number(before)
}

/** The cells of one column and those behind it. */
export class CutDecimals {
  #rows = 0
  #first: { readonly line: number; readonly text: string } | undefined
  #isOpen = true
  /** Decimals such as `05`, which no amount begins with. */
  #zeros = false
  /** Decimals that are no higher than what stands before them. */
  #lower = 0
  /** In rows as wide as the header. */
  #whole = false
  #decimals = false

  /** @param isWhole whether the row has as many cells as the header */
  add(line: number, before: string, behind: string, isWhole: boolean): void {
    if (before === '') return
    if (/\d[.,]\d{2}/.test(before)) this.#decimals = true
    else if (isWhole && /^[1-9]\d*$/.test(before) && !isCutThousands(before, behind)) this.#whole = true
    if (!this.#isOpen) return
    // Other systems write a zero where there is no compare-at price.
    this.#isOpen = /^\d+$/.test(before) && /^\d{1,2}$/.test(behind) && behind !== '0'
    this.#rows += 1
    this.#first ??= { line, text: `${before},${behind}` }
    this.#zeros ||= behind.startsWith('0')
    if (Number(behind) <= Number(before)) this.#lower += 1
  }

  /** Whether each row as wide as the header has decimals: a whole amount in another row is strange then. */
  get alwaysDecimals(): boolean {
    return this.#decimals && !this.#whole
  }

  /** Whether no amount is whole, but for those that may have been cut at their thousands. */
  get neverWhole(): boolean {
    return !this.#whole
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
