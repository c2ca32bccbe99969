/** Tells the header of a file from its other rows. */
import { CERTAIN, isSkuName, plainName } from './aliases.ts'
import { markIn } from './columnMark.ts'
import { isPriceName } from './priceWords.ts'
import type { ImportAnswers } from './questions.ts'

/** Statements of the caller about the columns of a file. */
export type StatedColumns = Pick<ImportAnswers, 'column' | 'ignore'>

/** Columns that a file may be about. */
export const PRICED = ['price', 'compare_at', 'sale_price', 'cost'] as const

/** Whether amounts in a column of this name are prices or costs, of any kind. */
export const namesPrice = (name: string): boolean =>
  PRICED.some((field) => CERTAIN[field].includes(name)) || isPriceName(name)

/** Whether a row names a SKU and a price in words that are known: then it is the header. */
export function namesColumns(cells: readonly string[]): boolean {
  const names = cells.map(plainName)
  const sku = names.findIndex((name) => CERTAIN.sku.includes(name) || isSkuName(name))
  return sku >= 0 && names.some((name, i) => i !== sku && namesPrice(name))
}

/** Whether a row below the header says the units of its columns, such as `EUR` or `[USD]`, and nothing about a product. */
export function isUnits(cells: readonly string[], header: readonly string[]): boolean {
  const amounts = cells.filter((cell, i) => cell.trim() !== '' && namesPrice(plainName(header[i] ?? '')))
  return (
    amounts.length > 0 &&
    amounts.every((cell) => {
      const bare = cell.replaceAll(/^\s*in\s|[\s()[\]]/g, '')
      return bare !== '' && !/\p{Nd}/u.test(bare) && markIn(cell) === bare
    })
  )
}

/** The number of cells that are the very name of a column, and not words of a title: `SKU list` is none. */
export function knownNames(cells: readonly string[]): number {
  const names = new Set(Object.values(CERTAIN).flat())
  return cells.filter((cell) => names.has(plainName(cell))).length
}

/** Whether every column that was stated stands in a row. */
export function hasStated({ column, ignore }: StatedColumns, cells: readonly string[]): boolean {
  const names = new Set(cells.map(plainName))
  const asked = [...column.map((answer) => answer.slice(answer.indexOf('=') + 1)), ...ignore]
  return asked.every((name) => /^#\d+$/.test(name) || names.has(plainName(name)))
}
