/** Finds the products of a bulk edit in the rows of now. Never from a cache. */
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { type GridRow, type GridSort, MAX_PAGE_ROWS, meaning, type Meaning, type Selection } from '../contract.ts'
import { idsByChange } from './byChange.ts'
import { countFromMemory } from './memoryCounts.ts'
import { arrayOf, asksPricesAlone, SELECTED_FROM, selectedWhere } from './selectionSql.ts'

/** Products that the selection finds. */
export async function countSelection(principal: Principal, selection: Selection): Promise<number> {
  assertMay(principal, 'bulk:read')
  const known = await countFromMemory(selection)
  if (known !== undefined) return known
  return countWhere(
    await selectedWhere(selection),
    asksPricesAlone(selection) ? Prisma.sql`FROM prices pr` : SELECTED_FROM,
  )
}

async function countWhere(where: Prisma.Sql, from = SELECTED_FROM): Promise<number> {
  const [row] = await db().$queryRaw<{ count: bigint }[]>`SELECT count(*) ${from} WHERE ${where}`
  return Number(row?.count ?? 0)
}

/** Sorts by what not every product has, with the column that says so. Those without it come last, in either direction. */
const OPTIONAL = {
  compareAt: { column: Prisma.sql`pr.compare_at_cents`, value: Prisma.sql`pr.compare_at_cents` },
  margin: {
    column: Prisma.sql`pr.cost_cents`,
    value: Prisma.sql`(pr.base_amount_cents - pr.cost_cents)::float8 / pr.base_amount_cents`,
  },
} as const
type OptionalSort = keyof typeof OPTIONAL

/** The id decides between equals, so that pages neither repeat a row nor leave one out. */
const ORDER: Readonly<
  Record<Exclude<GridSort, 'change' | OptionalSort>, Readonly<Record<'asc' | 'desc', Prisma.Sql>>>
> = {
  id: { asc: Prisma.sql`p.id`, desc: Prisma.sql`p.id DESC` },
  name: { asc: Prisma.sql`p.name, p.id`, desc: Prisma.sql`p.name DESC, p.id DESC` },
  listed: { asc: Prisma.sql`listed.at NULLS LAST, p.id`, desc: Prisma.sql`listed.at DESC NULLS LAST, p.id DESC` },
  sku: { asc: Prisma.sql`p.sku`, desc: Prisma.sql`p.sku DESC` },
  brand: { asc: Prisma.sql`p.brand, p.id`, desc: Prisma.sql`p.brand DESC, p.id DESC` },
  amount: { asc: Prisma.sql`pr.base_amount_cents, p.id`, desc: Prisma.sql`pr.base_amount_cents DESC, p.id DESC` },
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

function rowsInOrder(
  joined: Prisma.Sql,
  where: Prisma.Sql,
  order: Prisma.Sql,
  limit: number,
  offset: number,
): Promise<StoredGridRow[]> {
  return db().$queryRaw<StoredGridRow[]>`
    SELECT ${GRID_COLUMNS} ${SELECTED_FROM} ${joined} WHERE p.id IN (
      SELECT p.id ${SELECTED_FROM} ${joined} WHERE ${where} ORDER BY ${order} LIMIT ${limit} OFFSET ${offset})
    ORDER BY ${order}`
}

async function idsInOrder(where: Prisma.Sql, order: Prisma.Sql, limit: number, offset: number): Promise<number[]> {
  const rows = await db().$queryRaw<
    { id: number }[]
  >`SELECT p.id ${SELECTED_FROM} WHERE ${where} ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}`
  return rows.map(({ id }) => id)
}

/** Those with the value and those without it apart: so each finds its rows by an index. */
async function rowsByOptional(
  sort: OptionalSort,
  direction: 'asc' | 'desc',
  where: Prisma.Sql,
  limit: number,
  offset: number,
): Promise<StoredGridRow[]> {
  const { column, value } = OPTIONAL[sort]
  const [order, orderOfOthers] =
    direction === 'asc'
      ? [Prisma.sql`${value}, p.id`, Prisma.sql`p.id`]
      : [Prisma.sql`${value} DESC, p.id DESC`, Prisma.sql`p.id DESC`]
  const having = Prisma.sql`${where} AND ${column} IS NOT NULL`
  const ids = await idsInOrder(having, order, limit, offset)
  if (ids.length < limit) {
    const before = ids.length > 0 || offset === 0 ? offset + ids.length : await countWhere(having)
    const others = Prisma.sql`${where} AND ${column} IS NULL`
    ids.push(...(await idsInOrder(others, orderOfOthers, limit - ids.length, Math.max(0, offset - before))))
  }
  return rowsOf(ids)
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
  const most = Math.min(limit, MAX_PAGE_ROWS)
  const where = await selectedWhere(selection)
  const [total, stored] = await Promise.all([
    countSelection(principal, selection),
    sort === 'compareAt' || sort === 'margin'
      ? rowsByOptional(sort, direction, where, most, offset)
      : rowsInOrder(
          sort === 'listed' ? listedIn(selection.skus ?? []) : Prisma.empty,
          where,
          ORDER[sort][direction],
          most,
          offset,
        ),
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
