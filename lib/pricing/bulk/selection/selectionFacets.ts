/** The values that the filters of the grid offer. */
import { z } from 'zod'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { countsForStaff } from '#lib/catalog/search/search.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import type { SelectionFacets } from '../contract.ts'
import { SELECTED_FROM } from './selectionSql.ts'

const facets = z.object({
  categories: z.array(
    z.object({
      slug: z.string(),
      name: z.string(),
      kind: z.enum(['category', 'collection']),
      parent: z.string().nullable(),
      products: z.number().int(),
    }),
  ),
  brands: z.array(z.object({ brand: z.string(), products: z.number().int() })),
})

/** Products of a category and of those below it, and of a brand, as statements. */
interface Sizes {
  readonly categories: Prisma.Sql
  readonly brands: Prisma.Sql
}

const BY_POSTGRES: Sizes = {
  categories: Prisma.sql`
    SELECT category, count(*) AS products FROM (
      WITH RECURSIVE above AS (
        SELECT c.id, c.id AS category, c.parent_id FROM categories c
        UNION ALL SELECT above.id, c.id, c.parent_id FROM above JOIN categories c ON c.id = above.parent_id)
      SELECT DISTINCT above.category, pc.product_id FROM product_categories pc JOIN above ON above.id = pc.category_id) members
    GROUP BY category`,
  brands: Prisma.sql`SELECT p.brand, count(*) AS products ${SELECTED_FROM} GROUP BY p.brand`,
}

/** The counts of the catalog: Postgres takes a second for a million products, and the search index has them in memory, without collections. */
async function sizes(): Promise<Sizes> {
  const counts = await countsForStaff()
  if (!counts) return BY_POSTGRES
  const tree = await db().category.findMany({ select: { id: true, parentId: true } })
  const parents = new Map(tree.map(({ id, parentId }) => [id, parentId]))
  const [byCategory, byBrand] = [new Map<number, number>(), new Map<string, number>()]
  for (const { brand, categories, products } of counts) {
    byBrand.set(brand, (byBrand.get(brand) ?? 0) + products)
    const within = new Set<number>()
    for (const own of categories)
      for (let id: number | null = own; id !== null; id = parents.get(id) ?? null) within.add(id)
    for (const id of within) byCategory.set(id, (byCategory.get(id) ?? 0) + products)
  }
  return {
    categories: Prisma.sql`
      SELECT * FROM unnest(${[...byCategory.keys()]}::int[], ${[...byCategory.values()]}::int[]) AS known (category, products)
      UNION ALL SELECT c.id, (SELECT count(*) FROM product_categories pc WHERE pc.category_id = c.id) FROM categories c WHERE c.kind = 'collection'`,
    brands: Prisma.sql`SELECT * FROM unnest(${[...byBrand.keys()]}::text[], ${[...byBrand.values()]}::int[]) AS known (brand, products)`,
  }
}

/** Categories in the order of the tree, brands by name, each with how many products it has. */
export async function selectionFacets(principal: Principal): Promise<SelectionFacets> {
  assertMay(principal, 'bulk:read')
  const { categories, brands } = await sizes()
  const [row] = await db().$queryRaw<{ value: unknown }[]>`
    WITH sizes AS (${categories})
    SELECT jsonb_build_object(
      'categories', COALESCE((
        SELECT jsonb_agg(jsonb_build_object('slug', c.slug, 'name', COALESCE(c.names->>'en', c.slug), 'kind', c.kind,
                                            'parent', parent.slug, 'products', COALESCE(sizes.products, 0))
          ORDER BY c.kind, COALESCE(parent.position, c.position), COALESCE(parent.id, c.id), c.parent_id NULLS FIRST, c.position, c.id)
        FROM categories c LEFT JOIN categories parent ON parent.id = c.parent_id LEFT JOIN sizes ON sizes.category = c.id), '[]'),
      'brands', COALESCE((
        SELECT jsonb_agg(jsonb_build_object('brand', counted.brand, 'products', counted.products) ORDER BY counted.brand)
        FROM (${brands}) counted), '[]')) AS value`
  return facets.parse(row?.value)
}
