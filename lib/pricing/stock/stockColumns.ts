/** Finds the columns of a file of stocks: as stated, by names that are known, else by a question. */
import { CERTAIN, likelySkus, plainName } from '../bulk/csv/aliases.ts'
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
const LIKELY_STOCK =
  /(^|_)(stock|qty|quantity|inventory|available|on_hand|bestand|lagerbestand|menge|stückzahl|verfügbar|quantité|cantidad|existencias|quantidade|estoque|giacenza|quantità|voorraad|aantal|lagersaldo|stan|ilość|количество|остаток)(_|$)|在庫|재고|库存|庫存/
/** Not how many there are: `Low stock amount`, `In stock?`, `Committed quantity`. */
const NO_STOCK =
  /status|(^|_)(low|min(imum|imal(e)?)?|max(imum)?|reserved|committed|incoming|unavailable|forecasted|out_of|in_stock|is|increments?|policy|tracker|version|alert|threshold)(_|$)/

/** Places of the columns that may be it, the likeliest first. */
const LIKELY: Readonly<Record<StockColumn, (names: readonly string[]) => readonly number[]>> = {
  sku: (names) => likelySkus(names, [...names.keys()]),
  stock: (names) => names.flatMap((name, i) => (LIKELY_STOCK.test(name) && !NO_STOCK.test(name) ? [i] : [])),
  stock_version: () => [],
}

/** Names of the column that says where the stock of a row is. */
const PLACE =
  /^(inventory_|stock_)?(location|warehouse|lager(ort)?|depot|dépôt|entrepôt|almac[eé]n|armazém|magazzino|倉庫|창고|source_code)(_(name|code))?$/

export interface StockColumns {
  readonly at: Readonly<Partial<Record<StockColumn, number>>>
  /** Of the place of each stock, if the file names one. */
  readonly place: number | undefined
  readonly ignored: readonly string[]
  readonly questions: readonly ImportQuestion[]
}

const isStockColumn = (name: string): name is StockColumn => STOCK_COLUMNS.some((column) => column === name)

function columnsOf(field: StockColumn, names: readonly string[]) {
  const known = KNOWN[field].flatMap((name) => names.flatMap((other, i) => (other === name ? [i] : [])))
  return { known, all: known.length > 0 ? known : LIKELY[field](names) }
}

/** Whether a row names a SKU and a stock in words that are known. */
export function namesStock(cells: readonly string[]): boolean {
  const names = cells.map(plainName)
  const skus = columnsOf('sku', names).all
  return columnsOf('stock', names).all.some((i) => skus.some((sku) => sku !== i))
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
    const { known, all: found } = columnsOf(field, names)
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
  const place = names.findIndex((name, i) => PLACE.test(name) && !taken.has(i))
  return {
    at,
    place: place < 0 ? undefined : place,
    questions,
    ignored: header.map((name) => name.trim()).filter((name, i) => name !== '' && !taken.has(i)),
  }
}
