/** Stocks from a file: the same reader as that of prices, with its encodings, questions and messages. Nothing is written. */
import { db } from '#lib/platform/db.ts'
import { unstorableText } from '#lib/platform/http/storableText.ts'
import { asksForNames, decoded, encodingOf } from '../bulk/csv/encoding.ts'
import { CsvRefusedError } from '../bulk/csv/errors.ts'
import { unguardText } from '../bulk/csv/formulaGuard.ts'
import { type Layout, layoutOf } from '../bulk/csv/layout.ts'
import { type Encoding, ENCODINGS, type ImportQuestion, type StockAnswers } from '../bulk/csv/questions.ts'
import type { CsvRow } from '../bulk/csv/records.ts'
import type { Spool } from '../bulk/csv/spool.ts'
import { tableRows } from '../bulk/csv/surveyFile.ts'
import { arrayOf } from '../bulk/selection/selectionSql.ts'
import { nearSkus } from '../skus/nearSkus.ts'
import { OneRowEach } from '../skus/oneRowEach.ts'
import { unknownSku } from '../skus/unknownSku.ts'
import { namesStock, readStockColumns, type StockColumn, type StockColumns } from './stockColumns.ts'
import { MAX_STOCK, type StockWish } from './stockRows.ts'

const MAX_ROWS = 100_000
const BATCH = 1_000

export interface StockRowError {
  /** In the file, from 1. */
  readonly line: number
  readonly sku: string | null
  readonly column: StockColumn | null
  readonly message: string
  /** A SKU that a product has, which may be meant. */
  readonly suggestion: string | null
}

/** The number in a row, and the number that there is. */
export interface StockLine extends StockWish {
  readonly line: number
  readonly sku: string
  readonly name: string
  /** As it is while the file is read. */
  readonly before: number
  readonly version: number
}

export interface ReadStocks {
  /** The way to read the file. */
  readonly table: Layout & { readonly encoding: Encoding }
  /** Rows that hold something. */
  readonly rows: number
  readonly lines: readonly StockLine[]
  readonly errors: readonly StockRowError[]
  readonly ignoredColumns: readonly string[]
  readonly notes: readonly string[]
}

type Said = Omit<StockWish, 'productId'> &
  Pick<StockLine, 'line' | 'sku'> & {
    /** Of which the number is; empty where the file names none. */
    readonly place: string
  }

/** Thousands, or decimals that are zero. */
const TWO_WAYS = /^([1-9]\d{0,2})[.,]000$/

/** @returns undefined for a row that says nothing of the stock */
function readRow(
  { line, cells, problem }: CsvRow,
  { at, place: placeAt = -1 }: StockColumns,
): Said | StockRowError | undefined {
  const text = (column: StockColumn) => (cells[at[column] ?? -1] ?? '').trim()
  const [sku, stock, version] = [unguardText(cells[at.sku ?? -1] ?? ''), text('stock'), text('stock_version')]
  const wrong = (column: StockColumn | null, message: string): StockRowError => ({
    line,
    sku: sku.trim() === '' || unstorableText(sku) ? null : sku,
    column,
    message,
    suggestion: null,
  })
  if (problem !== undefined) return wrong(null, problem)
  if (stock === '') return undefined
  const unstorable = unstorableText(sku, 'sku')
  if (unstorable) return wrong('sku', unstorable.message)
  const [, either] = TWO_WAYS.exec(stock) ?? []
  if (either !== undefined)
    return wrong('stock', `"${stock}" can be read in two ways. Write ${either} or ${either}000.`)
  const whole = /^(\d{1,10})(?:[.,]0+)?$/.exec(stock)?.[1]
  if (whole === undefined || Number(whole) > MAX_STOCK)
    return wrong(
      'stock',
      `"${stock}" is not a whole number from 0 to ${MAX_STOCK}. Write one, or leave the cell empty to keep the stock.`,
    )
  const said = { line, sku, quantity: Number(whole), place: (cells[placeAt] ?? '').trim() }
  if (version === '') return said
  if (!/^[1-9]\d{0,14}$/.test(version))
    return wrong(
      'stock_version',
      `"${version}" is no version. Leave the cell empty to set the stock even if it was changed since.`,
    )
  return { ...said, expectedVersion: Number(version) }
}

