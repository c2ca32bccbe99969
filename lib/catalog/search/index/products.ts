/** The products of the index: what they are filtered and sorted by, one column for each. */
import type { Locale } from '#lib/platform/locales.ts'
import { fold } from '../words.ts'
import { Column } from './growable.ts'
import { rangeOf } from './priceRanges.ts'
import { RowOrder } from './rowOrder.ts'
import { Traits } from './traits.ts'

/** As it is in Postgres. */
export interface IndexedProduct {
  readonly id: number
  readonly version: number
  readonly active: boolean
  readonly rank: number
  readonly name: string
  readonly names: Readonly<Record<string, string>>
  readonly brand: string
  readonly colour: string | null
  /** The id of its group. */
  readonly groupId: number | null
  readonly categories: readonly number[]
  readonly amountMinor: number
  readonly baseAmountMinor: number
  /** Whether the price has a compare-at price, reduced or not in the sense of the law. */
  readonly compared: boolean
  /** When the base price last changed, in milliseconds. */
  readonly baseChangedAt: number
  readonly priceVersion: number
  readonly onSale: boolean
  readonly inStock: boolean
  readonly stockVersion: number
}

/** The properties that change without the product: its price and its stock. */
export type Facts = Pick<
  IndexedProduct,
  | 'amountMinor'
  | 'baseAmountMinor'
  | 'compared'
  | 'baseChangedAt'
  | 'priceVersion'
  | 'onSale'
  | 'inStock'
  | 'stockVersion'
>

/** Whether the row is the newest of its product; whether that is sold, reduced, in stock. Above them stands its range of prices, in three bits. */
export const ALIVE = 1
export const ACTIVE = 2
export const ON_SALE = 4
export const IN_STOCK = 8
export const RANGE_SHIFT = 4
/** Whether its group has other rows. */
export const GROUPED = 128
/** Each value of the column of flags is below it. */
export const FLAG_VALUES = 256

export const NONE = -1
const SORTED_LETTERS = 8
const FIRST_LETTER = 96
const FIRST_DIGIT = 48

/** The first letters of a name as a number that sorts as they do. */
function sortKey(name: string): number {
  const letters = fold(name).replace(/[^\p{L}\p{N} ]/gu, '')
  let key = 0
  for (let i = 0; i < SORTED_LETTERS; i += 1) {
    const code = letters.charCodeAt(i)
    let value = 0
    if (code >= FIRST_LETTER && code < FIRST_LETTER + 27) value = code - FIRST_LETTER + 11
    else if (code >= FIRST_DIGIT && code < FIRST_DIGIT + 10) value = code - FIRST_DIGIT + 1
    else if (code > 127) value = 38 + Math.min(25, Math.floor(code / 2_048))
    key = key * 64 + value
  }
  return key
}

export class Products {
  length = 0
  dead = 0
  readonly ids = new Column((length) => new Int32Array(length))
  readonly flags = new Column((length) => new Uint8Array(length))
  /** Its brand, colour and categories, as a number in `traits`. */
  readonly traitsOf = new Column((length) => new Uint32Array(length))
  readonly amounts = new Column((length) => new Int32Array(length))
  readonly baseAmounts = new Column((length) => new Int32Array(length))
  /** 1 or 0. */
  readonly compared = new Column((length) => new Uint8Array(length))
  readonly baseChangedAt = new Column((length) => new Float64Array(length))
  /** The first row of its group, by which the others are reached; the row itself where it is alone. */
  readonly firstOfGroup = new Column((length) => new Int32Array(length))
  /** The row that was added after it to the same group, or none. */
  readonly nextOfGroup = new Column((length) => new Int32Array(length))
  /** Its last row, by id of the group. */
  readonly #lastOfGroup = new Map<number, number>()
  readonly #versions = new Column((length) => new Float64Array(length))
  readonly #priceVersions = new Column((length) => new Float64Array(length))
  readonly #stockVersions = new Column((length) => new Float64Array(length))
  readonly byRank = new RowOrder(new Column((length) => new Int32Array(length)))
  readonly byName: ReadonlyMap<Locale, RowOrder>
  /** The number of words in each name. */
  readonly nameWords: ReadonlyMap<Locale, Column<Uint8Array>>
  readonly traits = new Traits()
  /** By id of the product. */
  readonly #rows = new Column((length) => new Int32Array(length).fill(NONE))

