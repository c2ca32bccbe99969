/**
 * One pass over the products that have the words: which meet the filters, and what each facet would find. The counts are of cards: a
 * group has one, however many of it are found. People who work in the shop see each product for itself.
 */
import type { Filters } from './filters.ts'
import type { Dictionary } from './growable.ts'
import { FOUND, SEEN } from './matching.ts'
import { PRICE_RANGES } from './priceRanges.ts'
import { ACTIVE, ALIVE, FLAG_VALUES, GROUPED, IN_STOCK, NONE, ON_SALE, RANGE_SHIFT, type Products } from './products.ts'
import type { Traits } from './traits.ts'

/** The number of cards with each value, all other facets being as they are: what a click on it would show. */
export interface Facets {
  readonly categories: ReadonlyMap<number, number>
  readonly brands: ReadonlyMap<string, number>
  readonly colours: ReadonlyMap<string, number>
  /** Below the first step, between two, from the last one. */
  readonly prices: readonly number[]
  readonly onSale: number
  readonly inStock: number
}

// Traits that fail in one facet alone are counted there.
const CATEGORY = 1
const BRAND = 2
const COLOUR = 4
/** In more than one of them. */
const SEVERAL = 7

function chosen(texts: readonly string[], dictionary: Dictionary): Uint8Array {
  const is = new Uint8Array(dictionary.texts.length)
  for (const text of texts) {
    const number = dictionary.find(text)
    if (number !== undefined) is[number] = 1
  }
  return is
}

/** By number of the traits: in which facets products with them fail. */
function failingTraits(traits: Traits, { category, brands, colours }: Filters): Uint8Array {
  const isBrand = chosen(brands, traits.brandNames)
  const isColour = chosen(colours, traits.colourNames)
  const isSet = Uint8Array.from(traits.categorySets, (ids) =>
    category === undefined || ids.includes(category) ? 1 : 0,
  )
  const [brandOf, colourOf, setOf] = [traits.brands.values, traits.colours.values, traits.sets.values]
  return Uint8Array.from({ length: traits.size }, (_, number) => {
    const fails =
      (isSet[setOf[number] ?? 0] === 1 ? 0 : CATEGORY) |
      (brands.length === 0 || isBrand[brandOf[number] ?? 0] === 1 ? 0 : BRAND) |
      (colours.length === 0 || isColour[colourOf[number] ?? 0] === 1 ? 0 : COLOUR)
    return (fails & (fails - 1)) === 0 ? fails : SEVERAL
  })
}

// What a card shows: a bit for each range of prices, and these.
const ALL_RANGES = 2 ** PRICE_RANGES - 1
const IS_ON_SALE = ALL_RANGES + 1
const IS_IN_STOCK = IS_ON_SALE * 2
const IS_FOUND = IS_IN_STOCK * 2
/** Whether its traits are counted: it fails in one facet of them at most. */
const IS_COUNTED = IS_FOUND * 2
const ALL_SHOWN = IS_COUNTED * 2 - 1

/** By flags what a product shows; nothing, where it is in no list, or fails. */
function shownByFlags({ onSale, inStock, all = false }: Filters): Uint32Array {
  const asked = ALIVE | (all ? 0 : ACTIVE) | (onSale ? ON_SALE : 0) | (inStock ? IN_STOCK : 0)
  return Uint32Array.from({ length: FLAG_VALUES }, (_, flags) => {
    if ((flags & asked) !== asked) return 0
    const range = 1 << ((flags & ~GROUPED) >> RANGE_SHIFT)
    return (
      IS_COUNTED |
      IS_FOUND |
      range |
      ((flags & ON_SALE) === 0 ? 0 : IS_ON_SALE) |
      ((flags & IN_STOCK) === 0 ? 0 : IS_IN_STOCK)
    )
  })
}

/** The number of cards with each of some values. */
class Counts {
  readonly counts: Uint32Array
  /** The last card that was counted, from 1. */
  readonly #last: Uint32Array

  constructor(values: number) {
    this.counts = new Uint32Array(values)
    this.#last = new Uint32Array(values)
  }

  /**
   * Whether no row of the card had the value before.
   * @param card from 1; each comes once, with all of its values
   */
  isNew(value: number, card: number): boolean {
    if (this.#last[value] === card) return false
    this.#last[value] = card
    return true
  }

  /** For one of several rows of a card. */
  count(value: number, card: number): void {
    if (this.isNew(value, card)) this.add(value, 1)
  }

  add(value: number, cards: number): void {
    this.counts[value] = (this.counts[value] ?? 0) + cards
  }
}

/** The number of cards with each brand, colour and category. */
class TraitCounts {
  readonly #traits: Traits
  readonly #fails: Uint8Array
  readonly #brandOf: Uint32Array
  readonly #colourOf: Uint32Array
  readonly #setOf: Uint32Array
  readonly #brands: Counts
  readonly #colours: Counts
  /** By set of categories, where it is that of the first row of a card: nearly always the others are in the same one. */
  readonly #cardsOfSet: Counts
  /** The last one that was counted, and the set of its first row. */
  #card = 0
  #firstSet = 0
  readonly #categories: Counts

  constructor(traits: Traits, fails: Uint8Array) {
    this.#traits = traits
    this.#fails = fails
    this.#brandOf = traits.brands.values
    this.#colourOf = traits.colours.values
    this.#setOf = traits.sets.values
    this.#brands = new Counts(traits.brandNames.texts.length)
    this.#colours = new Counts(traits.colourNames.texts.length)
    this.#cardsOfSet = new Counts(traits.categorySets.length)
    this.#categories = new Counts(Math.max(0, ...traits.categorySets.flat()) + 1)
  }

