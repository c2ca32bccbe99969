/** The first line of an import: which column is which. */
export const IMPORT_COLUMNS = ['sku', 'price', 'compare_at', 'cost', 'currency'] as const
export type ImportColumn = (typeof IMPORT_COLUMNS)[number]

export type Columns =
  | {
      readonly ok: true
      readonly at: Partial<Record<ImportColumn, number>>
      readonly width: number
      readonly ignored: readonly string[]
    }
  | { readonly ok: false; readonly message: string }

function nameOf(cell: string): string {
  return cell
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
}

/** Columns of other names are left alone, and named in the answer: an export of another system can be sent as it is. */
export function readColumns(header: readonly string[]): Columns {
  const names = header.map(nameOf)
  const repeated = IMPORT_COLUMNS.find((column) => names.indexOf(column) !== names.lastIndexOf(column))
  if (repeated !== undefined) return { ok: false, message: `The column "${repeated}" is there twice.` }
  const at: Partial<Record<ImportColumn, number>> = {}
  for (const column of IMPORT_COLUMNS) if (names.includes(column)) at[column] = names.indexOf(column)
  if (at.sku === undefined)
    return {
      ok: false,
      message: 'The first line names the columns, and there is no column "sku". Write: sku,price,compare_at',
    }
  if (at.price === undefined && at.compare_at === undefined && at.cost === undefined)
    return { ok: false, message: 'There is neither a column "price" nor a column "compare_at" nor a column "cost".' }
  const ignored = header.filter((_cell, i) => !Object.values(at).includes(i)).map((cell) => cell.trim())
  return { ok: true, at, width: header.length, ignored }
}

/** What the first line is cut by. A German or French spreadsheet writes semicolons. */
export function delimiterOf(firstLine: string): ',' | ';' | '\t' {
  const counts = ([',', ';', '\t'] as const).map((delimiter) => ({
    delimiter,
    count: firstLine.split(delimiter).length,
  }))
  return counts.reduce((most, one) => (one.count > most.count ? one : most)).delimiter
}
