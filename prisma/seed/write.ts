import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Client } from 'pg'
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { categorySeeds, FEATURED_SLUG } from './categories.ts'
import { membersFrom } from './groups.ts'
import { productSeed, type ProductSeed } from './products.ts'
import { relatedTo } from './related.ts'
import { skuOf } from './sku.ts'

/** The products of the home page: one from each of twelve categories, chosen for how they look together. */
const FEATURED = new Set([0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 13, 15])

export interface SeedIds {
  readonly categories: ReadonlyMap<string, { readonly id: number; readonly parentId: number | null }>
  /** Row id of each product index. */
  readonly products: Map<number, number>
}

interface Batch {
  readonly from: number
  readonly to: number
  readonly size: number
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

/** The tree, where it is not there yet. An admin may have renamed a category since: that stays. */
export async function insertCategories(client: Client): Promise<SeedIds['categories']> {
  const seeds = categorySeeds()
  for (const level of [seeds.filter((seed) => seed.parent === null), seeds.filter((seed) => seed.parent !== null)]) {
    await client.query(
      `INSERT INTO categories (slug, kind, names, parent_id, position)
       SELECT t.slug, t.kind::category_kind, t.names::jsonb, parent.id, t.position
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[])
         WITH ORDINALITY AS t (slug, kind, names, parent, position, n)
       LEFT JOIN categories parent ON parent.slug = t.parent
       WHERE NOT EXISTS (SELECT 1 FROM categories c WHERE c.slug = t.slug)
       ORDER BY t.n`,
      [
        level.map((c) => c.slug),
        level.map((c) => c.kind),
        level.map((c) => JSON.stringify(c.names)),
        level.map((c) => c.parent),
        level.map((c) => c.position),
      ],
    )
  }
  const { rows } = await client.query<{ id: number; slug: string; parentId: number | null }>(
    'SELECT id, slug, parent_id AS "parentId" FROM categories',
  )
  return new Map(rows.map((row) => [row.slug, row]))
}

interface PreparedBatch {
  readonly indexes: readonly number[]
  readonly seeds: readonly ProductSeed[]
  readonly related: readonly (readonly number[])[]
}

/** Products between two turns of the event loop: a few milliseconds, so that Postgres is not kept waiting. */
const PREPARED_AT_ONCE = 100

/** Products `from` to `to`, without the database: a fifth of the time of a seed, in which Postgres writes the batch before. */
export async function prepareBatch({ from, to, size }: Batch): Promise<PreparedBatch> {
  const seeds: ProductSeed[] = []
  const related: (readonly number[])[] = []
  for (let index = from; index < to; index += 1) {
    seeds.push(productSeed(index))
    related.push(relatedTo(index, size))
    if (seeds.length % PREPARED_AT_ONCE === 0) await nextTurn()
  }
  return { indexes: range(from, to), seeds, related }
}

/**
 * Writes them with everything that belongs to them. No layer can hold what was not committed yet, so their prices count as applied.
 * @returns ids of the categories that they joined
 */
export async function insertBatch(
  client: Client,
  { indexes, seeds, related }: PreparedBatch,
  ids: SeedIds,
): Promise<ReadonlySet<number>> {
  const column = <T>(of: (seed: (typeof seeds)[number]) => T) => seeds.map(of)

  const groups = await insertGroups(client, seeds)
  await client.query(
    `WITH seeds AS (
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::int[],
           $9::text[], $10::text[], $11::text[], $12::text[], $13::int[])
         WITH ORDINALITY AS t (slug, sku, name, description, brand, image, rank, stock, colour, names, descriptions, size, group_id, n)),
     made AS (
       INSERT INTO products (slug, sku, name, description, brand, image, rank, colour, names, descriptions, size, group_id)
       SELECT slug, sku, name, description, brand, image, rank, colour, names::jsonb, descriptions::jsonb, size, group_id FROM seeds ORDER BY n RETURNING id, sku)
     INSERT INTO stock (product_id, quantity) SELECT made.id, seeds.stock FROM made JOIN seeds USING (sku)`,
    [
      column((p) => p.slug),
      column((p) => p.sku),
      column((p) => p.name),
      column((p) => p.description),
      column((p) => p.brand),
      column((p) => p.image),
      column((p) => p.rank),
      column((p) => p.stock),
      column((p) => p.colour),
      column((p) => JSON.stringify(p.names)),
      column((p) => JSON.stringify(p.descriptions)),
      column((p) => p.size),
      column((p) => p.group && (groups.get(p.group.lead) ?? null)),
    ],
  )
  await lookUpIds(client, [...indexes, ...related.flat()], ids)
  const idOf = (index: number) => known(ids.products.get(index), skuOf(index))

  await client.query(
    `INSERT INTO prices (product_id, amount_cents, currency) SELECT *, $3 FROM unnest($1::int[], $2::int[])`,
    [indexes.map(idOf), column((p) => p.firstMinor ?? p.amountMinor), SHOP_CURRENCY.code],
  )
  // A change of its own: a reduction is one from a price that the history knows.
  const reduced = indexes.flatMap((index, i) => (seeds[i]?.compareAtMinor ? [{ id: idOf(index), ...seeds[i] }] : []))
  await client.query(
    `UPDATE prices p SET amount_cents = t.amount, compare_at_cents = t.compare_at
     FROM unnest($1::int[], $2::int[], $3::int[]) AS t (id, amount, compare_at) WHERE p.product_id = t.id`,
    [reduced.map((p) => p.id), reduced.map((p) => p.amountMinor), reduced.map((p) => p.compareAtMinor)],
  )
  await client.query(
    `INSERT INTO price_index (product_id, version, version_updated_at)
     SELECT product_id, version, version_updated_at FROM prices WHERE product_id = ANY($1::int[])`,
    [indexes.map(idOf)],
  )

  const members = indexes.flatMap((index, i) => {
    const category = known(ids.categories.get(seeds[i]?.category ?? ''), 'category')
    const slugs = FEATURED.has(index) ? [known(ids.categories.get(FEATURED_SLUG), FEATURED_SLUG).id] : []
    return [category.id, ...(category.parentId === null ? [] : [category.parentId]), ...slugs].map((categoryId) => ({
      productId: idOf(index),
      categoryId,
    }))
  })
  await client.query(
    'INSERT INTO product_categories (product_id, category_id) SELECT * FROM unnest($1::int[], $2::int[])',
    [members.map((m) => m.productId), members.map((m) => m.categoryId)],
  )

  const pairs = indexes.flatMap((index, i) =>
    (related[i] ?? []).map((other, position) => ({ productId: idOf(index), relatedId: idOf(other), position })),
  )
  await client.query(
    `INSERT INTO related_products (product_id, related_id, position) SELECT * FROM unnest($1::int[], $2::int[], $3::int[])`,
    [pairs.map((p) => p.productId), pairs.map((p) => p.relatedId), pairs.map((p) => p.position)],
  )
  return new Set(members.map((m) => m.categoryId))
}

/** The groups of these products, where they are not there yet. @returns their ids by the index of their first product */
async function insertGroups(client: Client, seeds: readonly ProductSeed[]): Promise<ReadonlyMap<number, number>> {
  const wanted = new Map(seeds.flatMap(({ group }) => (group ? [[group.lead, group] as const] : [])))
  const leads = new Map([...wanted.keys()].flatMap((lead) => membersFrom(lead).map((index) => [skuOf(index), lead])))
  const { rows } = await client.query<{ sku: string; id: number }>(
    'SELECT sku, group_id AS id FROM products WHERE sku = ANY($1::text[]) AND group_id IS NOT NULL',
    [[...leads.keys()]],
  )
  const ids = new Map(rows.map(({ sku, id }) => [known(leads.get(sku), `group of ${sku}`), id]))
  const missing = [...wanted.values()].filter(({ lead }) => !ids.has(lead))
  const { rows: made } = await client.query<{ id: number }>(
    `WITH made AS (
       INSERT INTO product_groups (name, names)
       SELECT t.name, t.names::jsonb FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (name, names, n) ORDER BY t.n RETURNING id)
     SELECT id FROM made ORDER BY id`,
    [missing.map(({ name }) => name), missing.map(({ names }) => JSON.stringify(names))],
  )
  for (const [i, { lead }] of missing.entries()) ids.set(lead, known(made[i], `group of ${skuOf(lead)}`).id)
  return ids
}

async function lookUpIds(client: Client, indexes: readonly number[], ids: SeedIds): Promise<void> {
  const missing = new Map(indexes.filter((index) => !ids.products.has(index)).map((index) => [skuOf(index), index]))
  const { rows } = await client.query<{ id: number; sku: string }>(
    'SELECT id, sku FROM products WHERE sku = ANY($1::text[])',
    [[...missing.keys()]],
  )
  for (const { id, sku } of rows) ids.products.set(known(missing.get(sku), sku), id)
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the seed expects ${what} to be there, but it is not`)
  return value
}
