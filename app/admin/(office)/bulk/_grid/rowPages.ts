/**
 * The rows of a long list, fetched in pages as they become visible. Rows that were never visible are not there yet.
 * It keeps what it has fetched: 50,000 rows are some ten megabytes. Ours, and not TanStack Query: its infinite pages come one
 * after the other, and one query a page asks the server for each page that flies by.
 */

export interface Loaded<Row> {
  readonly rows: readonly Row[]
  readonly total: number
}

/** @param page from 1 */
export type LoadPage<Row> = (page: number, signal: AbortSignal) => Promise<Loaded<Row>>

/** Requests at once: fast scrolling must not queue up a page for everything that flew by. */
const AT_ONCE = 2

export class RowPages<Row> {
  readonly pageSize: number
  readonly #load: LoadPage<Row>
  readonly #ahead: number
  readonly #pages = new Map<number, readonly Row[]>()
  readonly #loading = new Map<number, Promise<void>>()
  readonly #listeners = new Set<() => void>()
  readonly #closed = new AbortController()
  #wanted: number[] = []
  #total: number | undefined
  #failed = false
  #revision = 0

  /** @param ahead rows above and below what is on screen that are fetched too, once what is on screen has come */
  constructor(load: LoadPage<Row>, pageSize: number, ahead = 0) {
    this.#load = load
    this.pageSize = pageSize
    this.#ahead = ahead
  }

  /** undefined until the first page has come. */
  get total(): number | undefined {
    return this.#total
  }

  /** A page did not come. What is looked at next, or `retry`, asks again. */
  get failed(): boolean {
    return this.#failed
  }

  /** Grows with everything that comes: what React compares. */
  readonly revision = (): number => this.#revision

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  row(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / this.pageSize) + 1)?.[index % this.pageSize]
  }

  /** The rows on screen: their pages are fetched, and those asked for before and not begun are forgotten. */
  want(from: number, to: number): void {
    const shown = this.#missing(from, to)
    const near = this.#missing(from - this.#ahead, to + this.#ahead).filter((page) => !shown.includes(page))
    this.#wanted = [...shown, ...near]
    this.#next()
  }

  /** Waits until the rows are there, for those who need all of them, such as a large paste. @throws what the request threw */
  async ensure(from: number, to: number): Promise<void> {
    const missing = this.#missing(from, to)
    const fetchInTurn = async () => {
      for (let page = missing.shift(); page !== undefined; page = missing.shift())
        await (this.#loading.get(page) ?? this.#fetch(page))
    }
    await Promise.all(Array.from({ length: AT_ONCE }, fetchInTurn)).finally(() => missing.splice(0))
  }

  retry(): void {
    this.#failed = false
    if (this.#wanted.length === 0 && this.#total === undefined) this.#wanted = [1]
    this.#changed()
    this.#next()
  }

  /** Gives up the requests under way. */
  close(): void {
    this.#closed.abort()
  }

  #missing(from: number, to: number): number[] {
    const last = Math.min(to, (this.#total ?? this.pageSize) - 1)
    const pages: number[] = []
    for (
      let page = Math.floor(Math.max(0, from) / this.pageSize) + 1;
      page <= Math.floor(last / this.pageSize) + 1;
      page++
    ) {
      if (!this.#pages.has(page)) pages.push(page)
    }
    return pages
  }

  #next(): void {
    while (this.#loading.size < AT_ONCE && !this.#failed) {
      const page = this.#wanted.find((wanted) => !this.#loading.has(wanted) && !this.#pages.has(wanted))
      if (page === undefined) return
      this.#fetch(page).catch(() => {
        this.#failed = true
        this.#changed()
      })
    }
  }

  #fetch(page: number): Promise<void> {
    const { signal } = this.#closed
    const loading = this.#load(page, signal)
      .then(({ rows, total }) => {
        if (signal.aborted) return
        this.#pages.set(page, rows)
        this.#total = total
        this.#failed = false
        this.#changed()
      })
      .finally(() => {
        this.#loading.delete(page)
        if (!signal.aborted) queueMicrotask(() => this.#next())
      })
    this.#loading.set(page, loading)
    return loading
  }

  #changed(): void {
    this.#revision += 1
    for (const listener of this.#listeners) listener()
  }
}
