/** Asks Postgres for the prober: which prices changed lately, and which other products and lists there are to read. */
import type { Db } from '#lib/platform/db.ts'
import { productPathAt, type ProbeTarget, type ProbeTask } from './reading.ts'

interface ProbedPage {
  readonly slug: string
  readonly productId: number
}

export interface RecentChange extends ProbedPage {
  readonly brand: string
  /** The narrowest category of the product, if it is in one. */
  readonly category: string | null
  readonly version: number
  readonly changedAt: Date
  /** The correlation id of the request that made it. */
  readonly correlationId: string | null
}

/** The number of newest changes of a burst to read: the rest is for the random sample. */
const MOST_RECENT = 200

export async function databaseTime(db: Db): Promise<Date> {
  const [row] = await db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
  if (!row) throw new Error('Postgres did not say what time it is')
  return row.now
}

/** Prices that changed since `since` and are on sale, the newest first; each product once, at its newest version. The seed changes nothing that a page showed. */
export async function recentChanges(db: Db, since: Date): Promise<RecentChange[]> {
  const rows = await db.$queryRaw<(Omit<RecentChange, 'version'> & { version: bigint })[]>`
    SELECT c.product_id AS "productId", p.slug, p.brand, c.version, c.version_updated_at AS "changedAt", h.correlation_id AS "correlationId",
      (SELECT slug FROM product_categories pc JOIN categories k ON k.id = pc.category_id
       WHERE pc.product_id = p.id AND k.kind = 'category' ORDER BY k.parent_id DESC NULLS LAST LIMIT 1) AS category
    FROM prices c JOIN products p ON p.id = c.product_id
    LEFT JOIN price_changes h ON h.product_id = c.product_id AND h.version = c.version
    WHERE c.version_updated_at > ${since} AND p.status = 'active' AND c.version > 1 AND h.source IS DISTINCT FROM 'seed'
    ORDER BY c.version_updated_at DESC LIMIT ${MOST_RECENT}`
  return rows.map((row) => ({ ...row, version: Number(row.version) }))
}

/** Products on sale, each as likely as another; from a random id on, so that a million cost no more than a thousand. */
async function randomProducts(db: Db, count: number): Promise<ProbedPage[]> {
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

/** A list page of each kind that shows many prices; without its language. */
async function randomListPath(db: Db): Promise<string> {
  const [row] = await db.$queryRaw<
    { slug: string }[]
  >`SELECT slug FROM categories WHERE kind = 'category' ORDER BY random() LIMIT 1`
  return row && Math.random() < 0.8 ? `/categories/${row.slug}` : ''
}

/**
 * A random sample: `count` products and one list, languages and targets in turn.
 * @param turn counts the rounds
 */
export async function randomTasks(
  db: Db,
  { targets, locales, count }: { targets: readonly ProbeTarget[]; locales: readonly string[]; count: number },
  turn: number,
): Promise<ProbeTask[]> {
  const inTurn = (among: readonly ProbeTarget[], i: number) => among[(turn + i) % among.length]
  const localeAt = (i: number) => locales[(turn + i) % locales.length] ?? 'en'
  const products = await randomProducts(db, count)
  const listPath = count > 0 ? await randomListPath(db) : undefined
  const listTarget = inTurn(
    targets.filter(({ layer }) => layer !== 'feed'),
    0,
  )
  return [
    ...products.flatMap((product, i): ProbeTask[] => {
      const [target, locale] = [inTurn(targets, i), localeAt(i)]
      if (!target) return []
      const path = productPathAt(target, locale, product)
      return [{ target, path, locale, productId: product.productId, change: undefined, rank: 0 }]
    }),
    ...(listTarget && listPath !== undefined
      ? [
          {
            target: listTarget,
            path: `/${localeAt(0)}${listPath}`,
            locale: localeAt(0),
            productId: undefined,
            change: undefined,
            rank: 0,
          },
        ]
      : []),
  ]
}
