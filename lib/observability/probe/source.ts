/** What the prober asks Postgres: what has changed, what else there is, and what was true at a moment. */
import type { Db } from '#lib/platform/db.ts'
import type { StatedPrice } from '#lib/catalog/pageStatement.ts'
import type { Known, Truth } from './judge.ts'

export interface ProbedPage {
  readonly slug: string
  readonly productId: number
}

export interface RecentChange extends ProbedPage {
  readonly version: number
  readonly changedAt: Date
  /** Of the request that made it. */
  readonly correlationId: string | null
}

/** Of a burst, so many of the newest: the rest is for the random sample. */
const MOST_RECENT = 200

export async function databaseTime(db: Db): Promise<Date> {
  const [row] = await db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
  if (!row) throw new Error('Postgres did not say what time it is')
  return row.now
}

/** Prices that changed since `since` and are on sale, the newest first; each product once, at its newest version. The seed changes nothing that a page showed. */
export async function recentChanges(db: Db, since: Date): Promise<RecentChange[]> {
  const rows = await db.$queryRaw<(Omit<RecentChange, 'version'> & { version: bigint })[]>`
    SELECT c.product_id AS "productId", p.slug, c.version, c.version_updated_at AS "changedAt", h.correlation_id AS "correlationId"
    FROM prices c JOIN products p ON p.id = c.product_id
    LEFT JOIN price_changes h ON h.product_id = c.product_id AND h.version = c.version
    WHERE c.version_updated_at > ${since} AND p.status = 'active' AND c.version > 1 AND h.source IS DISTINCT FROM 'seed'
    ORDER BY c.version_updated_at DESC LIMIT ${MOST_RECENT}`
  return rows.map((row) => ({ ...row, version: Number(row.version) }))
}

/** Products on sale, each as likely as another; from a random id on, so that a million cost no more than a thousand. */
export async function randomProducts(db: Db, count: number): Promise<ProbedPage[]> {
  const found = await Promise.all(
    Array.from(
      { length: count },
      () => db.$queryRaw<ProbedPage[]>`
    SELECT id AS "productId", slug FROM products
    WHERE status = 'active' AND id >= (SELECT min(id) + floor(random() * (max(id) - min(id) + 1))::int FROM products)
    ORDER BY id LIMIT 1`,
    ),
  )
  return found.flat()
}

/** A list page of each kind that shows many prices. */
export async function randomListPath(db: Db, locale: string): Promise<string> {
  const [row] = await db.$queryRaw<
    { slug: string }[]
  >`SELECT slug FROM categories WHERE kind = 'category' ORDER BY random() LIMIT 1`
  return row && Math.random() < 0.8 ? `/${locale}/categories/${row.slug}` : `/${locale}`
}

interface TruthRow {
  productId: number
  version: bigint | null
  amountCents: number | null
  at: Date | null
  shownVersion: bigint
  shownAmount: number | null
}

/**
 * What was true of the products that pages showed; of one that is not on sale nothing has to be shown.
 * @param before the moment before the pages were asked for, by the clock of Postgres
 * @param shown every price that was read, and version 0 for a product whose page showed none
 */
export async function truthBefore(
  db: Db,
  before: Date,
  shown: readonly Pick<StatedPrice, 'productId' | 'version'>[],
): Promise<Truth> {
  const rows =
    shown.length === 0
      ? []
      : await db.$queryRaw<TruthRow[]>`
    SELECT s.product_id AS "productId", floor.version, floor.new_amount_cents AS "amountCents", floor.changed_at AS at,
      s.version AS "shownVersion", c.new_amount_cents AS "shownAmount"
    FROM (SELECT DISTINCT * FROM unnest(${shown.map(({ productId }) => productId)}::int[], ${shown.map(({ version }) => version)}::bigint[]) AS s(product_id, version)) s
    LEFT JOIN price_changes c ON c.product_id = s.product_id AND c.version = s.version
    LEFT JOIN LATERAL (
      SELECT version, new_amount_cents, changed_at FROM price_changes f
      WHERE f.product_id = s.product_id AND f.changed_at <= ${before} ORDER BY f.version DESC LIMIT 1) floor ON EXISTS (SELECT 1 FROM products WHERE id = s.product_id AND status = 'active')`
  const floors = new Map<number, Known>()
  const amounts = new Map<string, number>()
  for (const { productId, version, amountCents, at, shownVersion, shownAmount } of rows) {
    if (version !== null && amountCents !== null && at !== null)
      floors.set(productId, { version: Number(version), amountCents, at })
    if (shownAmount !== null) amounts.set(`${productId}@${shownVersion}`, shownAmount)
  }
  return { floor: (id) => floors.get(id), amount: (id, version) => amounts.get(`${id}@${version}`) }
}
