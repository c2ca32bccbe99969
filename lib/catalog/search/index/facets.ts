/**
 * One pass over the products that have the words: which meet the filters, and what each facet would find. The counts are of cards: a
 * group has one, however many of it are found. People who work in the shop see each product for itself.
 */
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import type { Filters } from './filters.ts'
import { ACTIVE, ALIVE, IN_STOCK, NONE, ON_SALE, type Products } from './products.ts'

/** The bounds between ranges of prices. */
export const PRICE_STEPS: readonly number[] = [25, 50, 100, 200, 400, 800].map(
  (whole) => whole * 10 ** SHOP_CURRENCY.digits,
)

/** The range of an amount without a comparison that a processor cannot foresee: each step is a multiple of the first one. */
const STEP = PRICE_STEPS[0] ?? 1
const RANGES = Uint8Array.from(
  { length: (PRICE_STEPS.at(-1) ?? 0) / STEP + 1 },
  (_, at) => PRICE_STEPS.filter((step) => at * STEP >= step).length,
)

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

// A product that fails in one facet alone is counted there.
const CATEGORY = 1
const BRAND = 2
const COLOUR = 4
const PRICE = 8
const SALE = 16
const STOCK = 32

function numbersOf(texts: readonly string[], find: (text: string) => number | undefined, size: number): Uint8Array {
  const chosen = new Uint8Array(size)
  for (const text of texts) chosen[find(text) ?? size] = 1
  return chosen
}

/** The number of cards with each of some values, of which a card may have several. */
class Cards {
  readonly counts: Uint32Array
  /** The last card that was counted, from 1. */
  readonly #last: Uint32Array

  constructor(values: number) {
    this.counts = new Uint32Array(values)
    this.#last = new Uint32Array(values)
  }

  /** @param card from 1; each comes once, with all of its values */
  count(value: number, card: number): void {
    if (this.#last[value] === card) return
    this.#last[value] = card
    this.counts[value] = (this.counts[value] ?? 0) + 1
  }
}

const named = ({ counts }: Cards, texts: readonly string[]) =>
  new Map([...counts].flatMap((count, i) => (count > 0 && i > 0 ? [[texts[i] ?? '', count] as const] : [])))

/**
 * @param found by row how many words it has
 * @param wanted how many it must have
 * @param take is called for each row that meets all of it, those of a group one after the other, with the first row of the group
 */
export function countFacets(
  products: Products,
  found: Uint8Array,
  wanted: number,
  filters: Filters,
  take: (row: number, first: number) => void,
): { total: number; facets: Facets } {
  const { length, categorySets } = products
  const isGrouped = filters.all !== true
  const firstOf = products.firstOfGroup.values
  const nextOf = products.nextOfGroup.values
  const flags = products.flags.values
  const brand = products.brands.values
  const colour = products.colours.values
  const set = products.categories.values
  const amount = products.amounts.values
  const { minAmount = 0, maxAmount = Number.MAX_SAFE_INTEGER } = filters
  const isOpen = filters.all === true ? ALIVE : ALIVE | ACTIVE
  const brandTexts = products.brandNames.texts
  const colourTexts = products.colourNames.texts
  const anyBrand = filters.brands.length === 0
  const anyColour = filters.colours.length === 0
  const chosenBrands = numbersOf(filters.brands, (text) => products.brandNames.find(text), brandTexts.length)
  const chosenColours = numbersOf(filters.colours, (text) => products.colourNames.find(text), colourTexts.length)
  const { category } = filters
  const chosenSets = Uint8Array.from(categorySets, (ids) => (category === undefined || ids.includes(category) ? 1 : 0))
  const brands = new Cards(brandTexts.length)
  const colours = new Cards(colourTexts.length)
  const categories = new Cards(Math.max(0, ...categorySets.flat()) + 1)
  // Most cards have one row: the set is counted in place of its categories.
  const sets = new Uint32Array(categorySets.length)
  const prices = new Cards(PRICE_STEPS.length + 1)
  const [all, onSale, inStock] = [new Cards(1), new Cards(1), new Cards(1)]
  for (let first = 0; first < length; first += 1) {
    if (isGrouped && firstOf[first] !== first) continue
    for (let row = first; row !== NONE; row = isGrouped ? (nextOf[row] ?? NONE) : NONE) {
      if (found[row] !== wanted) continue
      const flag = flags[row] ?? 0
      if ((flag & isOpen) !== isOpen) continue
      const rowBrand = brand[row] ?? 0
      const rowColour = colour[row] ?? 0
      const rowSet = set[row] ?? 0
      const rowAmount = amount[row] ?? 0
      let fails = 0
      if (chosenSets[rowSet] !== 1) fails |= CATEGORY
      if (!anyBrand && chosenBrands[rowBrand] !== 1) fails |= BRAND
      if (!anyColour && chosenColours[rowColour] !== 1) fails |= COLOUR
      if (rowAmount < minAmount || rowAmount > maxAmount) fails |= PRICE
      if (filters.onSale && (flag & ON_SALE) === 0) fails |= SALE
      if (filters.inStock && (flag & IN_STOCK) === 0) fails |= STOCK
      if ((fails & (fails - 1)) !== 0) continue
      const card = first + 1
      if (fails === 0) {
        all.count(0, card)
        take(row, first)
      }
      if (fails === 0 || fails === CATEGORY) {
        if (row === first && (!isGrouped || nextOf[row] === NONE)) sets[rowSet] = (sets[rowSet] ?? 0) + 1
        else for (const id of categorySets[rowSet] ?? []) categories.count(id, card)
      }
      if (fails === 0 || fails === BRAND) brands.count(rowBrand, card)
      if (fails === 0 || fails === COLOUR) colours.count(rowColour, card)
      if (fails === 0 || fails === PRICE) {
        prices.count(RANGES[Math.min(RANGES.length - 1, Math.floor(rowAmount / STEP))] ?? 0, card)
      }
      if ((fails === 0 || fails === SALE) && (flag & ON_SALE) !== 0) onSale.count(0, card)
      if ((fails === 0 || fails === STOCK) && (flag & IN_STOCK) !== 0) inStock.count(0, card)
    }
  }
  for (const [set, count] of sets.entries())
    for (const id of categorySets[set] ?? []) categories.counts[id] = (categories.counts[id] ?? 0) + count
  return {
    total: all.counts[0] ?? 0,
    facets: {
      categories: new Map([...categories.counts].flatMap((count, id) => (count > 0 ? [[id, count] as const] : []))),
      brands: named(brands, brandTexts),
      colours: named(colours, colourTexts),
      prices: [...prices.counts],
      onSale: onSale.counts[0] ?? 0,
      inStock: inStock.counts[0] ?? 0,
    },
  }
}