type Product = Pick<StockLine, 'productId' | 'sku' | 'name' | 'before'> & { readonly version: bigint }

async function productsBySku(skus: readonly string[]): Promise<Map<string, Product>> {
  const products = await db().$queryRaw<Product[]>`
    SELECT p.id AS "productId", p.sku, p.name, s.quantity AS before, s.version
    FROM products p JOIN stock s ON s.product_id = p.id WHERE p.sku = ANY(${arrayOf(skus)}::text[])`
  return new Map(products.map((product) => [product.sku, product]))
}

type Matched = Said & { readonly product: Product }

/** The rows of one file, matched. */
class MatchedStocks {
  readonly errors: StockRowError[] = []
  near = 0
  readonly #take: boolean
  readonly #rows = new OneRowEach<Matched>({
    // As many at another place are not the same ones.
    same: (a, b) => a.quantity === b.quantity && a.place === b.place,
    refuse: (row, message) => this.#refuse(row, message),
  })

  constructor(take: boolean) {
    this.#take = take
  }

  async add(rows: readonly Said[]): Promise<void> {
    const products = await productsBySku(rows.map(({ sku }) => sku))
    const near = await nearSkus(rows.flatMap(({ sku }) => (products.has(sku) ? [] : [sku])))
    const taken = this.#take ? await productsBySku([...near.values()]) : new Map<string, Product>()
    for (const row of rows) {
      const suggestion = near.get(row.sku)
      const product = products.get(row.sku) ?? taken.get(suggestion ?? '')
      if (product) {
        if (product.sku !== row.sku) this.near += 1
        this.#rows.add(product.productId, { ...row, product })
      } else {
        this.#refuse(row, unknownSku(row.sku, suggestion), suggestion)
      }
    }
  }

  #refuse({ line, sku }: Said, message: string, suggestion: string | null = null): void {
    this.errors.push({ line, sku: sku.trim() === '' ? null : sku, column: 'sku', message, suggestion })
  }

  lines(): StockLine[] {
    return this.#rows
      .rows()
      .map(({ product, place: _place, ...row }) => ({ ...row, ...product, version: Number(product.version) }))
  }
}

/**
 * @returns what the file says, or what must be answered first
 * @throws {CsvRefusedError} when the file as a whole cannot be read
 */
export async function readStocks(
  file: Spool,
  { encoding: stated, column, nearSkus: near }: StockAnswers,
): Promise<ReadStocks | { readonly questions: readonly ImportQuestion[] }> {
  const found = await encodingOf(file, stated)
  const { encoding, question } = found
  const layout = await layoutOf(decoded(file, encoding), { column, ignore: [] }, namesStock)
  if (question && asksForNames(found, layout.header.cells)) return { questions: [question] }
  const columns = readStockColumns(layout.header.cells, column, layout.header.line)
  const questions = [...(question ? [question] : []), ...columns.questions]
  if (questions.length > 0) return { questions }
  const matched = new MatchedStocks(near === 'take')
  let [rows, batch]: [number, Said[]] = [0, []]
  for await (const row of tableRows(file, encoding, layout)) {
    rows += 1
    if (rows > MAX_ROWS)
      throw new CsvRefusedError('csv_too_large', `A file has at most ${MAX_ROWS} rows. Send it in parts.`)
    const said = readRow(row, columns)
    if (!said) continue
    if ('message' in said) matched.errors.push(said)
    else if (batch.push(said) === BATCH) {
      await matched.add(batch)
      batch = []
    }
  }
  await matched.add(batch)
  return {
    table: { ...layout, encoding },
    rows,
    lines: matched.lines(),
    errors: matched.errors.toSorted((a, b) => a.line - b.line),
    ignoredColumns: columns.ignored,
    notes: [
      ...(encoding === 'utf-8' ? [] : [`Read as ${ENCODINGS[encoding]}.`]),
      ...(matched.near > 0 ? [`Rows that were taken under the suggested SKU: ${matched.near}.`] : []),
    ],
  }
}
