/** The file as a whole cannot be read; nothing was made of it. */
export class CsvRefusedError extends Error {
  override readonly name = 'CsvRefusedError'
  readonly code: 'invalid_csv' | 'csv_too_large'
  /** The line at which reading stopped, from 1; absent when it is not about one line. */
  readonly line: number | undefined

  constructor(code: CsvRefusedError['code'], message: string, line?: number) {
    super(message)
    this.code = code
    this.line = line
  }
}

/** @param what it is: `a PDF` */
export function notCsv(what: string): CsvRefusedError {
  return new CsvRefusedError('invalid_csv', `This is ${what}, not a CSV file. Save it as "CSV UTF-8" and send that.`)
}
