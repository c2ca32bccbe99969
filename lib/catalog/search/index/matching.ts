/** Finds the products with all words of a query, and their ranks. */
import type { Postings } from './growable.ts'
import type { Products } from './products.ts'
import type { Traits } from './traits.ts'
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

/** In place of the number of words, of what meets the filters, too. */
export const FOUND = 255
/** In place of the number of words, of what has them and does not meet the filters. */
export const SEEN = 254

/** By row. Kept from one search to the next, for as long as one at a time runs. */
export interface Marks {
  /** The number of words that it matches. */
  readonly found: Uint8Array
  /** The sum of their weights. */
  readonly scores: Uint16Array
  /** What was found, in no order. */
  readonly rows: Uint32Array
}

/** The weight of a word by number of the traits, where it may mean one of them. */
function weightsOf(traits: Traits, { categories, brands, colours }: Meanings): Uint8Array | undefined {
  if (categories.length + brands.length + colours.length === 0) return undefined
  const [isCategory, isBrand, isColour] = [new Set(categories), new Set(brands), new Set(colours)]
  const bySet = traits.categorySets.map((ids) => ids.some((id) => isCategory.has(id)))
  return Uint8Array.from({ length: traits.size }, (_, number) =>
    Math.max(
      bySet[traits.sets.values[number] ?? 0] === true ? WEIGHT.category : 0,
      isBrand.has(traits.brands.values[number] ?? 0) ? WEIGHT.brand : 0,
      isColour.has(traits.colours.values[number] ?? 0) ? WEIGHT.colour : 0,
    ),
  )
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
  const { length, traits } = products
  const traitsOf = products.traitsOf.values
  found.fill(0, 0, length)
  scores.fill(0, 0, length)
  for (const [nth, word] of words.entries()) {
    const next = nth + 1
    // The best come first, and the first one counts.
    for (const { postings, weight } of word.names) {
      const { values, length: many } = postings
      for (let i = 0; i < many; i += 1) {
        const row = values[i] ?? 0
        if (found[row] !== nth) continue
        found[row] = next
        scores[row] = (scores[row] ?? 0) + weight
      }
    }
    const weights = weightsOf(traits, word)
    if (!weights) continue
    for (let row = 0; row < length; row += 1) {
      if (found[row] !== nth) continue
      const weight = weights[traitsOf[row] ?? 0] ?? 0
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
