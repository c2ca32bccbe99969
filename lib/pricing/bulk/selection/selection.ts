/** Finds the products of a bulk edit in the rows of now. Never from a cache. */
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { type GridRow, MAX_PAGE_ROWS, meaning, type Selection } from '../contract.ts'
import { idsByChange } from './byChange.ts'
import { selectInMemory } from './memorySelection.ts'
import { pageOfIds, type SelectionPage } from './pageOfIds.ts'
import { arrayOf, countWhere, SELECTED_FROM, selectedWhere } from './selectionSql.ts'

/** Products that the selection finds. */
export async function countSelection(principal: Principal, selection: Selection): Promise<number> {
  assertMay(principal, 'bulk:read')
  const found = await selectInMemory(selection)
  return found?.count ?? countWhere(await selectedWhere(selection))
}

/** The base price, which edits change, and what a sale asks in its place. */
export const GRID_COLUMNS = Prisma.sql`p.id AS "productId", p.sku, p.slug, p.name, p.brand, p.status::text AS status,
  pr.base_amount_cents AS "amountCents", pr.base_compare_at_cents AS "compareAtCents",
  CASE WHEN pr.sale_id IS NOT NULL THEN pr.amount_cents END AS "saleCents", pr.cost_cents AS "costCents", pr.currency, pr.version, pr.version_updated_at AS "versionUpdatedAt"`

export type StoredGridRow = Omit<GridRow, 'version' | 'versionUpdatedAt'> & {
  readonly version: bigint
  readonly versionUpdatedAt: Date
}

function asRow({ version, versionUpdatedAt, ...row }: StoredGridRow): GridRow {
  return { ...row, version: Number(version), versionUpdatedAt: versionUpdatedAt.toISOString() }
}

/** In the order of the ids. */
function rowsOf(ids: readonly number[]): Promise<StoredGridRow[]> {
  return db().$queryRaw<StoredGridRow[]>`
    SELECT ${GRID_COLUMNS} ${SELECTED_FROM} WHERE p.id = ANY(${arrayOf(ids)}::int[])
    ORDER BY array_position(${arrayOf(ids)}::int[], p.id)`
}

async function rowsByChange({ selection, meaning: asked, direction = 'asc', offset, limit }: SelectionPage) {
  const ids = await idsByChange(selection, asked ?? meaning.parse({}), direction)
  const stored = await rowsOf(ids.slice(offset, offset + Math.min(limit, MAX_PAGE_ROWS)))
  return { total: ids.length, rows: stored.map(asRow) }
}

/**
 * One page of the selection.
 * @throws {BulkEditRefusedError} where it finds more products than `change` sorts
 * @example await selectionRows(principal, { selection, offset: 500, limit: 500, sort: 'name' })
 */
export async function selectionRows(
  principal: Principal,
  asked: SelectionPage,
): Promise<{ rows: GridRow[]; total: number }> {
  assertMay(principal, 'bulk:read')
  const { selection, sort = 'id' } = asked
  if (sort === 'change') return rowsByChange(asked)
  const found = await selectInMemory(selection)
  const [total, rows] = await Promise.all([
    found?.count ?? countWhere(await selectedWhere(selection)),
    pageOfIds(asked, sort, found).then(rowsOf),
  ])
  return { total, rows: rows.map(asRow) }
}

/** The SKUs that no product has, in the order in which they were sent. */
export async function unknownSkus(principal: Principal, skus: readonly string[]): Promise<string[]> {
  assertMay(principal, 'bulk:read')
  const rows = await db().$queryRaw<{ sku: string }[]>`
    SELECT DISTINCT ON (asked.at) asked.sku FROM unnest(${arrayOf([...new Set(skus)])}::text[]) WITH ORDINALITY AS asked (sku, at)
    WHERE NOT EXISTS (SELECT FROM products p WHERE p.sku = asked.sku) ORDER BY asked.at`
  return rows.map(({ sku }) => sku)
}
