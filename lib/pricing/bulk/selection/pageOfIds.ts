/** The ids of a page of a selection, in the order of its sort. */
import type { StaffSelection } from '#lib/catalog/search/search.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { type GridSort, MAX_PAGE_ROWS, type Meaning, type Selection } from '../contract.ts'
import { arrayOf, countWhere, SELECTED_FROM, selectedWhere } from './selectionSql.ts'

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

/** Where the columns of a sort are, the name of its rows and their id: one table alone is walked along its index. */
interface Source {
  readonly from: Prisma.Sql
  readonly row: Prisma.Sql
  readonly id: Prisma.Sql
}
const PRODUCTS: Source = { from: Prisma.sql`FROM products p`, row: Prisma.sql`p`, id: Prisma.sql`p.id` }
const PRICES: Source = { from: Prisma.sql`FROM prices pr`, row: Prisma.sql`pr`, id: Prisma.sql`pr.product_id` }

type Direction = 'asc' | 'desc'

/** The id decides between equals, so that pages neither repeat a row nor leave one out. */
function orderBy(value: Prisma.Sql, { id }: Source): Readonly<Record<Direction, Prisma.Sql>> {
  return { asc: Prisma.sql`${value}, ${id}`, desc: Prisma.sql`${value} DESC, ${id} DESC` }
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

const BY_ID = { asc: Prisma.sql`p.id`, desc: Prisma.sql`p.id DESC` }
const SORTS = {
  id: { source: PRODUCTS, order: BY_ID },
  name: { source: PRODUCTS, order: orderBy(Prisma.sql`p.name`, PRODUCTS) },
  sku: { source: PRODUCTS, order: orderBy(Prisma.sql`p.sku`, PRODUCTS) },
  brand: { source: PRODUCTS, order: orderBy(Prisma.sql`p.brand`, PRODUCTS) },
  amount: { source: PRICES, order: orderBy(Prisma.sql`pr.base_amount_cents`, PRICES) },
  changed: { source: PRICES, order: orderBy(Prisma.sql`pr.version_updated_at`, PRICES) },
} as const satisfies Partial<Record<GridSort, unknown>>

/** In the order of a list of SKUs; what the selection has besides comes last. */
function listedIn(skus: readonly string[], direction: Direction) {
  return {
    joined: Prisma.sql`LEFT JOIN (
      SELECT sku, min(at) AS at FROM unnest(${arrayOf(skus)}::text[]) WITH ORDINALITY AS list (sku, at) GROUP BY sku) listed ON listed.sku = p.sku`,
    order:
      direction === 'asc' ? Prisma.sql`listed.at NULLS LAST, p.id` : Prisma.sql`listed.at DESC NULLS LAST, p.id DESC`,
  }
}

/** A condition, and the tables that it is about. */
interface Found {
  readonly from: Prisma.Sql
  readonly where: Prisma.Sql
}

/** Rows before the end of a page that is put in order in memory. */
const DEEPEST_IN_MEMORY = 10_000

/** To look a product up takes as long as to pass so many entries of an index. */
const PASSED = 10

/** One product of so many is few: a walk may pass the whole index before it has found them. */
const ONE_OF = 150

/**
 * The rows of those products alone, each looked up by its id. `OFFSET 0` keeps the order out of the look-up: Postgres would walk the index
 * of the order and compare each id with all of them. Of 5,000 among a million that takes 2 to 75 ms, after where they are in the order;
 * to look them up takes 13 to 29.
 */
function lookedUp({ from, row, id }: Source, ids: readonly number[]): Found {
  const rows = Prisma.sql`SELECT ${row}.* ${from} JOIN unnest(${arrayOf(ids)}::int[]) found (id) ON found.id = ${id} OFFSET 0`
  return { from: Prisma.sql`FROM (${rows}) ${row}`, where: Prisma.sql`TRUE` }
}

/** @param found in memory; absent: Postgres finds them */
async function foundIn(
  source: Source,
  { selection, offset, limit }: SelectionPage,
  found: StaffSelection | undefined,
): Promise<Found> {
  if (!found) return { from: SELECTED_FROM, where: await selectedWhere(selection) }
  const { count } = found
  // Few are looked up; of many, an index is walked in its order until the page is full.
  if (ONE_OF * count < found.of || PASSED * count * count < found.of * (offset + limit))
    return lookedUp(source, found.page(0, count, 'asc'))
  const { bits } = found
  const { from, id } = source
  return {
    from,
    where: Prisma.sql`CASE WHEN ${id} < ${8 * bits.length} THEN get_bit(${bits}::bytea, ${id}) = 1 ELSE false END`,
  }
}

async function idsInOrder(
  { from, id, where }: Found & Pick<Source, 'id'>,
  order: Prisma.Sql,
  limit: number,
  offset: number,
): Promise<number[]> {
  const rows = await db().$queryRaw<
    { id: number }[]
  >`SELECT ${id} AS id ${from} WHERE ${where} ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}`
  return rows.map((row) => row.id)
}

/** Those with the value and those without it apart: so each finds its rows by an index. */
async function idsByOptional(
  sort: OptionalSort,
  direction: Direction,
  found: Found & Source,
  limit: number,
  offset: number,
): Promise<number[]> {
  const { column, value } = OPTIONAL[sort]
  const having = { ...found, where: Prisma.sql`${found.where} AND ${column} IS NOT NULL` }
  const ids = await idsInOrder(having, orderBy(value, found)[direction], limit, offset)
  if (ids.length === limit) return ids
  const before = ids.length > 0 || offset === 0 ? offset + ids.length : await countWhere(having.where, having.from)
  const others = { ...found, where: Prisma.sql`${found.where} AND ${column} IS NULL` }
  const order = direction === 'asc' ? found.id : Prisma.sql`${found.id} DESC`
  return [...ids, ...(await idsInOrder(others, order, limit - ids.length, Math.max(0, offset - before)))]
}

/** @param found in memory; absent: Postgres finds them */
export async function pageOfIds(
  asked: SelectionPage,
  sort: Exclude<GridSort, 'change'>,
  found: StaffSelection | undefined,
): Promise<number[]> {
  const { selection, offset, direction = 'asc' } = asked
  const limit = Math.min(asked.limit, MAX_PAGE_ROWS)
  // What is found in memory has no list.
  if (found && (sort === 'id' || sort === 'listed')) return found.page(offset, limit, direction)
  if (found && sort === 'amount' && offset + limit <= DEEPEST_IN_MEMORY)
    return found.pageByAmount(offset, limit, direction)
  if (sort === 'listed') {
    const { joined, order } = listedIn(selection.skus ?? [], direction)
    const from = Prisma.sql`${SELECTED_FROM} ${joined}`
    return idsInOrder({ id: PRODUCTS.id, from, where: await selectedWhere(selection) }, order, limit, offset)
  }
  const isOptional = sort === 'compareAt' || sort === 'margin'
  const source = isOptional ? PRICES : SORTS[sort].source
  const places = { ...source, ...(await foundIn(source, asked, found)) }
  return isOptional
    ? idsByOptional(sort, direction, places, limit, offset)
    : idsInOrder(places, SORTS[sort].order[direction], limit, offset)
}
