/** The suggestions of the search box under a word that is being typed: categories, then products. Without prices: nothing here can go stale. */
import { z } from 'zod'
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { nameIn } from '../categories.ts'
import { readNavigation, readValue } from '../queries.ts'
import { productName } from '../productTexts.ts'
import { find } from './search.ts'
import { parseSearch } from './searchParams.ts'

const PRODUCTS = 6
const CATEGORIES = 3
const names = z.record(z.string(), z.string())
const namedProducts = z.array(z.object({ slug: z.string(), name: z.string(), names }))

export interface Suggestions {
  /** The categories of most of the found products. */
  readonly categories: readonly { readonly slug: string; readonly name: string; readonly count: number }[]
  readonly products: readonly { readonly slug: string; readonly name: string }[]
  readonly total: number
}

/** @param text as far as it is typed */
export async function suggest(text: string, locale: Locale): Promise<Suggestions> {
  const { query } = parseSearch({ q: text })
  if (query.text === '') return { categories: [], products: [], total: 0 }
  const [{ ids, total, facets }, { categories }] = await Promise.all([
    find({ ...query, category: undefined, locale, perPage: PRODUCTS }),
    readNavigation(),
  ])
  const most = [...facets.categories].toSorted(([, a], [, b]) => b - a)
  return {
    // The deepest in the tree come first: their parents say less.
    categories: most
      .flatMap(([id, count]) => {
        const category = categories.find((known) => known.id === id && known.parentId !== null)
        return category ? [{ slug: category.slug, name: nameIn(category.names, locale), count }] : []
      })
      .slice(0, CATEGORIES),
    products: (await readNames(ids)).map((product) => ({ slug: product.slug, name: productName(product, locale) })),
    total,
  }
}

async function readNames(ids: readonly number[]): Promise<z.infer<typeof namedProducts>> {
  if (ids.length === 0) return []
  return namedProducts.parse(
    await readValue(Prisma.sql`
      SELECT COALESCE(jsonb_agg(jsonb_build_object('slug', p.slug, 'name', p.name, 'names', p.names) ORDER BY listed.at), '[]') AS value
      FROM unnest(${[...ids]}::int[]) WITH ORDINALITY listed(id, at) JOIN products p ON p.id = listed.id`),
  )
}
