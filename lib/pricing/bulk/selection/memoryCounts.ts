/** Counts that the search index has in memory: in Postgres they take a second with a million products. */
import { countsForStaff } from '#lib/catalog/search/search.ts'
import type { Selection } from '../contract.ts'
import { db } from '#lib/platform/db.ts'
import { categoriesBelow } from './selectionSql.ts'

/** @returns undefined where the selection asks for more than status, brands and categories, or the index is being loaded */
export async function countFromMemory(selection: Selection): Promise<number | undefined> {
  const { matching, added, removed, status, brands = [], categories = [], ...others } = selection
  const isKnown = matching && added.length === 0 && removed.length === 0
  if (!isKnown || Object.values(others).some((value) => value !== undefined)) return undefined
  const counts = await countsForStaff()
  if (!counts) return undefined
  const wanted = new Set(categories.length > 0 ? await categoriesBelow(categories) : [])
  // The index knows no collections.
  if ((await db().category.count({ where: { id: { in: [...wanted] }, kind: 'collection' } })) > 0) return undefined
  return counts
    .filter(
      (of) =>
        (status === undefined || of.active === (status === 'active')) &&
        (brands.length === 0 || brands.includes(of.brand)) &&
        (categories.length === 0 || of.categories.some((id) => wanted.has(id))),
    )
    .reduce((sum, { products }) => sum + products, 0)
}
