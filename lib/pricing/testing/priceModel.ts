/** A model of prices for property tests: a base price each and the sales over it, in plain maps. */

export interface Amounts {
  readonly amount: number
  readonly compareAt: number | null
}
type Base = Amounts & { /** Rises with each change. */ readonly stamp: number }
export interface Sale {
  readonly id: string
  priority: number
  /** The place among the starts. */
  started?: number
  prices: Map<number, Amounts>
}
interface Row {
  readonly from: Amounts
  readonly to: Amounts
  /** The stamp of the base price: the one seen in a plan, or made in an edit. */
  readonly stamp: number
}
export interface Edit {
  readonly id: string
  readonly rows: Map<number, Row>
  undone: boolean
}

export const same = (a: Amounts, b: Amounts) => a.amount === b.amount && a.compareAt === b.compareAt

export class Model {
  readonly base = new Map<number, Base>()
  readonly sales: Sale[] = []
  readonly plans: Edit[] = []
  readonly edits: Edit[] = []
  #starts = 0

  baseOf(product: number): Base {
    const base = this.base.get(product)
    if (!base) throw new Error(`The model has no product ${product}.`)
    return base
  }

  set(product: number, to: Amounts): Row | undefined {
    const from = this.baseOf(product)
    if (same(from, to)) return undefined
    this.base.set(product, { ...to, stamp: from.stamp + 1 })
    return { from, to, stamp: from.stamp + 1 }
  }

  setAll(id: string, wishes: ReadonlyMap<number, Amounts>): void {
    const rows = new Map<number, Row>()
    for (const [product, to] of wishes) {
      const row = this.set(product, to)
      if (row) rows.set(product, row)
    }
    this.edits.push({ id, rows, undone: false })
  }

  reduced(products: readonly number[], percent: number): Map<number, Amounts> {
    return new Map(
      products.map((product) => {
        const { amount, compareAt } = this.baseOf(product)
        return [product, { amount: (amount * (100 - percent)) / 100, compareAt: compareAt ?? amount }]
      }),
    )
  }

  begin(sale: Sale): void {
    sale.started = this.#starts += 1
  }

  /** The highest priority, then the later start: no two start at once here. */
  top(product: number): Sale | undefined {
    return this.sales
      .filter(({ started, prices }) => started !== undefined && prices.has(product))
      .toSorted((a, b) => b.priority - a.priority || (b.started ?? 0) - (a.started ?? 0))[0]
  }

  price(product: number) {
    const [base, sale] = [this.baseOf(product), this.top(product)]
    const { amount, compareAt } = sale?.prices.get(product) ?? base
    return { product, amount, compareAt, base: base.amount, baseCompareAt: base.compareAt, sale: sale?.id ?? null }
  }
}
