/** What the sitemaps list, as Postgres has it now: only what can be bought, and when it last changed. */
import { z } from 'zod'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { serialBatch } from '#lib/coherence/index.ts'
import { readValue } from '../queries.ts'

/** Seven languages make 7,000 addresses and about 7 MB of it: the protocol allows 50,000 and 50 MB. */
const PRODUCTS_PER_SITEMAP = 1_000

/** There is one thing to ask for. */
const ALL = 'all'

const CHANGED = Prisma.sql`to_char(max(GREATEST(p.updated_at, pr.version_updated_at)) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** An address in the shop, by its slug, and when what it shows last changed (ISO 8601); null when that is unknown. */
const place = z.object({ slug: z.string(), changedAt: z.string().nullable() })
export type SitemapPlace = z.infer<typeof place>

const parts = z.array(z.object({ part: z.number(), changedAt: z.string() }))
export type SitemapPart = z.infer<typeof parts>[number]

/**
 * A part holds the products of a range of ids, so that a product keeps its part for ever. One pass over all products:
 * requests that come while it runs share the next one.
 */
const readParts = serialBatch(async () =>
  parts.parse(
    await readValue(Prisma.sql`
    SELECT COALESCE(jsonb_agg(jsonb_build_object('part', part, 'changedAt', changed) ORDER BY part), '[]') AS value FROM (
      SELECT (p.id - 1) / ${PRODUCTS_PER_SITEMAP} + 1 AS part, ${CHANGED} AS changed
      FROM products p JOIN prices pr ON pr.product_id = p.id WHERE p.status = 'active' GROUP BY 1) found`),
  ),
)

/** @returns the parts that list anything, in order, with the time of the last change of what they list */
export function sitemapParts(): Promise<readonly SitemapPart[]> {
  return readParts([ALL])
}

/** @param part from 1 @returns the products of the part; empty when there are none */
export async function sitemapProducts(part: number): Promise<readonly SitemapPlace[]> {
  const first = (part - 1) * PRODUCTS_PER_SITEMAP + 1
  return z.array(place).parse(
    await readValue(Prisma.sql`
    SELECT COALESCE(jsonb_agg(jsonb_build_object('slug', slug, 'changedAt', changed) ORDER BY id), '[]') AS value FROM (
      SELECT p.id, p.slug, ${CHANGED} AS changed FROM products p JOIN prices pr ON pr.product_id = p.id
      WHERE p.status = 'active' AND p.id BETWEEN ${first} AND ${first + PRODUCTS_PER_SITEMAP - 1} GROUP BY p.id) found`),
  )
}

const readCategories = serialBatch(async () =>
  z.array(place).parse(
    await readValue(Prisma.sql`
    SELECT COALESCE(jsonb_agg(jsonb_build_object('slug', slug, 'changedAt', changed) ORDER BY id), '[]') AS value FROM (
      SELECT c.id, c.slug, ${CHANGED} AS changed FROM categories c
      LEFT JOIN product_categories pc ON pc.category_id = c.id
      LEFT JOIN products p ON p.id = pc.product_id LEFT JOIN prices pr ON pr.product_id = p.id
      WHERE c.kind = 'category' GROUP BY c.id) found`),
  ),
)

/** The categories. A product that left changes its list as much as one that came. */
export function sitemapCategories(): Promise<readonly SitemapPlace[]> {
  return readCategories([ALL])
}
