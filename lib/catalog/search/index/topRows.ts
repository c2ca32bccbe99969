/** The first `most` of many, without sorting all of them: a heap with the last of the first ones on top. */

export class TopRows {
  readonly #keys: Float64Array
  readonly #rows: Uint32Array
  #size = 0

  constructor(most: number) {
    this.#keys = new Float64Array(most)
    this.#rows = new Uint32Array(most)
  }

  #isAfter(a: number, b: number): boolean {
    const difference = (this.#keys[a] ?? 0) - (this.#keys[b] ?? 0)
    return difference === 0 ? (this.#rows[a] ?? 0) > (this.#rows[b] ?? 0) : difference > 0
  }

  #swap(a: number, b: number): void {
    const [key, row] = [this.#keys[a] ?? 0, this.#rows[a] ?? 0]
    this.#keys[a] = this.#keys[b] ?? 0
    this.#rows[a] = this.#rows[b] ?? 0
    this.#keys[b] = key
    this.#rows[b] = row
  }

  /** The smallest keys come first; of equal ones the lowest rows. */
  offer(key: number, row: number): void {
    if (this.#size === this.#keys.length) {
      const last = this.#keys[0] ?? 0
      if (this.#size === 0 || key > last || (key === last && row > (this.#rows[0] ?? 0))) return
      this.#keys[0] = key
      this.#rows[0] = row
      this.#sink()
      return
    }
    let at = this.#size
    this.#size += 1
    this.#keys[at] = key
    this.#rows[at] = row
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isAfter(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #sink(): void {
    for (let at = 0; ;) {
      let last = at
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < this.#size && this.#isAfter(child, last)) last = child
      if (last === at) return
      this.#swap(at, last)
      at = last
    }
  }

  /** In their order. */
  rows(): number[] {
    const order = Array.from({ length: this.#size }, (_, i) => i)
    order.sort((a, b) => (this.#isAfter(a, b) ? 1 : -1))
    return order.map((at) => this.#rows[at] ?? 0)
  }
}
