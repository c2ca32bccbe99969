/** Finds the products of the rows of a file in the catalog of now. */
import { currencyOf, SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { showMoney } from '#lib/money/money.ts'
import type { StoredPrice } from '#lib/money/price.ts'
import { db } from '#lib/platform/db.ts'
import type { Cell } from '../contract.ts'
import { arrayOf } from '../selection/selectionSql.ts'
import type { Costs } from '../../costs.ts'
import { nearSkus } from '../../skus/nearSkus.ts'
import { OneRowEach } from '../../skus/oneRowEach.ts'
import { unknownSku } from '../../skus/unknownSku.ts'
import type { ImportColumn } from './aliases.ts'
import { groupSales, sameSale } from './fileSales.ts'
import { PriceScale } from './priceScale.ts'
import type { ImportAnswers, ImportQuestion } from './questions.ts'
import type { CsvRowError, ReadRow } from './rowReader.ts'
import { refusedAsDate } from './serialDate.ts'

/** With its base price: what a sale shows in its place no file changes. */
type Product = Pick<StoredPrice, 'amountMinor' | 'compareAtMinor' | 'currency' | 'version'> & {
  readonly id: number
  readonly baseVersion: bigint
  readonly costMinor: number | null
  readonly costVersion: bigint
  readonly sku: string
}

async function productsBySku(skus: readonly string[]): Promise<Map<string, Product>> {
  const products = await db().$queryRaw<Product[]>`
    SELECT p.id, p.sku, pr.base_amount_cents AS "amountMinor", pr.base_compare_at_cents AS "compareAtMinor", pr.currency, pr.version,
      pr.base_version AS "baseVersion", pr.cost_cents AS "costMinor", pr.cost_version AS "costVersion"
    FROM products p JOIN prices pr ON pr.product_id = p.id WHERE p.sku = ANY(${arrayOf(skus)}::text[])`
  return new Map(products.map((product) => [product.sku, product]))
}

const AFTER_CONFLICT = 'Export the prices again, or leave the column out (ignore) to take the row all the same.'
const SAMPLES = 3

type Said = Pick<ReadRow, 'line' | 'sku' | 'amountMinor' | 'compareAtMinor' | 'costMinor' | 'sale'>
type Taken = Said &
  Pick<ReadRow, 'costVersion'> & { readonly cell: Cell; /** The price under the sale. */ readonly regularMinor: number }

const sameSaid = (a: Said, b: Said) =>
  a.amountMinor === b.amountMinor &&
  a.compareAtMinor === b.compareAtMinor &&
  a.costMinor === b.costMinor &&
  sameSale(a.sale, b.sale)

const saysPrice = (said: Said) => said.amountMinor !== undefined || said.compareAtMinor !== undefined

/** Why a row cannot be taken. */
interface Wrong {
  readonly column: ImportColumn
  readonly message: string
}

/** The first amount of a row that is rather the number of a date. */
function dateIn({ serials }: ReadRow, price: Parameters<typeof refusedAsDate>[1]): Wrong | undefined {
  for (const { column, text } of serials) {
    const message = refusedAsDate(text, price)
    if (message !== undefined) return { column, message }
  }
  return undefined
}

/** The rows of one file, matched; what is kept is one cell a product. */
export class MatchedRows {
  readonly #answers: ImportAnswers
  readonly #refuse: (error: CsvRowError) => void
  readonly #taken = new OneRowEach<Taken>({
    same: sameSaid,
    refuse: (row, message) => this.#refuseRow(row, { column: 'sku', message }),
  })
  readonly #endsSale: { line: number; text: string; readAs: null }[] = []
  readonly #scale = new PriceScale()
  #endsSaleCount = 0
  /** A row that ends before its compare-at price asks nothing: the preview refuses it where it must. */
  #asksSaleEnd = false
  /** Rows that were taken under a SKU which is nearly the one that they name. */
  #near = 0

  constructor(answers: ImportAnswers, refuse: (error: CsvRowError) => void) {
    this.#answers = answers
    this.#refuse = refuse
  }

  /** @param suggest whether what a SKU may have meant is still of use */
  async add(rows: readonly ReadRow[], suggest: boolean): Promise<void> {
    const products = await productsBySku(rows.map(({ sku }) => sku))
    const unmatched = rows.flatMap(({ sku }) => (products.has(sku) ? [] : [sku]))
    const take = this.#answers.nearSkus === 'take'
    const near = suggest || take ? await nearSkus(unmatched) : new Map<string, string>()
    const taken = take ? await productsBySku([...near.values()]) : undefined
    for (const row of rows) {
      const suggestion = near.get(row.sku)
      const product = products.get(row.sku) ?? taken?.get(suggestion ?? '')
      const wrong: Wrong | undefined = product
        ? this.#addTo(product, row)
        : { column: 'sku', message: unknownSku(row.sku, suggestion) }
      if (product && product.sku !== row.sku) this.#near += 1
      if (wrong) this.#refuseRow(row, wrong, product ? null : (suggestion ?? null))
    }
  }

  #refuseRow({ line, sku }: Said, { column, message }: Wrong, suggestion: string | null = null): void {
    this.#refuse({ line, sku: sku.trim() === '' ? null : sku, column, message, suggestion })
  }

  #addTo(product: Product, row: ReadRow): Wrong | undefined {
    const currency = currencyOf(product.currency)
    const amounts = [row.amountMinor, row.compareAtMinor, row.costMinor, row.sale?.amountMinor]
    const states = amounts.some((amount) => typeof amount === 'number')
    if (states && row.currency !== product.currency)
      return {
        column: 'currency',
        message: `This price is in ${product.currency}, the row is in ${row.currency}, and nothing is converted. Write the amounts in ${product.currency}.`,
      }
    const date = dateIn(row, { amountMinor: product.amountMinor, currency })
    if (date) return date
    const { amountMinor = product.amountMinor, compareAtMinor = product.compareAtMinor } = row
    const same = amountMinor === product.amountMinor && compareAtMinor === product.compareAtMinor
    // A sale that began or ended since then is no conflict.
    const isOther = (version: number) => version < product.baseVersion || version > product.version
    if (!same && row.version !== undefined && isOther(row.version))
      return {
        column: 'version',
        message: `Conflict: this price was changed since the file was written. It is ${showMoney(product.amountMinor, currency)} in version ${product.version} now, the file has version ${row.version}. ${AFTER_CONFLICT}`,
      }
    const said = this.#endingSale(product, row)
    if ('column' in said) return said
    const { costMinor = product.costMinor } = said
    if (
      costMinor !== product.costMinor &&
      row.costVersion !== undefined &&
      BigInt(row.costVersion) !== product.costVersion
    )
      return {
        column: 'cost_version',
        message: `Conflict: the cost was changed since the file was written. It is ${product.costMinor === null ? 'not known' : showMoney(product.costMinor, currency)} in version ${product.costVersion} now, the file has version ${row.costVersion}. ${AFTER_CONFLICT}`,
      }
    if (said.sale && said.sale.amountMinor >= amountMinor)
      return {
        column: 'sale_price',
        message: `The price while on sale must be below the price (${showMoney(amountMinor, currency)}). Leave the cell empty where there is no sale.`,
      }
    this.#take(product, said, row)
    return undefined
  }

  /** An empty compare-at price leaves the one that is there, and the new price may have reached it. */
  #endingSale(product: Product, row: ReadRow): Said | Wrong {
    const { amountMinor, noCompareAt } = row
    const before = product.compareAtMinor
    if (amountMinor === undefined || noCompareAt === undefined || row.compareAtMinor !== undefined) return row
    if (before === null || before > amountMinor) return row
    if (this.#answers.emptyCompareAt === 'remove') return { ...row, compareAtMinor: null }
    const currency = currencyOf(product.currency)
    const [price, compareAt] = [showMoney(amountMinor, currency), showMoney(before, currency)]
    if (this.#answers.emptyCompareAt === 'keep')
      return {
        column: 'compare_at',
        message: `The compare-at price (${compareAt}) must stay above the price (${price}). Write none into the cell to take it away.`,
      }
    this.#endsSaleCount += 1
    this.#asksSaleEnd ||= noCompareAt === 'empty'
    if (this.#endsSale.length < SAMPLES)
      this.#endsSale.push({ line: row.line, text: `${row.sku}: ${price}, compare-at ${compareAt}`, readAs: null })
    return row
  }

  #take(product: Product, said: Said, { version, costVersion }: ReadRow): void {
    // Exports with a row for each language or picture name a SKU again and say nothing about its price.
    if (!saysPrice(said) && said.costMinor === undefined && said.sale === undefined) return
    const { amountMinor, compareAtMinor, costMinor, sale, line, sku } = said
    if (amountMinor !== undefined) this.#scale.add(product.amountMinor, amountMinor)
    this.#taken.add(product.id, {
      line,
      sku,
      ...(amountMinor !== undefined && { amountMinor }),
      ...(compareAtMinor !== undefined && { compareAtMinor }),
      ...(costMinor !== undefined && { costMinor }),
      ...(costVersion !== undefined && { costVersion }),
      ...(sale !== undefined && { sale }),
      regularMinor: compareAtMinor ?? amountMinor ?? product.compareAtMinor ?? product.amountMinor,
      cell: {
        productId: product.id,
        ...(amountMinor !== undefined && { amountCents: amountMinor }),
        ...(compareAtMinor !== undefined && { compareAtCents: compareAtMinor }),
        ...(product.currency !== SHOP_CURRENCY.code && { currency: product.currency }),
        ...(version !== undefined && { expectedVersion: version }),
      },
    })
  }

  notes(): string[] {
    const [near, ends] = [this.#near, this.#endsSaleCount]
    return [
      ...this.#scale.notes(),
      ...(near > 0
        ? [`${near.toLocaleString('en')} ${near === 1 ? 'row was' : 'rows were'} taken under the suggested SKU.`]
        : []),
      ...(ends > 0
        ? [
            `${ends.toLocaleString('en')} ${ends === 1 ? 'row names' : 'rows name'} a price that reaches the compare-at price of the product: the preview refuses ${ends === 1 ? 'it' : 'them'}. Write none as compare_at to end the sale.`,
          ]
        : []),
    ]
  }

  question(): ImportQuestion | undefined {
    if (!this.#asksSaleEnd) return undefined
    const rows = this.#endsSaleCount === 1 ? 'One row gives' : `${this.#endsSaleCount.toLocaleString('en')} rows give`
    return {
      id: 'empty-compare-at',
      kind: 'empty-compare-at',
      message: `${rows} a product on sale a price that reaches its compare-at price, and leaves the compare-at cell empty. Does the sale end there?`,
      samples: this.#endsSale,
      answers: [
        { parameter: 'emptyCompareAt', value: 'remove', label: 'Yes: the compare-at price is taken away there' },
        { parameter: 'emptyCompareAt', value: 'keep', label: 'No: these rows are left out' },
      ],
      suggested: 0,
    }
  }

  cells(): Cell[] {
    return this.#taken.rows().flatMap((taken) => (saysPrice(taken) ? [taken.cell] : []))
  }

  /** @param timeZone of the dates as they are shown */
  sales(timeZone: string): ReturnType<typeof groupSales> {
    const sales = this.#taken
      .rows()
      .flatMap(({ cell, sale, regularMinor }) =>
        sale ? [{ sale, cell: { ...cell, amountCents: sale.amountMinor, compareAtCents: regularMinor } }] : [],
      )
    return groupSales(sales, timeZone, new Date())
  }

  costs(): Costs {
    return this.#taken
      .rows()
      .flatMap(({ cell: { productId }, costMinor, costVersion: expectedVersion }) =>
        costMinor === undefined ? [] : [{ productId, costCents: costMinor, expectedVersion }],
      )
  }
}
