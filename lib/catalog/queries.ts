/** The catalog as it is in Postgres now: one statement a function. The cached versions are in `cached.ts`. */
import { PRODUCTS_PER_PAGE } from './pagination.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import {
  CARD_JSON,
  CATEGORY_JSON,
  categoryTiles,
  categoryTotal,
  LISTED_CARD_JSON,
  navigation,
  PRICE_VALID_UNTIL,
  product,
  productList,
  VARIANTS_JSON,
  type CategoryTiles,
  type CategoryTotal,
  type Navigation,
  type Product,
  type ProductList,
} from './rows.ts'

/** The one `value` column of the one row that the statement returns. */
export async function readValue(statement: Prisma.Sql): Promise<unknown> {
  const rows = await db().$queryRaw<{ value: unknown }[]>(statement)
  return rows[0]?.value ?? undefined
}

/** Beside a product stand no others of its group, and of another group the first one. */
function withoutSiblings(product: Product): Product {
  const shown = new Set([product.group?.id])
  const related = product.related.filter(({ status, group }) => {
    if (status !== 'active' || !group) return true
    const isFirst = !shown.has(group.id)
    shown.add(group.id)
    return isFirst
  })
  return { ...product, related }
}

/** @returns undefined when no product has the slug, or it has no price yet */
export async function readProduct(slug: string): Promise<Product | undefined> {
  const value = await readValue(Prisma.sql`
    SELECT ${CARD_JSON} || ${VARIANTS_JSON} || jsonb_build_object(
      'sku', p.sku, 'colour', p.colour, 'size', p.size, 'description', p.description, 'descriptions', p.descriptions, 'priceValidUntil', ${PRICE_VALID_UNTIL},
      'categories', COALESCE((
        SELECT jsonb_agg(${CATEGORY_JSON} ORDER BY c.parent_id NULLS FIRST, c.position)
        FROM product_categories pc JOIN categories c ON c.id = pc.category_id
        WHERE pc.product_id = p.id AND c.kind = 'category'), '[]'),
      'related', COALESCE((
        SELECT jsonb_agg(related.card ORDER BY related.position) FROM (
          SELECT r.position, ${LISTED_CARD_JSON} AS card
          FROM related_products r JOIN products p ON p.id = r.related_id JOIN prices pr ON pr.product_id = p.id
          WHERE r.product_id = source.id) related), '[]')) AS value
    FROM products source JOIN products p ON p.id = source.id JOIN prices pr ON pr.product_id = p.id
    WHERE source.slug = ${slug}`)
  return value === undefined ? undefined : withoutSiblings(product.parse(value))
}

/**
 * One page of a category or a collection, by rank, then id. Only what can be bought is listed, and of a group the first one: triggers keep
 * `category_cards`. Cards are built when the page is cut: those of the thousands before it would cost more than all the rest.
 * @param page from 1
 * @param size at most PRODUCTS_PER_PAGE, or a page would need more tags than Next allows
 * @returns undefined when there is no such category; no products when the page is out of range
 */
export async function readProductList(
  slug: string,
  kind: 'category' | 'collection',
  page: number,
  size = PRODUCTS_PER_PAGE,
): Promise<ProductList | undefined> {
  const value = await readValue(Prisma.sql`
    SELECT jsonb_build_object(
      'category', ${CATEGORY_JSON} || jsonb_build_object('version', c.version),
      'products', COALESCE((
        SELECT jsonb_agg(${LISTED_CARD_JSON} ORDER BY p.rank, p.id) FROM (
          SELECT l.product_id AS id FROM category_cards l WHERE l.category_id = c.id
          ORDER BY l.rank, l.product_id LIMIT ${size} OFFSET ${(page - 1) * size}) listed
        JOIN products p ON p.id = listed.id JOIN prices pr ON pr.product_id = p.id), '[]')) AS value
    FROM categories c WHERE c.slug = ${slug} AND c.kind = ${kind}::category_kind`)
  return value === undefined ? undefined : productList.parse(value)
}

/**
 * Counts the products and groups of a category, with the version that grows whenever they change. A read of its own, because it
 * visits them all, and an edit of a price, after which the list is read again, does not change it.
 * @returns undefined when there is no such category
 */
export async function readCategoryTotal(slug: string): Promise<CategoryTotal | undefined> {
  const value = await readValue(Prisma.sql`
    SELECT jsonb_build_object('id', c.id, 'version', c.version, 'total', (
      SELECT count(*) FROM category_cards l WHERE l.category_id = c.id)) AS value
    FROM categories c WHERE c.slug = ${slug} AND c.kind = 'category'`)
  return value === undefined ? undefined : categoryTotal.parse(value)
}

/** The top of the tree, each with the first product that is in no collection and so not on the home page already: it lends its picture. */
export async function readCategoryTiles(): Promise<CategoryTiles> {
  return categoryTiles.parse(
    await readValue(Prisma.sql`
      SELECT jsonb_build_object('catalogVersion', s.version, 'collections', COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', id, 'version', version)) FROM categories WHERE kind = 'collection'), '[]'),
        'tiles', COALESCE((
        SELECT jsonb_agg(${CATEGORY_JSON} || jsonb_build_object('version', c.version, 'cover', (
          SELECT ${CARD_JSON}
          FROM category_cards l JOIN products p ON p.id = l.product_id JOIN prices pr ON pr.product_id = p.id
          WHERE l.category_id = c.id AND NOT EXISTS (
            SELECT 1 FROM product_categories shown JOIN categories collection ON collection.id = shown.category_id
            WHERE shown.product_id = p.id AND collection.kind = 'collection')
          ORDER BY l.rank, l.product_id LIMIT 1))
          ORDER BY c.position, c.id)
        FROM categories c WHERE c.parent_id IS NULL AND c.kind = 'category'), '[]')) AS value
      FROM catalog_state s`),
  )
}

/** The whole category tree, parents before children. */
export async function readNavigation(): Promise<Navigation> {
  return navigation.parse(
    await readValue(Prisma.sql`
      SELECT jsonb_build_object('catalogVersion', s.version, 'categories', COALESCE((
        SELECT jsonb_agg(${CATEGORY_JSON} ORDER BY c.parent_id NULLS FIRST, c.position, c.id)
        FROM categories c WHERE c.kind = 'category'), '[]')) AS value
      FROM catalog_state s`),
  )
}