  constructor(locales: readonly Locale[]) {
    this.byName = new Map(
      locales.map((locale) => [locale, new RowOrder(new Column((length) => new Float64Array(length)))]),
    )
    this.nameWords = new Map(locales.map((locale) => [locale, new Column((length) => new Uint8Array(length))]))
  }

  rowOf(id: number): number | undefined {
    const row = this.#rows.values[id] ?? NONE
    return row === NONE ? undefined : row
  }

  /** Above the ids of all products. */
  get endOfIds(): number {
    return this.#rows.values.length
  }

  /** Whether the index has that version, or a later one. */
  has(kind: string, id: number, version: number): boolean {
    const row = this.rowOf(id)
    if (row === undefined) return false
    const of = { product: this.#versions, price: this.#priceVersions, stock: this.#stockVersions }[kind]
    return of !== undefined && (of.values[row] ?? 0) >= version
  }

  /** In place of the former row of the product. @returns its row: above those of all others */
  add(product: IndexedProduct): number {
    const former = this.rowOf(product.id)
    if (former !== undefined) {
      this.flags.set(former, 0)
      this.dead += 1
    }
    const row = this.length
    this.length += 1
    this.#rows.set(product.id, row)
    this.ids.set(row, product.id)
    this.byRank.keys.set(row, product.rank)
    this.traitsOf.set(row, this.traits.numberOf(product))
    this.flags.set(row, product.active ? ACTIVE : 0)
    this.#join(row, product.groupId)
    this.#versions.set(row, product.version)
    for (const [locale, { keys }] of this.byName) keys.set(row, sortKey(product.names[locale] ?? product.name))
    this.setFacts(row, product)
    return row
  }

  /** Else the next search that asks for an order does: of a part that takes a millisecond or two, of a million a second for each order. */
  putInOrder(): void {
    for (const order of [this.byRank, ...this.byName.values()]) order.rows(this.length)
  }

  /** Another group is another version of the product, and so another row: no row ever leaves. */
  #join(row: number, groupId: number | null): void {
    const last = groupId === null ? undefined : this.#lastOfGroup.get(groupId)
    this.firstOfGroup.set(row, last === undefined ? row : (this.firstOfGroup.values[last] ?? row))
    this.nextOfGroup.set(row, NONE)
    if (last !== undefined) {
      this.nextOfGroup.set(last, row)
      for (const own of [last, row]) this.flags.set(own, (this.flags.values[own] ?? 0) | GROUPED)
    }
    if (groupId !== null) this.#lastOfGroup.set(groupId, row)
  }

  /** All rows of the same group, or the row alone. */
  rowsBeside(row: number): number[] {
    const rows: number[] = []
    for (let at = this.firstOfGroup.values[row] ?? row; at !== NONE; at = this.nextOfGroup.values[at] ?? NONE)
      rows.push(at)
    return rows
  }

  setFacts(row: number, facts: Facts): void {
    const { amountMinor, baseAmountMinor, compared, baseChangedAt, priceVersion, onSale, inStock, stockVersion } = facts
    const kept = (this.flags.values[row] ?? 0) & (ACTIVE | GROUPED)
    const range = rangeOf(amountMinor) << RANGE_SHIFT
    this.flags.set(row, ALIVE | kept | (onSale ? ON_SALE : 0) | (inStock ? IN_STOCK : 0) | range)
    this.amounts.set(row, amountMinor)
    this.baseAmounts.set(row, baseAmountMinor)
    this.compared.set(row, compared ? 1 : 0)
    this.baseChangedAt.set(row, baseChangedAt)
    this.#priceVersions.set(row, priceVersion)
    this.#stockVersions.set(row, stockVersion)
  }
}
