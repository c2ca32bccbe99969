/** A selection as a condition on `products p JOIN prices pr ON pr.product_id = p.id`. Every value is a parameter. */
import { BASE_CHANGED_AT } from '#lib/catalog/prices/baseChange.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { matchesText } from '../../matchesText.ts'
import type { Selection } from '../contract.ts'

export const SELECTED_FROM = Prisma.sql`FROM products p JOIN prices pr ON pr.product_id = p.id`

/** Down the tree: a parent includes its children, whether or not a product is filed under both. */
export async function categoriesBelow(slugs: readonly string[]): Promise<number[]> {
  const rows = await db().$queryRaw<{ id: number }[]>`
    WITH RECURSIVE tree AS (
      SELECT c.id FROM categories c WHERE c.slug = ANY(${[...slugs]}::text[])
      UNION SELECT c.id FROM categories c JOIN tree ON c.parent_id = tree.id)
    SELECT id FROM tree`
  return rows.map(({ id }) => id)
}

/** By their ids: of a tree Postgres does not know how many products are in it, and reads all. */
async function inCategories(slugs: readonly string[]): Promise<Prisma.Sql> {
  return Prisma.sql`p.id IN (SELECT pc.product_id FROM product_categories pc WHERE pc.category_id = ANY(${await categoriesBelow(slugs)}::int[]))`
}

/** One parameter: Prisma takes ten times as long over an array of 100,000 as over its text. */
export function arrayOf(values: readonly (number | string)[]): string {
  return `{${values.map((value) => (typeof value === 'number' ? value : `"${value.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`
}

function leftAs(state: NonNullable<Selection['left']>): Prisma.Sql {
  return Prisma.sql`p.id IN (
    SELECT r.product_id FROM bulk_edit_rows r JOIN bulk_edits e ON e.id = r.bulk_edit_id
    WHERE r.message IS NOT NULL AND r.state = ${state}::bulk_edit_row_state AND e.state IN ('applied', 'cancelled', 'failed')
      AND NOT EXISTS (SELECT FROM price_changes c WHERE c.product_id = r.product_id AND c.bulk_edit_id IS NOT NULL
                      AND (c.new_base_amount_cents IS NULL OR (c.old_base_amount_cents, c.old_base_compare_at_cents)
                        IS DISTINCT FROM (c.new_base_amount_cents, c.new_base_compare_at_cents))
                      AND c.changed_at > COALESCE(e.applied_at, e.created_at)))`
}

/** The look into the history is for the rows alone that a sale has touched. */
function changed(after: string | undefined, before: string | undefined): Prisma.Sql[] {
  return [
    ...(after === undefined
      ? []
      : [
          Prisma.sql`pr.version_updated_at >= ${after}::timestamptz AND (pr.base_version = pr.version OR ${BASE_CHANGED_AT} >= ${after}::timestamptz)`,
        ]),
    ...(before === undefined
      ? []
      : [
          Prisma.sql`(pr.version_updated_at < ${before}::timestamptz OR (pr.base_version < pr.version AND ${BASE_CHANGED_AT} < ${before}::timestamptz))`,
        ]),
  ]
}

async function filters(selection: Selection): Promise<Prisma.Sql[]> {
  const { text, categories, brands, minCents, maxCents, status, onSale, changedAfter, changedBefore, left, skus } =
    selection
  const all: Prisma.Sql[] = []
  if (text !== undefined && text.trim() !== '') all.push(await matchesText(text.trim()))
  if (categories !== undefined && categories.length > 0) all.push(await inCategories(categories))
  if (brands !== undefined && brands.length > 0) all.push(Prisma.sql`p.brand = ANY(${brands}::text[])`)
  const amount = selection.amountOf === 'shown' ? Prisma.sql`pr.amount_cents` : Prisma.sql`pr.base_amount_cents`
  if (minCents !== undefined) all.push(Prisma.sql`${amount} >= ${minCents}`)
  if (maxCents !== undefined) all.push(Prisma.sql`${amount} <= ${maxCents}`)
  if (status !== undefined) all.push(Prisma.sql`p.status = ${status}::product_status`)
  if (onSale !== undefined)
    all.push(onSale ? Prisma.sql`pr.compare_at_cents IS NOT NULL` : Prisma.sql`pr.compare_at_cents IS NULL`)
  all.push(...changed(changedAfter, changedBefore))
  if (left !== undefined) all.push(leftAs(left))
  if (skus !== undefined) all.push(Prisma.sql`p.sku = ANY(${arrayOf(skus)}::text[])`)
  return all
}

/** A union where there are single products too: an OR would keep the filters from their indexes. */
function included(matching: boolean, all: readonly Prisma.Sql[], singles: readonly number[]): Prisma.Sql {
  const listed = Prisma.sql`p.id = ANY(${arrayOf(singles)}::int[])`
  if (!matching) return listed
  const filtered = all.length === 0 ? Prisma.sql`true` : Prisma.join([...all], ' AND ')
  return singles.length === 0
    ? filtered
    : Prisma.sql`p.id IN (SELECT p.id ${SELECTED_FROM} WHERE ${filtered} UNION ALL SELECT p.id FROM products p WHERE ${listed})`
}

/**
 * @param cellProducts products that a hand-made cell selects
 * @returns what stands after WHERE
 */
export async function selectedWhere(selection: Selection, cellProducts: readonly number[] = []): Promise<Prisma.Sql> {
  const rows = included(selection.matching, await filters(selection), [...selection.added, ...cellProducts])
  return selection.removed.length === 0
    ? rows
    : Prisma.sql`${rows} AND p.id <> ALL(${arrayOf(selection.removed)}::int[])`
}

/** In ascending order. @param tx the transaction whose snapshot is asked, or the pool */
export async function selectedIds(
  tx: Pick<Prisma.TransactionClient, '$queryRaw'>,
  selection: Selection,
  cellProducts: readonly number[] = [],
): Promise<number[]> {
  const where = await selectedWhere(selection, cellProducts)
  const [row] = await tx.$queryRaw<
    { ids: number[] }[]
  >`SELECT COALESCE(array_agg(p.id ORDER BY p.id), '{}') AS ids ${SELECTED_FROM} WHERE ${where}`
  return row?.ids ?? []
}

/** How many products there are. */
export async function countWhere(where: Prisma.Sql, from = SELECTED_FROM): Promise<number> {
  const [row] = await db().$queryRaw<{ count: bigint }[]>`SELECT count(*) ${from} WHERE ${where}`
  return Number(row?.count ?? 0)
}
