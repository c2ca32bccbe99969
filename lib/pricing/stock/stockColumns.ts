/** Finds the columns of a file of stocks: as stated, by names that are known, else by a question. */
import { CERTAIN, LIKELY_SKU, plainName } from '../bulk/csv/aliases.ts'
import { columnName, findColumn } from '../bulk/csv/columnNames.ts'
import { CsvRefusedError } from '../bulk/csv/errors.ts'
import type { ImportQuestion } from '../bulk/csv/questions.ts'

export const STOCK_COLUMNS = ['sku', 'stock', 'stock_version'] as const
export type StockColumn = (typeof STOCK_COLUMNS)[number]

const WORDS: Readonly<Record<StockColumn, string>> = {
  sku: 'the SKU',
  stock: 'the stock',
  stock_version: 'the version of the stock',
}

/** Ours first, then Shopify, WooCommerce, Magento. */
const KNOWN: Readonly<Record<StockColumn, readonly string[]>> = {
  sku: CERTAIN.sku,
  stock: ['stock', 'variant_inventory_qty', 'stock_quantity', 'qty'],
  stock_version: ['stock_version'],
}
const LIKELY: Readonly<Record<StockColumn, readonly string[]>> = {
  sku: LIKELY_SKU,
  stock: [
    'quantity',
    'available',
    'on_hand',
    'inventory',
    'inventory_quantity',
    'bestand',
    'lagerbestand',
    'menge',
    'stückzahl',
    '在庫',
    '在庫数',
    '재고',
  ],
  stock_version: [],
}

export interface StockColumns {
  readonly at: Readonly<Partial<Record<StockColumn, number>>>
  readonly ignored: readonly string[]
  readonly questions: readonly ImportQuestion[]
}

const isStockColumn = (name: string): name is StockColumn => STOCK_COLUMNS.some((column) => column === name)

/** Whether a row names a SKU and a stock in words that are known. */
export function namesStock(cells: readonly string[]): boolean {
  const names = cells.map(plainName)
  return (['sku', 'stock'] as const).every((field) =>
    names.some((name) => [...KNOWN[field], ...LIKELY[field]].includes(name)),
  )
}

/**
 * @param column as an answer states it: `stock=Bestand`
 * @throws {CsvRefusedError} when an answer names no column, or there is none for the SKU or the stock
 */
export function readStockColumns(header: readonly string[], column: readonly string[], line: number): StockColumns {
  const names = header.map(plainName)
  const at: Partial<Record<StockColumn, number>> = {}
  for (const answer of column) {
    const [field = '', ...rest] = answer.split('=')
    if (!isStockColumn(field))
      throw new CsvRefusedError(
        'invalid_csv',
        `"${field}" is no field of an import. Name one of these: ${STOCK_COLUMNS.join(', ')}.`,
        line,
      )
    at[field] = findColumn(header, rest.join('='), line)
  }
  const questions: ImportQuestion[] = []
  for (const field of STOCK_COLUMNS) {
    if (at[field] !== undefined) continue
    const among = (some: readonly string[]) =>
      some.flatMap((name) => names.flatMap((other, i) => (other === name ? [i] : [])))
    const known = among(KNOWN[field])
    const found = known.length > 0 ? known : among(LIKELY[field])
    const [first] = found
    if (first === undefined) {
      if (field === 'stock_version') continue
      throw new CsvRefusedError(
        'invalid_csv',
        `There is no column "${field}". Write: sku,stock. The columns are: ${header.map((_name, i) => columnName(header, i)).join(', ')}.`,
        line,
      )
    }
    at[field] = first
    if (known.length === 1) continue
    questions.push({
      id: `column:${field}`,
      kind: 'column',
      message:
        known.length > 1
          ? `More than one column could be ${WORDS[field]}. Which one is it?`
          : `There is no column "${field}". Which column holds ${WORDS[field]}?`,
      samples: [],
      answers: found.map((i) => {
        const name = columnName(header, i)
        return { parameter: 'column', value: `${field}=${name}`, label: `"${name}" is ${WORDS[field]}` }
      }),
      suggested: 0,
    })
  }
  const taken = new Set(Object.values(at))
  return { at, questions, ignored: header.map((name) => name.trim()).filter((name, i) => name !== '' && !taken.has(i)) }
}
