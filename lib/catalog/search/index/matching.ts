/** Finds the products with all words of a query, and their ranks. */
import type { Postings } from './growable.ts'
import type { Products } from './products.ts'
import { WEIGHT, type Meaning } from './vocabulary.ts'

/** The meanings of one word of the query: words of names, and values of columns. */
export interface Meanings {
  readonly names: readonly Meaning[]
  /** Ids. */
  readonly categories: readonly number[]
  /** Numbers in the dictionaries of the products. */
  readonly brands: readonly number[]
  readonly colours: readonly number[]
}

/** By row. Kept from one search to the next, for as long as one at a time runs. */
export interface Marks {
  /** The number of words that it matches. */
  readonly found: Uint8Array
  /** The sum of their weights. */
  readonly scores: Uint16Array
}

function chosen(numbers: readonly number[], size: number, weight: number): Uint8Array | undefined {
  if (numbers.length === 0) return undefined
  const weights = new Uint8Array(size)
  for (const number of numbers) weights[number] = weight
  return weights
}

/** Words that need not be there, and the number of all that were typed. */
export interface Beside {
  readonly besides: readonly Postings[]
  readonly typed: number
  /** The number of words in each name. */
  readonly nameWords: Uint8Array
}

/** Raises those that have more of what was typed, and, above all, those whose name it is. */
function markBetter(words: readonly Meanings[], { besides, typed, nameWords }: Beside, { found, scores }: Marks): void {
  const raise = ({ values, length }: Postings, isBetter: (row: number) => boolean) => {
    for (let i = 0; i < length; i += 1) {
      const row = values[i] ?? 0
      if (found[row] === words.length && isBetter(row)) scores[row] = (scores[row] ?? 0) + 1
    }
  }
  for (const postings of besides) raise(postings, () => true)
  const whole = words.length * WEIGHT.name + besides.length
  for (const { postings, weight } of words[0]?.names ?? [])
    if (weight === WEIGHT.name) raise(postings, (row) => scores[row] === whole && nameWords[row] === typed)
}

/** @returns how many words a product must have */
export function markMatches(products: Products, words: readonly Meanings[], beside: Beside, marks: Marks): number {
  const { found, scores } = marks
  const { length, categorySets } = products
  found.fill(0, 0, length)
  scores.fill(0, 0, length)
  for (const [nth, { names, categories, brands, colours }] of words.entries()) {
    const next = nth + 1
    // The best come first, and the first one counts.
    for (const { postings, weight } of names) {
      const { values, length: many } = postings
      for (let i = 0; i < many; i += 1) {
        const row = values[i] ?? 0
        if (found[row] !== nth) continue
        found[row] = next
        scores[row] = (scores[row] ?? 0) + weight
      }
    }
    const byCategory =
      categories.length === 0
        ? undefined
        : Uint8Array.from(categorySets, (ids) => (ids.some((id) => categories.includes(id)) ? WEIGHT.category : 0))
    const byBrand = chosen(brands, products.brandNames.texts.length, WEIGHT.brand)
    const byColour = chosen(colours, products.colourNames.texts.length, WEIGHT.colour)
    if (!byCategory && !byBrand && !byColour) continue
    const [set, brand, colour] = [products.categories.values, products.brands.values, products.colours.values]
    for (let row = 0; row < length; row += 1) {
      if (found[row] !== nth) continue
      const weight = Math.max(
        byCategory?.[set[row] ?? 0] ?? 0,
        byBrand?.[brand[row] ?? 0] ?? 0,
        byColour?.[colour[row] ?? 0] ?? 0,
      )
      if (weight === 0) continue
      found[row] = next
      scores[row] = (scores[row] ?? 0) + weight
    }
  }
  markBetter(words, beside, marks)
  return words.length
}

/** Products in place of words. @returns how many words a product must have */
export function markThese(products: Products, ids: readonly number[], { found, scores }: Marks): number {
  found.fill(0, 0, products.length)
  scores.fill(0, 0, products.length)
  for (const id of ids) {
    const row = products.rowOf(id)
    if (row !== undefined) found[row] = 1
  }
  return 1
}
