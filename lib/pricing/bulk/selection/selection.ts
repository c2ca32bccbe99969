/** Finds the products of a bulk edit in the rows of now. Never from a cache. */
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { type GridRow, type GridSort, MAX_PAGE_ROWS, meaning, type Meaning, type Selection } from '../contract.ts'
import { idsByChange } from './byChange.ts'
import { countFromMemory } from './memoryCounts.ts'
import { arrayOf, SELECTED_FROM, selectedWhere } from './selectionSql.ts'

/** Products that the selection finds. */
export async function countSelection(principal: Principal, selection: Selection): Promise<number> {
  assertMay(principal, 'bulk:read')
  const known = await countFromMemory(selection)
  if (known !== undefined) return known
  const where = await selectedWhere(selection)
  const [row] = await db().$queryRaw<{ count: bigint }[]>`SELECT count(*) ${SELECTED_FROM} WHERE ${where}`
  return Number(row?.count ?? 0)
}

/** The margin. */
const MARGIN = Prisma.sql`(pr.base_amount_cents - pr.cost_cents)::float8 / pr.base_amount_cents`

/** The id decides between equals, so that pages neither repeat a row nor leave one out. */
const ORDER: Readonly<Record<Exclude<GridSort, 'change'>, Readonly<Record<'asc' | 'desc', Prisma.Sql>>>> = {
  id: { asc: Prisma.sql`p.id`, desc: Prisma.sql`p.id DESC` },
  name: { asc: Prisma.sql`p.name, p.id`, desc: Prisma.sql`p.name DESC, p.id DESC` },
  listed: { asc: Prisma.sql`listed.at NULLS LAST, p.id`, desc: Prisma.sql`listed.at DESC NULLS LAST, p.id DESC` },
  sku: { asc: Prisma.sql`p.sku`, desc: Prisma.sql`p.sku DESC` },
  brand: { asc: Prisma.sql`p.brand, p.id`, desc: Prisma.sql`p.brand DESC, p.id DESC` },
  compareAt: {
    asc: Prisma.sql`pr.compare_at_cents NULLS LAST, p.id`,
    desc: Prisma.sql`pr.compare_at_cents DESC NULLS LAST, p.id DESC`,
  },
  amount: { asc: Prisma.sql`pr.base_amount_cents, p.id`, desc: Prisma.sql`pr.base_amount_cents DESC, p.id DESC` },
  margin: {
    asc: Prisma.sql`${MARGIN} NULLS LAST, p.id`,
    desc: Prisma.sql`${MARGIN} DESC NULLS LAST, p.id DESC`,
  },
  changed: { asc: Prisma.sql`pr.version_updated_at, p.id`, desc: Prisma.sql`pr.version_updated_at DESC, p.id DESC` },
}

function listedIn(skus: readonly string[]): Prisma.Sql {
  return Prisma.sql`LEFT JOIN (
    SELECT sku, min(at) AS at FROM unnest(${arrayOf(skus)}::text[]) WITH ORDINALITY AS list (sku, at) GROUP BY sku) listed ON listed.sku = p.sku`
}

/** The base price, which edits change, and what a sale asks in its place. */
export const GRID_COLUMNS = Prisma.sql`p.id AS "productId", p.sku, p.slug, p.name, p.brand, p.status::text AS status,
  pr.base_amount_cents AS "amountCents", pr.base_compare_at_cents AS "compareAtCents",
  CASE WHEN pr.sale_id IS NOT NULL THEN pr.amount_cents END AS "saleCents", pr.cost_cents AS "costCents", pr.currency, pr.version, pr.version_updated_at AS "versionUpdatedAt"`

export type StoredGridRow = Omit<GridRow, 'version' | 'versionUpdatedAt'> & {
  readonly version: bigint
  readonly versionUpdatedAt: Date
}

export interface SelectionPage {
  readonly selection: Selection
  /** From 0. */
  readonly offset: number
  /** At most MAX_PAGE_ROWS; more is brought down to it. */
  readonly limit: number
  readonly sort?: GridSort
  readonly direction?: 'asc' | 'desc'
  /** The values that `change` sorts by. */
  readonly meaning?: Meaning
}

function asRow({ version, versionUpdatedAt, ...row }: StoredGridRow): GridRow {
  return { ...row, version: Number(version), versionUpdatedAt: versionUpdatedAt.toISOString() }
}

async function rowsByChange({ selection, meaning: asked, direction = 'asc', offset, limit }: SelectionPage) {
  const ids = await idsByChange(selection, asked ?? meaning.parse({}), direction)
  const page = ids.slice(offset, offset + Math.min(limit, MAX_PAGE_ROWS))
  const stored = await db().$queryRaw<StoredGridRow[]>`
    SELECT ${GRID_COLUMNS} ${SELECTED_FROM} WHERE p.id = ANY(${arrayOf(page)}::int[])
    ORDER BY array_position(${arrayOf(page)}::int[], p.id)`
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
  const { selection, offset, limit, sort = 'id', direction = 'asc' } = asked
  if (sort === 'change') return rowsByChange(asked)
  const order = ORDER[sort][direction]
  const from = sort === 'listed' ? Prisma.sql`${SELECTED_FROM} ${listedIn(selection.skus ?? [])}` : SELECTED_FROM
  const where = await selectedWhere(selection)
  const [total, stored] = await Promise.all([
    countSelection(principal, selection),
    db().$queryRaw<StoredGridRow[]>`
      SELECT ${GRID_COLUMNS} ${from} WHERE p.id IN (
        SELECT p.id ${from} WHERE ${where} ORDER BY ${order} LIMIT ${Math.min(limit, MAX_PAGE_ROWS)} OFFSET ${offset})
      ORDER BY ${order}`,
  ])
  return { total, rows: stored.map(asRow) }
}

/** The SKUs that no product has, in the order in which they were sent. */
export async function unknownSkus(principal: Principal, skus: readonly string[]): Promise<string[]> {
  assertMay(principal, 'bulk:read')
  const rows = await db().$queryRaw<{ sku: string }[]>`
    SELECT DISTINCT ON (asked.at) asked.sku FROM unnest(${arrayOf([...new Set(skus)])}::text[]) WITH ORDINALITY AS asked (sku, at)
    WHERE NOT EXISTS (SELECT FROM products p WHERE p.sku = asked.sku) ORDER BY asked.at`
  return rows.map(({ sku }) => sku)
}
