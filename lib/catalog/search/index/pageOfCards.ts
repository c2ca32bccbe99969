/**
 * The cards of a page, in their order. A group has one card, which shows the first of its found products; people who work in the shop
 * see each product for itself.
 */
import type { Locale } from '#lib/platform/locales.ts'
import { FOUND, type Marks } from './matching.ts'
import { GROUPED, NONE, type Products } from './products.ts'
import type { RowOrder } from './rowOrder.ts'
import { TopRows } from './topRows.ts'

export interface Sorting {
  readonly text: string
  readonly locale: Locale
  readonly sort: 'recommended' | 'price-asc' | 'price-desc' | 'name'
  /** Whether discontinued products are found, too: in the back office. */
  readonly all?: boolean
}

export interface CardsFound {
  /** The number of cards. */
  readonly total: number
  /** The number of found rows. */
  readonly length: number
}

/** Cards from the first to the last, from 0, without the last. */
interface Range {
  readonly from: number
  readonly to: number
}

/** A rank has 31 bits: what the words count for comes first. */
const RANKS = 2 ** 31

/** @returns the row that each card shows */
export function rowsOfPage(
  products: Products,
  marks: Marks,
  sorting: Sorting,
  { total, length }: CardsFound,
  page: Range,
): number[] {
  if (page.from >= page.to) return []
  const order = orderOf(products, sorting)
  // Where few were found, they stand far apart in the order of all.
  if (order && page.to * products.length < total * length) return walk(products, marks, order, sorting, page)
  const firsts = new TopRows(page.to)
  offerCards(products, marks, sorting, length, firsts)
  return firsts.takeFrom(page.from)
}

/** The order of all products that is kept; none by prices, which change all the time, or by words, which count in each query anew. */
function orderOf({ byName, byRank }: Products, { sort, locale, text }: Sorting): RowOrder | undefined {
  if (sort === 'name') return byName.get(locale)
  return sort === 'recommended' && text === '' ? byRank : undefined
}

/** Looks at the first ones in the order of all products, until it has the page. */
function walk(
  { length, flags, firstOfGroup, nextOfGroup }: Products,
  { found }: Marks,
  order: RowOrder,
  { all = false }: Sorting,
  { from, to }: Range,
): number[] {
  const [inOrder, keys] = [order.rows(length), order.keys.values]
  const [flag, firstOf, nextOf] = [flags.values, firstOfGroup.values, nextOfGroup.values]
  const isFirst = (row: number): boolean => {
    const key = keys[row] ?? 0
    for (let one = firstOf[row] ?? NONE; one !== NONE; one = nextOf[one] ?? NONE) {
      const other = keys[one] ?? 0
      if (found[one] === FOUND && (other < key || (other === key && one < row))) return false
    }
    return true
  }
  const rows: number[] = []
  for (let at = 0, cards = 0; cards < to && at < length; at += 1) {
    const row = inOrder[at] ?? 0
    if (found[row] !== FOUND) continue
    if (!all && ((flag[row] ?? 0) & GROUPED) !== 0 && !isFirst(row)) continue
    if (cards >= from) rows.push(row)
    cards += 1
  }
  return rows
}

/**
 * Chooses the product of a group that is shown, and the place of its card: the smallest key comes first.
 * @param length of the found rows
 */
function offerCards(
  { amounts, byRank, byName, firstOfGroup }: Products,
  { scores, rows }: Marks,
  { sort, locale, all = false }: Sorting,
  length: number,
  firsts: TopRows,
): void {
  const isByWords = sort === 'recommended'
  const column = isByWords ? byRank.keys : sort === 'name' ? byName.get(locale)?.keys : amounts
  if (!column) return
  const { values } = column
  const scoreCounts = isByWords ? RANKS : 0
  // A card says what the cheapest costs.
  const sign = sort === 'price-desc' ? -1 : 1
  const firstOf = firstOfGroup.values
  for (let i = 0; i < length;) {
    let shown = rows[i] ?? 0
    let best = (values[shown] ?? 0) - (scores[shown] ?? 0) * scoreCounts
    const first = firstOf[shown]
    for (i += 1; i < length; i += 1) {
      const row = rows[i] ?? 0
      if (all || firstOf[row] !== first) break
      const key = (values[row] ?? 0) - (scores[row] ?? 0) * scoreCounts
      if (key >= best) continue
      best = key
      shown = row
    }
    if (best * sign <= firsts.bound) firsts.offer(best * sign, shown)
  }
}
