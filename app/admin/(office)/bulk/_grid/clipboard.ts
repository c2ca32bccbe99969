/**
 * Blocks of cells as spreadsheets put them onto the clipboard: cells apart by tabs, rows by line breaks. A cell that
 * holds a tab, a line break or begins with a quote is quoted, with its own quotes doubled. Ours, and not papaparse: a quote
 * that opens a cell and is never closed takes every row behind it into that cell there; here it is a text.
 */
import type { Block } from './cellSelection.ts'

export type TextBlock = readonly (readonly string[])[]

/** A quoted cell at `start`. @returns undefined when the quote is never closed before the cell ends: then it is a text */
function quoted(text: string, start: number): { cell: string; end: number } | undefined {
  let cell = ''
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '"') {
      cell += text[at]
    } else if (text[at + 1] === '"') {
      cell += '"'
      at++
    } else {
      const end = at + 1
      const next = text[end]
      return next === undefined || next === '\t' || next === '\n' ? { cell, end } : undefined
    }
  }
  return undefined
}

function plain(text: string, start: number): { cell: string; end: number } {
  let end = start
  while (end < text.length && text[end] !== '\t' && text[end] !== '\n') end++
  return { cell: text.slice(start, end), end }
}

/** Never throws. The line break behind the last row is not a row. */
export function parseBlock(input: string): string[][] {
  const text = input.replace(/\r\n?/g, '\n')
  const rows: string[][] = []
  let row: string[] = []
  let start = 0
  do {
    const { cell, end } = (text[start] === '"' ? quoted(text, start) : undefined) ?? plain(text, start)
    row.push(cell)
    if (text[end] !== '\t') {
      rows.push(row)
      row = []
      if (end + 1 >= text.length) break
    }
    start = end + 1
  } while (start <= text.length)
  return rows
}

export function writeBlock(rows: TextBlock): string {
  const cell = (text: string) => (/[\t\r\n]|^"/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return rows.map((row) => `${row.map(cell).join('\t')}\n`).join('')
}

export interface PastedCell {
  readonly row: number
  readonly column: number
  readonly text: string
}

/**
 * The cell for each text of a pasted block. A selection of several cells is filled again and again when it is a whole
 * multiple of the block; else the block lies at the upper left corner of the selection, and what is outside is left out.
 */
export function pasted(
  block: TextBlock,
  into: Block,
  size: { readonly rows: number; readonly columns: number },
): PastedCell[] {
  const height = block.length
  const width = Math.max(0, ...block.map((row) => row.length))
  if (height === 0 || width === 0) return []
  const rows = into.bottom - into.top + 1
  const columns = into.right - into.left + 1
  const repeats = rows % height === 0 && columns % width === 0
  const bottom = Math.min(into.top + (repeats ? rows : height), size.rows)
  const right = Math.min(into.left + (repeats ? columns : width), size.columns)
  const cells: PastedCell[] = []
  for (let row = into.top; row < bottom; row++) {
    for (let column = into.left; column < right; column++) {
      const text = block[(row - into.top) % height]?.[(column - into.left) % width]
      if (text !== undefined) cells.push({ row, column, text })
    }
  }
  return cells
}