  /** For one of several rows of a card. */
  count(number: number, card: number): void {
    const fails = this.#fails[number] ?? 0
    if (fails === 0 || fails === BRAND) this.#brands.count(this.#brandOf[number] ?? 0, card)
    if (fails === 0 || fails === COLOUR) this.#colours.count(this.#colourOf[number] ?? 0, card)
    if (fails !== 0 && fails !== CATEGORY) return
    const set = this.#setOf[number] ?? 0
    if (card !== this.#card) {
      this.#card = card
      this.#firstSet = set
      this.#cardsOfSet.add(set, 1)
    } else if (set !== this.#firstSet) {
      for (const id of this.#traits.categorySets[this.#firstSet] ?? []) this.#categories.isNew(id, card)
      for (const id of this.#traits.categorySets[set] ?? []) this.#categories.count(id, card)
    }
  }

  /** For cards of one row. */
  addCards(number: number, cards: number): void {
    const fails = this.#fails[number] ?? 0
    if (fails === 0 || fails === BRAND) this.#brands.add(this.#brandOf[number] ?? 0, cards)
    if (fails === 0 || fails === COLOUR) this.#colours.add(this.#colourOf[number] ?? 0, cards)
    if (fails === 0 || fails === CATEGORY) this.#cardsOfSet.add(this.#setOf[number] ?? 0, cards)
  }

  facets(): Pick<Facets, 'categories' | 'brands' | 'colours'> {
    const named = ({ counts }: Counts, texts: readonly string[]) =>
      new Map([...counts].flatMap((count, i) => (count > 0 && i > 0 ? [[texts[i] ?? '', count] as const] : [])))
    const { brandNames, colourNames, categorySets } = this.#traits
    for (const [set, cards] of this.#cardsOfSet.counts.entries())
      for (const id of categorySets[set] ?? []) this.#categories.add(id, cards)
    return {
      categories: new Map(
        [...this.#categories.counts].flatMap((count, id) => (count > 0 ? [[id, count] as const] : [])),
      ),
      brands: named(this.#brands, brandNames.texts),
      colours: named(this.#colours, colourNames.texts),
    }
  }
}

export interface Matches {
  /** The number of cards. */
  readonly total: number
  /** How many of `rows` were found. */
  readonly length: number
  readonly facets: Facets
}

/**
 * @param found by row how many words it has; FOUND for each row that meets all of it, when it returns
 * @param wanted how many it must have
 * @param rows takes those rows, all of a group one after the other; as long as there are products
 */
export function countFacets(
  products: Products,
  found: Uint8Array,
  wanted: number,
  filters: Filters,
  rows: Uint32Array,
): Matches {
  const { length, traits } = products
  const [firstOf, nextOf] = [products.firstOfGroup.values, products.nextOfGroup.values]
  const [flags, amount, traitsOf] = [products.flags.values, products.amounts.values, products.traitsOf.values]
  const { minAmount = 0, maxAmount = Number.MAX_SAFE_INTEGER } = filters
  const isBetween = filters.minAmount !== undefined || filters.maxAmount !== undefined
  const shownBy = shownByFlags(filters)
  const failing = failingTraits(traits, filters)
  const shownWith = Uint16Array.from(failing, (fails) => (fails === 0 ? ALL_SHOWN : fails === SEVERAL ? 0 : IS_COUNTED))
  const traitCounts = new TraitCounts(traits, failing)
  // By traits the number of cards of one row.
  const single = new Uint32Array(traits.size)
  // By all that a card shows.
  const cards = new Uint32Array(IS_COUNTED * 2)
  // A row with this flag is one of several of its card.
  const grouped = filters.all === true ? 0 : GROUPED
  let many = 0
  for (let row = 0; row < length; row += 1) {
    if (found[row] !== wanted) continue
    if (((flags[row] ?? 0) & grouped) !== 0) {
      const first = firstOf[row] ?? NONE
      let card = 0
      for (let one = first; one !== NONE; one = nextOf[one] ?? NONE) {
        if (found[one] !== wanted) continue
        found[one] = SEEN
        const number = traitsOf[one] ?? 0
        let shown = (shownBy[flags[one] ?? 0] ?? 0) & (shownWith[number] ?? 0)
        if (isBetween && ((amount[one] ?? 0) < minAmount || (amount[one] ?? 0) > maxAmount)) shown &= ALL_RANGES
        card |= shown
        if (shown >= IS_COUNTED) traitCounts.count(number, first + 1)
        if ((shown & IS_FOUND) === 0) continue
        found[one] = FOUND
        rows[many] = one
        many += 1
      }
      cards[card] = (cards[card] ?? 0) + 1
      continue
    }
    const number = traitsOf[row] ?? 0
    let shown = (shownBy[flags[row] ?? 0] ?? 0) & (shownWith[number] ?? 0)
    if (isBetween && ((amount[row] ?? 0) < minAmount || (amount[row] ?? 0) > maxAmount)) shown &= ALL_RANGES
    cards[shown] = (cards[shown] ?? 0) + 1
    if (shown >= IS_COUNTED) single[number] = (single[number] ?? 0) + 1
    if ((shown & IS_FOUND) === 0) continue
    found[row] = FOUND
    rows[many] = row
    many += 1
  }
  for (const [number, count] of single.entries()) if (count > 0) traitCounts.addCards(number, count)
  const cardsWith = (bit: number) => cards.reduce((sum, count, shown) => ((shown & bit) === 0 ? sum : sum + count), 0)
  return {
    total: cardsWith(IS_FOUND),
    length: many,
    facets: {
      ...traitCounts.facets(),
      prices: Array.from({ length: PRICE_RANGES }, (_, range) => cardsWith(1 << range)),
      onSale: cardsWith(IS_ON_SALE),
      inStock: cardsWith(IS_IN_STOCK),
    },
  }
}
