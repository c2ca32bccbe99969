/** The rows of a file, one for each product. Which of two rows is meant only the person knows who wrote them. */

interface Rules<Row> {
  readonly same: (a: Row, b: Row) => boolean
  readonly refuse: (row: Row, message: string) => void
}

export class OneRowEach<Row extends { readonly line: number }> {
  readonly #first = new Map<number, Row>()
  /** The first row of each product that says something else. */
  readonly #other = new Map<number, Row>()
  readonly #rules: Rules<Row>

  constructor(rules: Rules<Row>) {
    this.#rules = rules
  }

  /** Refuses each row of a product about which two rows disagree. */
  add(productId: number, row: Row): void {
    const first = this.#first.get(productId)
    if (!first) {
      this.#first.set(productId, row)
      return
    }
    const [agrees, other] = [this.#rules.same(first, row), this.#other.get(productId)]
    if (agrees && !other) return
    if (!other) {
      this.#other.set(productId, row)
      this.#refuse(first, row)
    }
    this.#refuse(row, agrees && other ? other : first)
  }

  #refuse(row: Row, { line }: Row): void {
    this.#rules.refuse(
      row,
      `Line ${line} says something else about this SKU. Neither is taken: leave one of them in the file.`,
    )
  }

  /** Of the products about which no two rows disagree. */
  rows(): Row[] {
    return [...this.#first].flatMap(([id, row]) => (this.#other.has(id) ? [] : [row]))
  }
}
