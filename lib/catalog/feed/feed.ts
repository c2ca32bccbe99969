/**
 * Reads the product feed from Postgres: only what can be bought. It is read part by part, a range of ids each, so
 * that a feed of a million products takes no more memory than a part. Each part is one statement, and so one moment.
 */
import { z } from 'zod'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { serialBatch } from '#lib/coherence/index.ts'
import { runPrepared } from '#lib/platform/db.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { publishShown, readStart, versionIndex } from '../coherence.ts'
import { readValue } from '../queries.ts'
import { CARD_FIELDS, CATEGORY_JSON, PRICE_FIELDS, PRICE_VALID_UNTIL, product, STOCK_FIELDS } from '../rows.ts'
import { RESOURCES, type ResourceKind } from '../resources.ts'

/** About 250 KB, and some ms of the process: a page waits no longer for a part of a feed than for a render. */
const PRODUCTS_PER_PART = 200

/** The part of the feed that lists the product: for ever the same one. */
export function feedPartPath(locale: string, productId: number): string {
  return `/${locale}/feeds/google/${Math.ceil(productId / PRODUCTS_PER_PART)}.xml`
}

/** With its texts in the language of the feed, English where there is no translation. */
const feedProduct = product
  .omit({ names: true, descriptions: true, categories: true, related: true, group: true })
  .extend({ categoryIds: z.array(z.number()), groupId: z.number().nullable() })

const KINDS = Object.keys(RESOURCES) as [ResourceKind, ...ResourceKind[]]

const feedRest = z.object({
  /** The whole tree. */
  categories: product.shape.categories,
  /** The next part that lists anything; null after the last one. */
  next: z.number().nullable(),
  /** The changes of the last moments. */
  pending: z.array(z.object({ kind: z.enum(KINDS), id: z.number(), version: z.number() })),
})

export type FeedProduct = z.infer<typeof feedProduct>
export type FeedPart = Omit<z.infer<typeof feedRest>, 'pending'> & { readonly products: readonly FeedProduct[] }

/**
 * The prices, stocks and products are those of one moment after the call began, and the index is raised to them where it may be
 * behind: no page that is asked for afterwards shows less. The index is not asked for versions that it has: an outbox row is marked as
 * indexed once the index has its versions.
 *
 * The JSON is text from the beginning, and has one language: of 200 products with all seven, built as `jsonb`, it took 13 ms in place of 5.
 * @param part from 1
 * @throws {FreshnessError} SOURCE_UNAVAILABLE when the index had to be raised and neither store can say that it was
 */
export async function readFeedPart(part: number, locale: Locale): Promise<FeedPart> {
  const first = (part - 1) * PRODUCTS_PER_PART + 1
  const last = part * PRODUCTS_PER_PART
  const start = await readStart()
  const [rest, ...products] = await runPrepared<{ value: unknown }>(Prisma.sql`
    SELECT 0 AS id, json_build_object(
      'categories', COALESCE((
        SELECT jsonb_agg(${CATEGORY_JSON} ORDER BY c.parent_id NULLS FIRST, c.position) FROM categories c WHERE c.kind = 'category'), '[]'),
      'next', (
        SELECT (min(p.id) - 1) / ${PRODUCTS_PER_PART} + 1 FROM products p WHERE p.id > ${last} AND p.status = 'active'),
      'pending', COALESCE((
        SELECT jsonb_agg(jsonb_build_object('kind', kind, 'id', id, 'version', version)) FROM (
          SELECT o.topic AS kind, entity.id, max(entity.version) AS version
          FROM outbox o, unnest(o.entity_ids, o.versions) AS entity(id, version)
          WHERE o.indexed_at IS NULL
            AND (o.topic IN ('category', 'catalog') OR entity.id BETWEEN ${first} AND ${last})
          GROUP BY o.topic, entity.id) unindexed), '[]')) AS value
    UNION ALL
    SELECT p.id, json_build_object(${CARD_FIELDS},
      'name', COALESCE(p.names ->> ${locale}, p.name), 'description', COALESCE(p.descriptions ->> ${locale}, p.description),
      'price', json_build_object(${PRICE_FIELDS}, ${STOCK_FIELDS}), 'priceValidUntil', ${PRICE_VALID_UNTIL},
      'sku', p.sku, 'colour', p.colour, 'size', p.size, 'groupId', p.group_id,
      'categoryIds', ARRAY(SELECT pc.category_id FROM product_categories pc WHERE pc.product_id = p.id))
    FROM products p JOIN prices pr ON pr.product_id = p.id LEFT JOIN stock s ON s.product_id = p.id AND s.product_id BETWEEN ${first} AND ${last}
    WHERE p.id BETWEEN ${first} AND ${last} AND pr.product_id BETWEEN ${first} AND ${last} AND p.status = 'active'
    ORDER BY id`)
  const { pending, ...catalog } = feedRest.parse(rest?.value)
  await publishShown(pending, start)
  return { ...catalog, products: products.map(({ value }) => feedProduct.parse(value)) }
}

const isAllIndexed = serialBatch(async () =>
  z
    .boolean()
    .parse(await readValue(Prisma.sql`SELECT NOT EXISTS (SELECT FROM outbox WHERE indexed_at IS NULL) AS value`)),
)

/**
 * Names the state of the whole catalog: how many changes the version index has taken. A feed that began with it holds all of them.
 * @returns undefined while something is on its way to the index, or the index is not believed
 */
export async function feedVersion(): Promise<string | undefined> {
  if (!(await isAllIndexed(['all']))) return undefined
  const snapshot = await versionIndex().read([])
  return snapshot.from === 'index' ? `${snapshot.epoch}.${snapshot.head}` : undefined
}
