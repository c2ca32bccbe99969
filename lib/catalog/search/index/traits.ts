/**
 * What many products share: brand, colour and categories, one number for all three. A filter is looked up once for each of them, and a
 * pass over a million products counts one number in place of three.
 */
import { Column, Dictionary } from './growable.ts'
import type { IndexedProduct } from './products.ts'

export class Traits {
  readonly brandNames = new Dictionary()
  readonly colourNames = new Dictionary()
  readonly #categorySets = new Dictionary()
  /** The ids in each of them. */
  readonly categorySets: (readonly number[])[] = [[]]
  readonly #numbers = new Dictionary()
  /** By number of the traits: numbers in `brandNames`, `colourNames` and `categorySets`. */
  readonly brands = new Column((length) => new Uint32Array(length))
  readonly colours = new Column((length) => new Uint32Array(length))
  readonly sets = new Column((length) => new Uint32Array(length))

  /** Above all of the numbers. */
  get size(): number {
    return this.#numbers.texts.length
  }

  numberOf({ brand, colour, categories }: Pick<IndexedProduct, 'brand' | 'colour' | 'categories'>): number {
    const own = [this.brandNames.numberOf(brand), this.colourNames.numberOf(colour ?? ''), this.#setOf(categories)]
    const key = own.join()
    const known = this.#numbers.find(key)
    if (known !== undefined) return known
    const number = this.#numbers.numberOf(key)
    const [brandNumber = 0, colourNumber = 0, set = 0] = own
    this.brands.set(number, brandNumber)
    this.colours.set(number, colourNumber)
    this.sets.set(number, set)
    return number
  }

  /** The texts and ids that a number stands for. */
  named(number: number): { readonly brand: string; readonly categories: readonly number[] } {
    const brand = this.brandNames.texts[this.brands.values[number] ?? 0] ?? ''
    return { brand, categories: this.categorySets[this.sets.values[number] ?? 0] ?? [] }
  }

  #setOf(categories: readonly number[]): number {
    const key = categories.join()
    const known = this.#categorySets.find(key)
    if (known !== undefined) return known
    this.categorySets.push([...categories])
    return this.#categorySets.numberOf(key)
  }
}
