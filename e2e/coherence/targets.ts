/** The products under test, and every address that shows them. */
import pg from 'pg'
import { LISTED } from '../support/listed.ts'
import type { Shown } from './history.ts'

const PAGE_KINDS = ['home', 'category', 'category page', 'product', 'search', 'api', 'feed'] as const
export type PageKind = (typeof PAGE_KINDS)[number]

/**
 * `html`: as a browser opens it. `respelled`: the same at another spelling of its address, as old links have it. `navigation`: as Next's router asks for a page it knows nothing of. `segment`: as the
 * router loads a page that is about to be opened. `json`: the API. `xml`: the product feed.
 */
const REPRESENTATIONS = ['html', 'respelled', 'navigation', 'segment', 'json', 'xml'] as const
export type Representation = (typeof REPRESENTATIONS)[number]

export interface Target {
  readonly kind: PageKind
  /** Without the language. */
  readonly path: string
  /** Next's name for the page, as its router spells it. */
  readonly segment: string | undefined
  /** The product of the page. */
  readonly productId: number | undefined
}

export interface HotProduct extends Shown {
  readonly id: number
  readonly targets: Readonly<Record<PageKind, readonly Target[]>>
}

interface Row {
  id: number
  slug: string
  name: string
  version: number
  amount: number
  lists: { slug: string; kind: 'category' | 'collection'; page: number }[]
}

const PRODUCTS_PER_PAGE = 24
const FEATURED_ON_HOME = 12
const PRODUCTS_PER_FEED_PART = 200

/** Products that stand on the home page, on a later page of a category, and others, in equal parts. */
const HOT = `
  WITH listed AS (
    SELECT product_id, c.slug, c.kind,
           1 + (place - 1) / CASE c.kind WHEN 'collection' THEN ${FEATURED_ON_HOME} ELSE ${PRODUCTS_PER_PAGE} END AS page
    FROM ${LISTED} JOIN categories c ON c.id = category_id),
  hot AS (
    SELECT p.id, p.slug, p.name, pr.version::int AS version, pr.amount_cents AS amount, p.rank,
           jsonb_agg(jsonb_build_object('slug', l.slug, 'kind', l.kind, 'page', l.page)) AS lists,
           CASE WHEN bool_or(l.kind = 'collection' AND l.page = 1) THEN 0 WHEN bool_or(l.kind = 'category' AND l.page > 1) THEN 1 ELSE 2 END AS part
    FROM products p JOIN prices pr ON pr.product_id = p.id JOIN listed l ON l.product_id = p.id
    WHERE p.status = 'active' GROUP BY p.id, pr.product_id)
  SELECT id, slug, name, version, amount, lists FROM (
    SELECT *, row_number() OVER (PARTITION BY part ORDER BY rank, id) AS place FROM hot) numbered
  ORDER BY place, part LIMIT $1`

/**
 * A search that finds it, and one of the other lists that are made for each request: the products take turns, so that a run takes no
 * longer for having all of them. In a small shop, too, each of these lists has products that no run edits.
 */
function searchesOf({ name, lists }: Row, place: number): string[] {
  // Its model, which is called the same in each language.
  const words = encodeURIComponent(name.split(/[ ,]/)[0] ?? '')
  const category = lists.find(({ kind }) => kind === 'category')?.slug ?? ''
  const others = [
    `q=${words}&sort=price-asc`,
    `category=${category}&sort=price-asc`,
    'min=20&max=300',
    'sale=1',
    'stock=1&sort=price-desc',
  ]
  return [`q=${words}`, others[place % others.length] ?? '']
}

function targetsOf(row: Row, place: number): HotProduct['targets'] {
  const { id, slug, lists } = row
  const categories = lists.filter(({ kind }) => kind === 'category')
  const list = (kind: PageKind, path: string, segment: string | undefined, productId?: number): Target => ({
    kind,
    path,
    segment,
    productId,
  })
  return {
    home: lists.some(({ kind, page }) => kind === 'collection' && page === 1)
      ? [list('home', '', '/$d$locale/__PAGE__')]
      : [],
    category: categories
      .filter(({ page }) => page === 1)
      .map((c) => list('category', `/categories/${c.slug}`, '/$d$locale/categories/$d$slug/__PAGE__')),
    'category page': categories
      .filter(({ page }) => page > 1)
      .map((c) =>
        list('category page', `/categories/${c.slug}/${c.page}`, '/$d$locale/categories/$d$slug/$d$page/__PAGE__'),
      ),
    product: [list('product', `/products/${slug}`, '/$d$locale/products/$d$slug/__PAGE__', id)],
    search: searchesOf(row, place).map((asked) => list('search', `/search?${asked}`, undefined)),
    api: [list('api', '', undefined)],
    feed: [list('feed', `/feeds/google/${Math.ceil(id / PRODUCTS_PER_FEED_PART)}.xml`, undefined, id)],
  }
}

export async function hotProducts(databaseUrl: string, count: number): Promise<HotProduct[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<Row>(HOT, [count])
    return rows.map((row, place) => ({
      id: row.id,
      productId: row.id,
      version: row.version,
      amountCents: row.amount,
      targets: targetsOf(row, place),
    }))
  } finally {
    await client.end()
  }
}
