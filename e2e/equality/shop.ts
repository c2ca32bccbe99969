/** A shop with slots on two web instances, and a third one on the same index that renders each page with its values. */
import { metricsOf } from '../support/metrics.ts'
import { Redis } from 'ioredis'
import { expect } from '@playwright/test'
import { z } from 'zod'
import type { ReductionRule } from '#lib/catalog/prices/priceReduction.ts'
import { type ExtraProcess, type IsolatedShop, startIsolatedShop } from '../support/isolatedShop.ts'
import { ask } from './representations.ts'

/** Page bodies of the instances without slots: the page cache of the others has the same keys. */
const RENDERED_BODIES = { eu: 13, 'compare-at': 12 }
/** More than one page of a category shows. */
const LISTED = 30

/** The index follows within a moment. */
const POLL_MS = [10, 20, 50, 100]
const KINDS = ['price', 'stock', 'product', 'group', 'category', 'catalog'] as const
const versions = z.array(z.object({ tag: z.string() }))

export interface EqualityShop {
  readonly shop: IsolatedShop
  readonly filled: string
  /** Shares the page cache with the former. */
  readonly second: string
  readonly rendered: string
  /** Paths without a language. */
  readonly pages: { readonly product: string; readonly gone: string; readonly list: string; readonly nextList: string }
  /** The products and lists of these pages. */
  readonly products: readonly number[]
  readonly categories: readonly number[]
  /** The groups of the viewed products: one of the first page of the list, one of the discontinued one. */
  readonly groups: readonly number[]
}

const found = z.object({ id: z.number(), slug: z.string() })

export async function startEqualityShop(): Promise<EqualityShop> {
  const shop = await startIsolatedShop()
  try {
    return await withReference(shop)
  } catch (error) {
    await shop.stop()
    throw error
  }
}

/** A web instance that renders each page with its values. */
async function startReference(shop: IsolatedShop, rule: ReductionRule): Promise<ExtraProcess> {
  const address = new URL(shop.redisUrl)
  address.pathname = `/${RENDERED_BODIES[rule]}`
  const leftovers = new Redis(address.href)
  await leftovers.flushdb()
  leftovers.disconnect()
  return shop.startWeb({ TEST_WITHOUT_SLOTS: 'true', CACHE_REDIS_URL: address.href, PRICE_REDUCTION_RULE: rule })
}

/** For as long as `use` takes: an instance that fills the templates of the others by another rule, and one that renders by it. */
export async function withRule<T>(
  shop: IsolatedShop,
  rule: ReductionRule,
  use: (filled: string, rendered: string) => Promise<T>,
): Promise<T> {
  const pair = await Promise.all([shop.startWeb({ PRICE_REDUCTION_RULE: rule }), startReference(shop, rule)])
  try {
    return await use(pair[0].url, pair[1].url)
  } finally {
    await Promise.all(pair.map((instance) => instance.stop()))
  }
}

async function withReference(shop: IsolatedShop): Promise<EqualityShop> {
  const [second, rendered] = await Promise.all([shop.startWeb(), startReference(shop, 'eu')])
  const [category] = await shop.database.sql(
    `SELECT c.id, c.slug FROM categories c JOIN product_categories pc ON pc.category_id = c.id WHERE c.kind = 'category'
     GROUP BY c.id ORDER BY count(*) DESC, c.id LIMIT 1`,
  )
  const list = found.parse(category)
  await shop.database.sql(
    'INSERT INTO product_categories (product_id, category_id) SELECT id, $1 FROM products ORDER BY id LIMIT $2 ON CONFLICT DO NOTHING',
    [list.id, LISTED],
  )
  const members = z.array(found).parse(
    await shop.database.sql(
      `SELECT p.id, p.slug FROM products p JOIN product_categories pc ON pc.product_id = p.id WHERE pc.category_id = $1 AND p.status = 'active'
       ORDER BY p.rank, p.id`,
      [list.id],
    ),
  )
  const [product, gone] = z.tuple([found, found]).rest(found).parse(members)
  // JSON-LD of 1,024 characters and more stands in a row of its own, which begins with its length.
  await shop.database.sql(`UPDATE products SET description = repeat('Größe "M" & <b>雪</b> ', 60) WHERE id = $1`, [
    product.id,
  ])
  await shop.database.sql("UPDATE products SET status = 'discontinued' WHERE id = $1", [gone.id])
  const ids = members.map(({ id }) => id)
  const groups = await Promise.all(
    [product, gone].map(({ id }, i) => makeGroup(shop, [id, ...ids.slice(2 + 3 * i, 5 + 3 * i)])),
  )
  return {
    shop,
    filled: shop.url,
    second: second.url,
    rendered: rendered.url,
    pages: {
      product: `/products/${product.slug}`,
      gone: `/products/${gone.slug}`,
      list: `/categories/${list.slug}`,
      nextList: `/categories/${list.slug}/2`,
    },
    products: members.slice(0, 30).map(({ id }) => id),
    categories: [list.id],
    groups,
  }
}

/** Colours and sizes of one thing. @returns its id */
async function makeGroup({ database }: IsolatedShop, products: readonly number[]): Promise<number> {
  const [made] = await database.sql(
    `WITH made AS (INSERT INTO product_groups (name) VALUES ('Group "M" & <b>雪</b>') RETURNING id)
     UPDATE products p SET group_id = made.id, colour = (ARRAY['moss', 'sand'])[1 + at % 2], size = 'size ' || at / 2
     FROM made, unnest($1::int[]) WITH ORDINALITY AS t (id, at) WHERE p.id = t.id RETURNING made.id`,
    [products],
  )
  return z.object({ id: z.number() }).parse(made).id
}

/** Waits until `origin` answers for `path` with the versions that are in the database now. */
export async function expectCurrent({ shop }: Pick<EqualityShop, 'shop'>, path: string, origin: string): Promise<void> {
  const rows = await shop.database.sql(
    `SELECT 'price:' || product_id || '@' || version AS tag FROM prices
     UNION ALL SELECT 'stock:' || product_id || '@' || version FROM stock UNION ALL SELECT 'product:' || id || '@' || version FROM products
     UNION ALL SELECT 'group:' || id || '@' || version FROM product_groups
     UNION ALL SELECT 'category:' || id || '@' || version FROM categories UNION ALL SELECT 'catalog:' || id || '@' || version FROM catalog_state`,
  )
  const current = new Set(versions.parse(rows).map(({ tag }) => tag))
  const outdated = async () => {
    const { headers } = await ask(origin, path, 'html')
    const tags = (headers.get('cache-tag') ?? '').split(',')
    const versioned = tags.filter((tag) => tag.includes('@') && KINDS.some((kind) => tag.startsWith(`${kind}:`)))
    return versioned.length > 0 ? versioned.filter((tag) => !current.has(tag)) : ['no versions']
  }
  await expect.poll(outdated, { message: `${path} of ${origin} is current`, intervals: POLL_MS }).toEqual([])
}

/** A number of `/api/metrics`. */
export async function metric(origin: string, name: string): Promise<number> {
  const text = await metricsOf(origin)
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  if (line === undefined) throw new Error(`${origin} has no metric ${name}`)
  return Number(line.slice(name.length + 1))
}
