/** One pass over the products that have the words: which meet the filters, and what each facet would find. */
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import type { Filters } from './filters.ts'
import { ACTIVE, ALIVE, IN_STOCK, ON_SALE, type Products } from './products.ts'

/** Where a range of prices ends and the next one begins. */
export const PRICE_STEPS: readonly number[] = [25, 50, 100, 200, 400, 800].map(
  (whole) => whole * 10 ** SHOP_CURRENCY.digits,
)

/** How many products there are with each value, all other facets being as they are: what a click on it would show. */
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

const named = (counts: Uint32Array, texts: readonly string[]) =>
  new Map([...counts].flatMap((count, i) => (count > 0 && i > 0 ? [[texts[i] ?? '', count] as const] : [])))

/**
 * @param found by row how many words it has
 * @param wanted how many it must have
 * @param take is called for each row that meets all of it, in ascending order
 */
export function countFacets(
  products: Products,
  found: Uint8Array,
  wanted: number,
  filters: Filters,
  take: (row: number) => void,
): { total: number; facets: Facets } {
  const { length, categorySets } = products
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
  const brands = new Uint32Array(brandTexts.length)
  const colours = new Uint32Array(colourTexts.length)
  const sets = new Uint32Array(categorySets.length)
  const prices = PRICE_STEPS.map(() => 0).concat(0)
  let total = 0
  let onSale = 0
  let inStock = 0
  for (let row = 0; row < length; row += 1) {
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
    if (fails === 0) {
      total += 1
      take(row)
    }
    if (fails === 0 || fails === CATEGORY) sets[rowSet] = (sets[rowSet] ?? 0) + 1
    if (fails === 0 || fails === BRAND) brands[rowBrand] = (brands[rowBrand] ?? 0) + 1
    if (fails === 0 || fails === COLOUR) colours[rowColour] = (colours[rowColour] ?? 0) + 1
    if (fails === 0 || fails === PRICE) {
      let step = 0
      while (step < PRICE_STEPS.length && rowAmount >= (PRICE_STEPS[step] ?? 0)) step += 1
      prices[step] = (prices[step] ?? 0) + 1
    }
    if ((fails === 0 || fails === SALE) && (flag & ON_SALE) !== 0) onSale += 1
    if ((fails === 0 || fails === STOCK) && (flag & IN_STOCK) !== 0) inStock += 1
  }
  const categories = new Map<number, number>()
  for (const [i, count] of sets.entries())
    if (count > 0) for (const id of categorySets[i] ?? []) categories.set(id, (categories.get(id) ?? 0) + count)
  return {
    total,
    facets: {
      categories,
      brands: named(brands, brandTexts),
      colours: named(colours, colourTexts),
      prices,
      onSale,
      inStock,
    },
  }
}
