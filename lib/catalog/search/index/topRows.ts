/** The first `most` of many, without sorting all of them: a heap with the last of the first ones on top. */

export class TopRows {
  readonly #keys: Float64Array
  readonly #rows: Uint32Array
  #size = 0

  constructor(most: number) {
    this.#keys = new Float64Array(most)
    this.#rows = new Uint32Array(most)
  }

  /** A row with a larger key is none of the first ones. */
  get bound(): number {
    return this.#size < this.#keys.length ? Infinity : (this.#keys[0] ?? -Infinity)
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
      const left = 2 * at + 1
      const right = left + 1
      let last = at
      if (left < this.#size && this.#isAfter(left, last)) last = left
      if (right < this.#size && this.#isAfter(right, last)) last = right
      if (last === at) return
      this.#swap(at, last)
      at = last
    }
  }

  /** Takes out all from the nth on, from 0. @returns them in their order */
  takeFrom(nth: number): number[] {
    const taken: number[] = []
    while (this.#size > nth) {
      taken.push(this.#rows[0] ?? 0)
      this.#size -= 1
      this.#swap(0, this.#size)
      this.#sink()
    }
    return taken.toReversed()
  }
}
