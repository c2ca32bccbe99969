/** Selections as the search index finds them in memory: to count them in Postgres takes a second with a million products. */
import { selectForStaff, type StaffSelection } from '#lib/catalog/search/search.ts'
import { db } from '#lib/platform/db.ts'
import { productsWithText } from '../../matchesText.ts'
import type { Selection } from '../contract.ts'
import { categoriesBelow } from './selectionSql.ts'

/** Prices are stamped in whole milliseconds: a moment between two of them is the later one. */
function stampOf(moment: string | undefined): number | undefined {
  if (moment === undefined) return undefined
  return Date.parse(moment) + (/\.\d{3}\d*[1-9]/.test(moment) ? 1 : 0)
}

/** The index knows no collections: they are picked by hand, and few. */
async function filedUnder(slugs: readonly string[]) {
  const categories = await categoriesBelow(slugs)
  const picked = await db().productCategory.findMany({
    where: { categoryId: { in: categories }, category: { kind: 'collection' } },
    select: { productId: true },
  })
  return { categories, products: picked.map(({ productId }) => productId) }
}

/** @returns undefined where it asks for SKUs or for what an edit left, or the index is being loaded */
export async function selectInMemory(selection: Selection): Promise<StaffSelection | undefined> {
  const { matching, added, removed, text = '', brands = [], categories = [], status, ...rest } = selection
  const { minCents, maxCents, amountOf = 'base', onSale, changedAfter, changedBefore, ...others } = rest
  if (Object.values(others).some((value) => value !== undefined)) return undefined
  const filters = matching && {
    ...(text.trim() !== '' && { only: await productsWithText(text.trim()) }),
    ...(categories.length > 0 && { filed: await filedUnder(categories) }),
    brands,
    amountOf,
    minAmount: minCents,
    maxAmount: maxCents,
    active: status === undefined ? undefined : status === 'active',
    compared: onSale,
    changedFrom: stampOf(changedAfter),
    changedBefore: stampOf(changedBefore),
  }
  return selectForStaff({ filters: filters || undefined, added, removed })
}
