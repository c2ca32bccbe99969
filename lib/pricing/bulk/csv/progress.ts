/** The progress of a large file, in words that a program reads. */

/** Rows between two reports; a smaller file has none. */
export const PROGRESS_ROWS = 5_000

export interface ImportProgress {
  /** Looked at in all its rows first, then read by what they say. */
  readonly stage: 'surveying' | 'reading' | 'previewing'
  readonly rows: number
  /** Null while the number of rows is not known. */
  readonly of: number | null
}

export type OnProgress = (progress: ImportProgress) => void

/** One stage: reports each time that so many more rows are done, however many come at once. */
export class ProgressOf {
  #next = PROGRESS_ROWS
  readonly #stage: ImportProgress['stage']
  readonly #of: number | null
  readonly #report: OnProgress | undefined

  constructor(stage: ImportProgress['stage'], of: number | null, report: OnProgress | undefined) {
    this.#stage = stage
    this.#of = of
    this.#report = report
  }

  reached(rows: number): void {
    if (rows < this.#next) return
    this.#next = rows + PROGRESS_ROWS
    this.#report?.({ stage: this.#stage, rows, of: this.#of })
  }
}
