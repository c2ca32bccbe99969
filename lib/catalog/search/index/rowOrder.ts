/**
 * All rows in the order of a column, kept as rows are added: a deep page of a million products takes a walk over those before it, in
 * place of a look at each and a heap. Four bytes a row.
 */
import { Column } from './growable.ts'

/** The key of a row never changes. */
type Keys = Column<Int32Array> | Column<Float64Array>

export class RowOrder {
  readonly keys: Keys
  readonly #rows = new Column((length) => new Uint32Array(length))
  #length = 0

  constructor(keys: Keys) {
    this.keys = keys
  }

  /** The lowest keys come first; of equal ones the lowest rows. @param length the number of all rows; only so many count */
  rows(length: number): Uint32Array {
    if (length > this.#length) this.#insert(length)
    return this.#rows.values
  }

  /** Puts the rows from `#length` on in their places, the last one first: each of the others moves once. */
  #insert(length: number): void {
    const keys = this.keys.values
    const from = this.#length
    const added = Uint32Array.from({ length: length - from }, (_, i) => from + i).sort(
      (a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b,
    )
    this.#rows.set(length - 1, 0)
    const rows = this.#rows.values
    let end = from
    for (let nth = added.length - 1; nth >= 0; nth -= 1) {
      const row = added[nth] ?? 0
      const at = this.#placeOf(keys[row] ?? 0, end)
      rows.copyWithin(at + nth + 1, at, end)
      rows[at + nth] = row
      end = at
    }
    this.#length = length
  }

  /** Behind all rows with the key, among the first `end` ones: an added row has a higher number than they. */
  #placeOf(key: number, end: number): number {
    const [keys, rows] = [this.keys.values, this.#rows.values]
    let [low, high] = [0, end]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((keys[rows[middle] ?? 0] ?? 0) <= key) low = middle + 1
      else high = middle
    }
    return low
  }
}
