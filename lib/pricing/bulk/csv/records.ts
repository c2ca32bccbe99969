/**
 * The rows of a CSV text. Ours, and neither csv-parse nor papaparse: those stop at a quote which is wrong, or take the rows
 * behind it into one cell. Here such a row is cut at the end of its first line, and reading goes on with the next line.
 */

export interface CsvRow {
  /** In the file, from 1: where the row begins. */
  readonly line: number
  /** Of a row with a problem: cut at each delimiter, quotes as they stand. */
  readonly cells: readonly string[]
  /** Why the row cannot be read as cells. */
  readonly problem?: string
}

export type Delimiter = ',' | ';' | '\t' | '|'

/** More than any cell of a price list has. A quote that is not closed within it is taken for a slip. */
const MAX_ROW_CHARACTERS = 1024 * 1024
/** Shown of a row that cannot be read. */
const MAX_BROKEN_CHARACTERS = 16 * 1024

const NEVER_CLOSED = 'A quote is opened and never closed. Double the quotes inside a cell, and put the cell in quotes.'
const IN_THE_MIDDLE = 'A quote stands in the middle of a cell. Double it, and put the cell in quotes.'
const BEHIND_A_QUOTE = 'Something follows a closing quote. Double quotes inside a cell.'
const TOO_LONG = 'This row is far too long: a quote in it may not be closed. Double the quotes inside a cell.'

/** A spreadsheet's way to keep the zeros of a code: `="00123"`. */
const TEXT_FORMULA = /^="[^"]*"$/

type Parsed = ParsedRow | Unread
type Unread = { readonly kind: 'broken'; readonly problem: string } | { readonly kind: 'more' }
type ParsedRow = {
  readonly kind: 'row'
  readonly cells: readonly string[]
  readonly end: number
  readonly breaks: number
}
interface ParsedCell {
  readonly text: string
  readonly end: number
  readonly breaks: number
}

const MORE: Unread = { kind: 'more' }

function breaksIn(text: string): number {
  return text.match(/\r\n|[\r\n]/g)?.length ?? 0
}

/** Some programs put a blank behind each mark that cuts: `"A", "1.00"`. */
function behindBlanks(text: string, from: number): number {
  let at = from
  while (text[at] === ' ') at += 1
  return at
}

class RecordParser {
  readonly #delimiter: string
  readonly #plainEnd: RegExp

  constructor(delimiter: Delimiter) {
    this.#delimiter = delimiter
    this.#plainEnd = new RegExp(`[${delimiter === '|' ? '\\|' : delimiter}\\r\\n]`, 'g')
  }

  /** @param whole no more text will come behind `text` */
  parse(text: string, start: number, whole: boolean): Parsed {
    const cells: string[] = []
    let [at, breaks] = [start, 0]
    for (;;) {
      const quote = behindBlanks(text, at)
      const cell = text[quote] === '"' ? this.#quoted(text, quote, whole) : this.#plain(text, at, whole)
      if ('kind' in cell) return cell
      cells.push(cell.text)
      breaks += cell.breaks
      at = cell.end
      if (text[at] !== this.#delimiter) return { kind: 'row', cells, end: at, breaks }
      at += 1
    }
  }

  #plain(text: string, at: number, whole: boolean): ParsedCell | Unread {
    this.#plainEnd.lastIndex = at
    const end = this.#plainEnd.exec(text)?.index ?? text.length
    if (end === text.length && !whole) return MORE
    const cell = text.slice(at, end)
    if (cell.includes('"') && !TEXT_FORMULA.test(cell.trim())) return { kind: 'broken', problem: IN_THE_MIDDLE }
    return { text: cell, end, breaks: 0 }
  }

  #quoted(text: string, at: number, whole: boolean): ParsedCell | Unread {
    let [from, doubled] = [at + 1, false]
    for (;;) {
      const quote = text.indexOf('"', from)
      if (quote < 0) return whole ? { kind: 'broken', problem: NEVER_CLOSED } : MORE
      if (quote + 1 === text.length && !whole) return MORE
      if (text[quote + 1] === '"') {
        ;[from, doubled] = [quote + 2, true]
        continue
      }
      const end = behindBlanks(text, quote + 1)
      if (end === text.length && !whole) return MORE
      const next = text[end]
      if (next !== undefined && next !== this.#delimiter && next !== '\r' && next !== '\n')
        return { kind: 'broken', problem: BEHIND_A_QUOTE }
      const inside = text.slice(at + 1, quote)
      return { text: doubled ? inside.replaceAll('""', '"') : inside, end, breaks: breaksIn(inside) }
    }
  }
}

function lineEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 10 || code === 13) return at
  }
  return -1
}

/** @returns behind the line end at `at`; undefined while it may be the first of two characters */
function behind(text: string, at: number, whole: boolean): number | undefined {
  if (at >= text.length) return at
  if (text[at] === '\n') return at + 1
  if (at + 1 === text.length && !whole) return undefined
  return text[at + 1] === '\n' ? at + 2 : at + 1
}

/** Nothing that can be seen, such as the Ctrl-Z at the end of old files. */
const UNSEEN = /^[\s\p{Cc}\p{Cf}]*$/u

export const isEmpty = (cell: string): boolean => cell === '' || UNSEEN.test(cell)

export function isBlank({ cells, problem }: CsvRow): boolean {
  return problem === undefined && cells.every(isEmpty)
}

/**
 * Whether a row over several lines, whose width is not that of the header, is a quote gone wrong: it has cells too many, or each of
 * its further lines is a row by itself. Else it ends early, or has empty cells too many.
 */
function isSlip(text: string, cells: readonly string[], delimiter: Delimiter, width: number): boolean {
  if (cells.length >= width) return cells.slice(width).some((cell) => !isEmpty(cell))
  const [, ...further] = text.split(/\r\n|[\r\n]/)
  return further.every((line) => line.split(delimiter).length === width)
}

/**
 * The rows of a text as it comes, never the whole of it; rows without a character in them too.
 * @param width cells of the header: tells a row over several lines from a quote gone wrong
 */
export async function* csvRows(
  texts: AsyncIterable<string>,
  delimiter: Delimiter,
  width?: number,
): AsyncGenerator<CsvRow> {
  const parser = new RecordParser(delimiter)
  let [text, at, line, whole] = ['', 0, 1, false]
  /** Inside a line that is too long, up to its end. */
  let skipping = false

  function* rows(): Generator<CsvRow> {
    while (at < text.length) {
      if (skipping) {
        const end = lineEnd(text, at)
        const next = end < 0 ? undefined : behind(text, end, whole)
        if (next === undefined) {
          at = end < 0 ? text.length : end
          return
        }
        ;[at, line, skipping] = [next, line + 1, false]
        continue
      }
      const tooLong = text.length - at > MAX_ROW_CHARACTERS
      let parsed = parser.parse(text, at, whole || tooLong)
      if (parsed.kind === 'more') return
      if (parsed.kind === 'row' && parsed.breaks > 0 && width !== undefined)
        if (isSlip(text.slice(at, parsed.end), parsed.cells, delimiter, width))
          parsed = { kind: 'broken', problem: NEVER_CLOSED }
      if (parsed.kind === 'row' && !(tooLong && parsed.end === text.length && !whole)) {
        const next = behind(text, parsed.end, whole)
        if (next === undefined) return
        yield { line, cells: parsed.cells }
        ;[at, line] = [next, line + 1 + parsed.breaks]
        continue
      }
      const end = lineEnd(text, at)
      if (end < 0 && !whole && !tooLong) return
      const broken = text.slice(at, end < 0 ? text.length : end).slice(0, MAX_BROKEN_CHARACTERS)
      yield { line, cells: broken.split(delimiter), problem: parsed.kind === 'broken' ? parsed.problem : TOO_LONG }
      if (end < 0) [at, skipping] = [text.length, true]
      else {
        const next = behind(text, end, whole)
        if (next === undefined) {
          // The row is said; what is left of its line end is passed over with the next text.
          ;[at, skipping] = [end, true]
          return
        }
        ;[at, line] = [next, line + 1]
      }
    }
  }

  for await (const more of texts) {
    text = text.slice(at) + more
    at = 0
    yield* rows()
  }
  whole = true
  yield* rows()
}
