import { cachedNavigation } from '#lib/catalog/cached.ts'
import type { CategoryRef } from '#lib/catalog/rows.ts'
import { orNothing } from '../wholePage.ts'

/** The categories that header and footer link to: none where a page that is not kept has to do without a store. */
export async function frameCategories(): Promise<readonly CategoryRef[]> {
  return (await orNothing<{ readonly categories: readonly CategoryRef[] }>(cachedNavigation(), { categories: [] }))
    .categories
}
