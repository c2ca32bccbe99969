/** The products to which people who work in the shop narrow the catalog: one pass over the columns that the filters name, or those that a text found. */
import { IdSet } from './idSet.ts'
import { ACTIVE, ALIVE, FLAG_VALUES, type Products } from './products.ts'
import { TopRows } from './topRows.ts'
import type { Traits } from './traits.ts'

/** All of them have to be met. */
export interface StaffFilters {
  /** The ids of products that a text has found. */
  readonly only?: readonly number[]
  /** Empty: products of every brand. */
  readonly brands: readonly string[]
  /** Products of one of these categories, or one of these products. */
  readonly filed?: { readonly categories: readonly number[]; readonly products: readonly number[] }
  readonly amountOf: 'base' | 'shown'
  readonly minAmount: number | undefined
  readonly maxAmount: number | undefined
  readonly active: boolean | undefined
  /** Whether there is a compare-at price. */
  readonly compared: boolean | undefined
  /** The base price changed at this time or after it, and before this one, in milliseconds. */
  readonly changedFrom: number | undefined
  readonly changedBefore: number | undefined
}

export class StaffSelection {
  readonly #products: Products
  readonly #chosen: IdSet

  constructor(products: Products, chosen: IdSet) {
    this.#products = products
    this.#chosen = chosen
  }

  get count(): number {
    return this.#chosen.size
  }

  /** All products, chosen or not. */
  get of(): number {
    return this.#products.length - this.#products.dead
  }

  /** Those that are chosen, a bit for each id, the lowest bit of a byte first. */
  get bits(): Uint8Array<ArrayBuffer> {
    return this.#chosen.bits
  }

  /** The ids of a page, in their order. @param offset from 0 */
  page(offset: number, limit: number, direction: 'asc' | 'desc'): number[] {
    return this.#chosen.page(offset, limit, direction)
  }

  /** The ids of a page, the lowest base price first; of equal ones the lowest id. Takes longer the farther from the beginning. */
  pageByAmount(offset: number, limit: number, direction: 'asc' | 'desc'): number[] {
    const amounts = this.#products.baseAmounts.values
    const first = new TopRows(offset + limit)
    // The highest come first where amounts and ids are counted from above.
    const [sign, highest] = direction === 'asc' ? [1, 0] : [-1, this.#products.endOfIds]
    this.#chosen.forEach((id) => {
      const row = this.#products.rowOf(id)
      if (row !== undefined) first.offer(sign * (amounts[row] ?? 0), highest + sign * id)
    })
    return first.takeFrom(offset).map((place) => sign * (place - highest))
  }
}

/** By flags, 1 where products with them are alive and have the status. */
function marksOfFlags(active: boolean | undefined): Uint8Array {
  return Uint8Array.from({ length: FLAG_VALUES }, (_, flags) =>
    (flags & ALIVE) !== 0 && (active === undefined || ((flags & ACTIVE) !== 0) === active) ? 1 : 0,
  )
}

/** By number of the traits: 1 where the brand is one of those that are asked for, 2 where a category is, too. */
function marksOfTraits(traits: Traits, { brands, filed }: StaffFilters): Uint8Array {
  const [wantedBrands, wantedCategories] = [new Set(brands), new Set(filed?.categories)]
  return Uint8Array.from({ length: traits.size }, (_, number) => {
    const { brand, categories } = traits.named(number)
    if (brands.length > 0 && !wantedBrands.has(brand)) return 0
    return filed === undefined || categories.some((id) => wantedCategories.has(id)) ? 2 : 1
  })
}

/** Those that meet the filters; all those where there are none. */
export function selectProducts(products: Products, filters: StaffFilters): IdSet {
  const { filed, compared } = filters
  const {
    minAmount = 0,
    maxAmount = Number.MAX_SAFE_INTEGER,
    changedFrom = -Infinity,
    changedBefore = Infinity,
  } = filters
  const [flags, traitsOf, ids] = [products.flags.values, products.traitsOf.values, products.ids.values]
  const amounts = (filters.amountOf === 'shown' ? products.amounts : products.baseAmounts).values
  const [isCompared, changedAt] = [products.compared.values, products.baseChangedAt.values]
  const [byFlags, byTraits] = [marksOfFlags(filters.active), marksOfTraits(products.traits, filters)]
  const beside = new Set(filed?.products)
  // Each column that is looked at takes some milliseconds of a million products.
  const asksAmount = filters.minAmount !== undefined || filters.maxAmount !== undefined
  const asksChange = filters.changedFrom !== undefined || filters.changedBefore !== undefined
  const chosen = new IdSet(products.endOfIds)
  const choose = (row: number): void => {
    if (byFlags[flags[row] ?? 0] === 0) return
    const traits = byTraits[traitsOf[row] ?? 0] ?? 0
    if (traits === 0) return
    const id = ids[row] ?? 0
    if (traits === 1 && !beside.has(id)) return
    if (compared !== undefined && (isCompared[row] === 1) !== compared) return
    if (asksAmount && ((amounts[row] ?? 0) < minAmount || (amounts[row] ?? 0) > maxAmount)) return
    if (asksChange && ((changedAt[row] ?? 0) < changedFrom || (changedAt[row] ?? 0) >= changedBefore)) return
    chosen.add(id)
  }
  if (filters.only) {
    for (const id of filters.only) {
      const row = products.rowOf(id)
      if (row !== undefined) choose(row)
    }
  } else for (let row = 0; row < products.length; row += 1) choose(row)
  return chosen
}
